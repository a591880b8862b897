package infomax.runtime.process;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nice value of single threads, which Linux has and Java's thread priorities do not reach
 * without a flag for the whole JVM: work that may wait yields the processor to work that somebody
 * waits for. Elsewhere it does nothing. Threads started by a thread inherit its value. Thread-safe.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/setpriority.2.html">setpriority(2), "C
 *     library/kernel differences"</a>
 */
public final class ThreadNice {

  private static final Logger LOG = LoggerFactory.getLogger(ThreadNice.class);
  private static final int PRIO_PROCESS = 0;
  private static final int CALLING_THREAD = 0;
  private static final Optional<MethodHandle> SET_PRIORITY = setPriority();

  private ThreadNice() {}

  /**
   * Sets the nice value of the calling platform thread. It cannot be lowered again without
   * privileges, so this is for threads that do nothing else.
   *
   * @param nice 0 (normal) to 19 (yields most); each step is worth about a quarter of the share
   * @throws IllegalArgumentException if it is outside that range or the thread is virtual
   */
  public static void set(int nice) {
    if (nice < 0 || nice > 19 || Thread.currentThread().isVirtual()) {
      throw new IllegalArgumentException(
          "nice value " + nice + " on " + Thread.currentThread() + ": expected 0 to 19, platform");
    }
    if (!set(CALLING_THREAD, nice)) {
      LOG.debug("thread={} keeps its nice value", Thread.currentThread().getName());
    }
  }

  /**
   * Sets the nice value of a thread of this process.
   *
   * @param thread its id in Linux, 0 for the calling thread
   * @return false if the thread is gone or may not have that value, or the system has none
   */
  static boolean set(int thread, int nice) {
    if (SET_PRIORITY.isEmpty()) {
      return false;
    }
    try {
      return (int) SET_PRIORITY.get().invokeExact(PRIO_PROCESS, thread, nice) == 0;
    } catch (Throwable e) {
      throw new IllegalStateException("setpriority could not be called", e);
    }
  }

  @SuppressWarnings("restricted") // Every JVM of ours enables native access, for ONNX Runtime.
  private static Optional<MethodHandle> setPriority() {
    if (!System.getProperty("os.name", "").equals("Linux")) {
      return Optional.empty();
    }
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find("setpriority")
        .map(
            function ->
                linker.downcallHandle(
                    function,
                    FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT)));
  }
}
