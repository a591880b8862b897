package infomax.trainer.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads libtorch, which only some builds contain. Its static objects are destroyed when the process
 * exits, whatever runs: who wants to exit without a crash ends the steps at hand first.
 */
final class TorchLibraries {

  /** How Java and JavaCPP begin when they find no such library anywhere. */
  private static final String ABSENT = "no jnitorch in";

  private static final Logger log = LoggerFactory.getLogger(TorchLibraries.class);

  private TorchLibraries() {}

  /**
   * Loads it once.
   *
   * @throws UnusableTargetException if this build has no libtorch for this platform
   */
  static synchronized void load() {
    NativeLibraries.prepare();
    NativeHeap.keepFreedBlocks();
    letWaitingThreadsSleep();
    try {
      Loader.load(torch.class);
    } catch (LinkageError e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith(ABSENT)
          ? absent(e)
          : unusable("cannot be loaded (%s)".formatted(message), e);
    }
  }

  /**
   * Makes sure that this build has libtorch, without loading it.
   *
   * @throws UnusableTargetException if not
   */
  static void requirePart() {
    String name = "/org/bytedeco/pytorch/%s/" + System.mapLibraryName("jnitorch");
    boolean present =
        Stream.of("", "-gpu")
            .map(variant -> name.formatted(Loader.getPlatform() + variant))
            .anyMatch(resource -> TorchLibraries.class.getResource(resource) != null);
    if (!present) {
      throw absent(null);
    }
  }

  private static UnusableTargetException absent(@Nullable Throwable cause) {
    return unusable("this build has not for " + Loader.getPlatform(), cause);
  }

  private static UnusableTargetException unusable(String why, @Nullable Throwable cause) {
    return new UnusableTargetException(
        "engine torch needs libtorch, which %s: type './mvnw -q -Dquick -Dmaven.test.skip -Ptorch"
                .formatted(why)
            + " package' (fetches 90 MB) and try again, or choose engine nd4j",
        cause);
  }

  /**
   * OpenMP's threads spin while they wait for one another, and take the cores from those they wait
   * for: beside a busy neighbour a step on two threads takes many times as long. OpenMP reads its
   * setting when it is loaded, so this comes before. ND4J is not concerned: its operations run on
   * one thread each, and ask nobody to wait. What the environment says already is kept.
   *
   * @see <a href="https://www.openmp.org/spec-html/5.0/openmpse55.html">OMP_WAIT_POLICY</a>
   */
  @SuppressWarnings("restricted") // Every JVM of ours enables native access, for ND4J itself.
  private static void letWaitingThreadsSleep() {
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> setenv = linker.defaultLookup().find("setenv");
    if (setenv.isEmpty()) {
      return;
    }
    MethodHandle set =
        linker.downcallHandle(
            setenv.get(),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      int failed =
          (int)
              set.invokeExact(
                  arena.allocateFrom("OMP_WAIT_POLICY"), arena.allocateFrom("passive"), 0);
      if (failed != 0) {
        log.debug("OMP_WAIT_POLICY could not be set");
      }
    } catch (Throwable e) {
      throw new IllegalStateException("setenv could not be called", e);
    }
  }
}
