package infomax.trainer.engine;

import java.nio.file.Path;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Where ND4J's native libraries are unpacked: some 400 MB, once per version, shared by all
 * processes of a user.
 */
public final class NativeLibraries {

  private static final String CACHE_PROPERTY = "org.bytedeco.javacpp.cachedir";

  private NativeLibraries() {}

  /**
   * Chooses the folder unless the system property {@code org.bytedeco.javacpp.cachedir} already
   * names one: {@code $XDG_CACHE_HOME/infomax/native}, or {@code ~/.cache/infomax/native}. Works
   * only before the first use of ND4J or DL4J in this process; calling it again changes nothing.
   */
  public static synchronized void chooseCache() {
    if (System.getProperty(CACHE_PROPERTY) != null) {
      return;
    }
    String cacheHome = System.getenv("XDG_CACHE_HOME");
    Path caches =
        cacheHome == null || cacheHome.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cacheHome);
    System.setProperty(
        CACHE_PROPERTY, caches.resolve("infomax").resolve("native").toAbsolutePath().toString());
  }

  /** Chooses the cache, then loads ND4J: its native operations exist only after its own start. */
  static NativeOps load() {
    chooseCache();
    Nd4j.getExecutioner();
    return NativeOpsHolder.getInstance().getDeviceNativeOps();
  }
}
