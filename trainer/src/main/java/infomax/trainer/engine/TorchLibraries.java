package infomax.trainer.engine;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/** Loads libtorch, which only some builds contain. */
final class TorchLibraries {

  private TorchLibraries() {}

  /**
   * Loads it once.
   *
   * @throws MissingLibrariesException if this build has no libtorch for this platform
   */
  static synchronized void load() {
    NativeLibraries.prepare();
    NativeHeap.keepFreedBlocks();
    try {
      Loader.load(torch.class);
    } catch (LinkageError e) {
      throw new MissingLibrariesException(
          "engine torch needs libtorch, which this build has not for %s (%s): build once with"
                  .formatted(Loader.getPlatform(), e.getMessage())
              + " './mvnw -q -Dquick -Dmaven.test.skip -Ptorch package' (fetches 90 MB) and try"
              + " again, or choose engine nd4j",
          e);
    }
  }
}
