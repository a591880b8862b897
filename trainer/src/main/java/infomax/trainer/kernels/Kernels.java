package infomax.trainer.kernels;

/**
 * The kernels in the form this JVM runs fastest. Stateless, safe for use by several threads.
 *
 * @param name {@code vector} or {@code scalar}
 * @param norm batch normalisation, activation, pooling
 * @param dense biases, critics, projections
 * @param adam the optimiser
 * @param winograd whether convolutions of single precision are faster by {@link
 *     WinogradConvolution} than by oneDNN: with the vectors of AVX2 or AVX-512
 */
public record Kernels(
    String name, NormKernels norm, DenseKernels dense, AdamKernel adam, boolean winograd) {

  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  /**
   * Vector API kernels if the JVM runs with {@code --add-modules jdk.incubator.vector}, else the
   * plain loops, which are several times slower.
   */
  public static Kernels available() {
    return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent() ? vector() : scalar();
  }

  /** The plain loops. */
  public static Kernels scalar() {
    return new Kernels(
        "scalar", new ScalarNormKernels(), new ScalarDenseKernels(), new ScalarAdamKernel(), false);
  }

  private static Kernels vector() {
    return new Kernels(
        "vector",
        new VectorNormKernels(),
        new VectorDenseKernels(),
        new VectorAdamKernel(),
        Lanes.arePreferred());
  }
}
