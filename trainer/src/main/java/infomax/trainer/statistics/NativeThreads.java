package infomax.trainer.statistics;

import infomax.trainer.engine.NativeLibraries;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** How many cores ND4J's operations take. */
public final class NativeThreads {

  private NativeThreads() {}

  /**
   * Makes ND4J's operations on the calling thread run on it alone. By default every operation
   * waits, spinning, for a helper on each core: on a busy machine small operations then take a
   * hundred times as long.
   */
  public static void useCallersOnly() {
    NativeLibraries.prepare();
    Nd4j.getExecutioner();
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
  }
}
