package infomax.trainer.engine;

import java.nio.file.Path;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * How this process loads ND4J's native libraries. Must be arranged before the first use of ND4J or
 * DL4J, because both read their settings when their classes are initialised.
 */
public final class NativeLibraries {

  private static final String CACHE = "org.bytedeco.javacpp.cachedir";
  private static final String MEMORY_MAX = "org.bytedeco.javacpp.maxbytes";
  private static final String UNLIMITED = "0";

  private NativeLibraries() {}

  /**
   * Sets what the command line left open:
   *
   * <ul>
   *   <li>{@code org.bytedeco.javacpp.cachedir}, where some 400 MB of libraries are unpacked once
   *       per version: {@code $XDG_CACHE_HOME/infomax/native}, or {@code ~/.cache/infomax/native}.
   *   <li>{@code org.bytedeco.javacpp.maxbytes}: no limit. The preset limit is the heap's, which
   *       has nothing to do with a training's buffers; those are allocated once and freed by {@link
   *       Training#close}.
   * </ul>
   *
   * Idempotent. {@link Training} calls it; whoever uses DL4J without a training calls it first.
   */
  public static synchronized void prepare() {
    if (System.getProperty(CACHE) == null) {
      System.setProperty(CACHE, defaultCache().toString());
    }
    if (System.getProperty(MEMORY_MAX) == null) {
      System.setProperty(MEMORY_MAX, UNLIMITED);
    }
  }

  /** Prepares, then loads ND4J: its native operations exist only after its own start. */
  static NativeOps load() {
    prepare();
    NativeHeap.keepFreedBlocks();
    Nd4j.getExecutioner();
    return NativeOpsHolder.getInstance().getDeviceNativeOps();
  }

  private static Path defaultCache() {
    String cacheHome = System.getenv("XDG_CACHE_HOME");
    Path caches =
        cacheHome == null || cacheHome.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cacheHome);
    return caches.resolve("infomax").resolve("native").toAbsolutePath();
  }
}
