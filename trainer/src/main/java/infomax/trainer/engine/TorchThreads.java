package infomax.trainer.engine;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.bytedeco.pytorch.global.torch;

/**
 * On how many threads libtorch computes. Its matrix products are OpenBLAS's, which has threads of
 * its own that {@code torch.set_num_threads} does not reach: told of one thread, they still took
 * every processor. Thread-safe.
 */
final class TorchThreads {

  private static final Optional<MethodHandle> OF_PRODUCTS = ofProducts();

  private TorchThreads() {}

  /** Sets it for the calling thread, and for all products of the process. */
  static void use(int threads) {
    torch.set_num_threads(threads);
    if (OF_PRODUCTS.isEmpty()) {
      return;
    }
    try {
      OF_PRODUCTS.get().invokeExact(threads);
    } catch (Throwable e) {
      throw new IllegalStateException("openblas_set_num_threads could not be called", e);
    }
  }

  @SuppressWarnings("restricted") // Every JVM of ours enables native access, for ND4J itself.
  private static Optional<MethodHandle> ofProducts() {
    TorchLibraries.load();
    return SymbolLookup.loaderLookup()
        .find("openblas_set_num_threads")
        .map(
            function ->
                Linker.nativeLinker()
                    .downcallHandle(function, FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT)));
  }
}
