package infomax.trainer.onednn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.net.URL;
import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The C library, loaded once per process. Thread-safe. Names are those of {@code dnnl.h} without
 * their prefix.
 */
public final class OneDnn {

  /** {@code dnnl_cpu_isa_avx512_core_bf16}: this and all later sets multiply bfloat16. */
  private static final int ISA_BFLOAT16 = 0xe7;

  private static final int ENGINE_CPU = 1;

  private static final Logger log = LoggerFactory.getLogger(OneDnn.class);

  private final Linker linker = Linker.nativeLinker();
  private final SymbolLookup symbols;
  private final MemorySegment engine;

  final MethodHandle streamCreate = function("stream_create", ADDRESS, ADDRESS, JAVA_INT);
  final MethodHandle streamDestroy = function("stream_destroy", ADDRESS);
  final MethodHandle descriptionCreate =
      function("memory_desc_create_with_tag", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  final MethodHandle descriptionDestroy = function("memory_desc_destroy", ADDRESS);
  final MethodHandle descriptionEqual = function("memory_desc_equal", ADDRESS, ADDRESS);
  final MethodHandle memoryCreate = function("memory_create", ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  final MethodHandle memoryDestroy = function("memory_destroy", ADDRESS);
  final MethodHandle reorderPlan =
      function(
          "reorder_primitive_desc_create", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  final MethodHandle forwardPlan =
      function(
          "convolution_forward_primitive_desc_create",
          ADDRESS,
          ADDRESS,
          JAVA_INT,
          JAVA_INT,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS);
  final MethodHandle backwardDataPlan =
      function(
          "convolution_backward_data_primitive_desc_create",
          ADDRESS,
          ADDRESS,
          JAVA_INT,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS);
  final MethodHandle backwardWeightsPlan =
      function(
          "convolution_backward_weights_primitive_desc_create",
          ADDRESS,
          ADDRESS,
          JAVA_INT,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS);
  final MethodHandle planQuery = pointer("primitive_desc_query_md", ADDRESS, JAVA_INT, JAVA_INT);
  final MethodHandle planDestroy = function("primitive_desc_destroy", ADDRESS);
  final MethodHandle primitiveCreate = function("primitive_create", ADDRESS, ADDRESS);
  final MethodHandle primitiveExecute =
      function("primitive_execute", ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
  final MethodHandle primitiveDestroy = function("primitive_destroy", ADDRESS);

  private OneDnn(SymbolLookup symbols) {
    this.symbols = symbols; // before the handles above are looked up in it
    super();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      MethodHandle create = function("engine_create", ADDRESS, JAVA_INT, JAVA_LONG);
      call(() -> (int) create.invokeExact(out, ENGINE_CPU, 0L), "engine_create");
      this.engine = out.get(ADDRESS, 0);
    }
  }

  /**
   * The library, if this processor multiplies bfloat16 and the library could be loaded; why not, it
   * logs. ND4J must have been loaded before: both share one OpenMP.
   */
  public static Optional<OneDnn> forBfloat16() {
    return Holder.LIBRARY;
  }

  private static final class Holder {

    static final Optional<OneDnn> LIBRARY = load();

    private static Optional<OneDnn> load() {
      try {
        OneDnn library = new OneDnn(find());
        MethodHandle isa = library.handle("get_effective_cpu_isa", FunctionDescriptor.of(JAVA_INT));
        int found = (int) isa.invokeExact();
        if ((found & ISA_BFLOAT16) != ISA_BFLOAT16) {
          log.info("this processor does not multiply bfloat16: isa={}", Integer.toHexString(found));
          return Optional.empty();
        }
        return Optional.of(library);
      } catch (IOException | UnsatisfiedLinkError | IllegalStateException e) {
        log.warn("oneDNN could not be loaded, so there is no bfloat16: {}", e.toString());
        return Optional.empty();
      } catch (Throwable e) {
        throw new IllegalStateException("oneDNN could not be asked for its instruction set", e);
      }
    }

    @SuppressWarnings("restricted") // Every JVM of ours enables native access, for ND4J itself.
    private static SymbolLookup find() throws IOException {
      // oneDNN is linked against OpenCL's loader, which finds no device here and is never called.
      System.load(unpacked("opencl", "libOpenCL.so.1").toString());
      return SymbolLookup.libraryLookup(unpacked("dnnl", "libdnnl.so.3"), Arena.global());
    }

    private static Path unpacked(String artifact, String file) throws IOException {
      URL resource =
          OneDnn.class.getResource("/org/bytedeco/" + artifact + "/linux-x86_64/" + file);
      if (resource == null) {
        throw new IOException(file + " is not on the class path");
      }
      return Loader.cacheResource(resource).toPath();
    }
  }

  MemorySegment engine() {
    return engine;
  }

  /** A call that answers with a {@code dnnl_status_t}. */
  @FunctionalInterface
  interface StatusCall {
    int call() throws Throwable;
  }

  /**
   * Calls and checks.
   *
   * @throws IllegalStateException if the answer is not success
   */
  static void call(StatusCall call, String what) {
    int status;
    try {
      status = call.call();
    } catch (Throwable e) {
      throw new IllegalStateException("oneDNN's " + what + " could not be called", e);
    }
    if (status != 0) {
      throw new IllegalStateException("oneDNN's " + what + " answered status " + status);
    }
  }

  private MethodHandle function(String name, MemoryLayout... arguments) {
    return handle(name, FunctionDescriptor.of(JAVA_INT, arguments));
  }

  private MethodHandle pointer(String name, MemoryLayout... arguments) {
    return handle(name, FunctionDescriptor.of(ADDRESS, arguments));
  }

  @SuppressWarnings("restricted")
  private MethodHandle handle(String name, FunctionDescriptor descriptor) {
    return linker.downcallHandle(symbols.findOrThrow("dnnl_" + name), descriptor);
  }
}
