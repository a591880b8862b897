package infomax.trainer.engine;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The C library's heap. ND4J's convolutions allocate and free some 30 MB of scratch memory each.
 * glibc gives blocks of that size back to the system at once, so that every convolution faults in
 * fresh pages, and two threads wait for each other in the kernel: two thirds of what a second core
 * brings were lost to that.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/mallopt.3.html">mallopt(3)</a>
 */
final class NativeHeap {

  private static final int M_TRIM_THRESHOLD = -1;
  private static final int M_TOP_PAD = -2;
  private static final int M_MMAP_MAX = -4;
  private static final int TOP_PAD_BYTES = 64 << 20;

  private static final Logger log = LoggerFactory.getLogger(NativeHeap.class);

  private NativeHeap() {}

  /**
   * Makes freed blocks of any size stay with the process for the next allocation. Does nothing
   * where the C library is not glibc. Idempotent.
   */
  @SuppressWarnings("restricted") // Every JVM of ours enables native access, for ND4J itself.
  static void keepFreedBlocks() {
    Linker linker = Linker.nativeLinker();
    Optional<MethodHandle> mallopt =
        linker
            .defaultLookup()
            .find("mallopt")
            .map(
                function ->
                    linker.downcallHandle(
                        function,
                        FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)));
    if (mallopt.isEmpty()) {
      return;
    }
    set(mallopt.get(), M_MMAP_MAX, 0);
    set(mallopt.get(), M_TRIM_THRESHOLD, Integer.MAX_VALUE);
    set(mallopt.get(), M_TOP_PAD, TOP_PAD_BYTES);
  }

  private static void set(MethodHandle mallopt, int parameter, int value) {
    try {
      int done = (int) mallopt.invokeExact(parameter, value);
      if (done == 0) {
        log.debug("mallopt refused: parameter={} value={}", parameter, value);
      }
    } catch (Throwable e) {
      throw new IllegalStateException("mallopt could not be called", e);
    }
  }
}
