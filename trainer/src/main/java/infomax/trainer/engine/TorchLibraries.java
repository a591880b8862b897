package infomax.trainer.engine;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/**
 * Loads libtorch, which only some builds contain. Its static objects are destroyed when the process
 * exits, whatever runs: who wants to exit without a crash ends the steps at hand first.
 */
final class TorchLibraries {

  /** How Java and JavaCPP begin when they find no such library anywhere. */
  private static final String ABSENT = "no jnitorch in";

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
          "engine torch needs libtorch, which %s: type './mvnw -q -Dquick -Dmaven.test.skip -Ptorch"
                  .formatted(trouble(String.valueOf(e.getMessage())))
              + " package' (fetches 90 MB) and try again, or choose engine nd4j",
          e);
    }
  }

  private static String trouble(String message) {
    return message.startsWith(ABSENT)
        ? "this build has not for " + Loader.getPlatform()
        : "cannot be loaded (" + message + ")";
  }
}
