package infomax.trainer.engine;

import infomax.trainer.kernels.PatchWriter;
import infomax.trainer.kernels.Pixels;
import infomax.trainer.kernels.WinogradConvolution;
import infomax.trainer.kernels.WinogradFilters;
import infomax.trainer.kernels.WinogradScratch;
import infomax.trainer.onednn.Bfloat16Convolution;
import infomax.trainer.onednn.OneDnn;
import infomax.trainer.onednn.Primitives;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** The products of one convolution, bound to their buffers for every worker. */
sealed interface ConvolutionProduct {

  /**
   * Brings a worker's part of the weights into the form that {@link #forward} reads, if it has one
   * of its own. All workers have done so before any goes forward.
   */
  default void prepareForward(int worker) {}

  /** The same for {@link #backward}. */
  default void prepareBackward(int worker) {}

  /** The same for {@link #infer}. */
  default void prepareInference(int worker) {
    prepareForward(worker);
  }

  /** Writes a worker's share of the convolution's output, in the training's precision. */
  void forward(int worker);

  /** The same in single precision, not to be followed by {@link #backward}. */
  default void infer(int worker) {
    forward(worker);
  }

  /**
   * Reads the gradient that has replaced the output, and writes the worker's part of the weights'
   * gradient and its share of the input's, if anything wants that.
   */
  void backward(int worker);

  /**
   * The first convolution: bytes to patches to one matrix product. It has no input gradient, which
   * saves more than the patches cost.
   */
  final class OfImages implements ConvolutionProduct {

    private final Workers workers;
    private final NativeFloats patches;
    private final List<PatchWriter> writers = new ArrayList<>();
    private final List<CustomOp> forward = new ArrayList<>();
    private final List<CustomOp> backward = new ArrayList<>();
    private byte[] pixels = {};

    OfImages(
        Workers workers,
        NativeArena arena,
        ParameterBuffers buffers,
        NativeFloats convolved,
        int side) {
      this.workers = workers;
      this.patches = arena.floats(convolved.rows(), PatchWriter.PATCH);
      int channels = convolved.columns();
      for (int worker = 0; worker < workers.count(); worker++) {
        int from = workers.from(worker) * side * side;
        int to = workers.to(worker) * side * side;
        writers.add(new PatchWriter(side));
        forward.add(
            Products.product(
                patches.matrix(from, to),
                buffers.weights("conv0.w").reshape('c', PatchWriter.PATCH, channels),
                convolved.matrix(from, to)));
        backward.add(
            Products.transposedLeft(
                patches.matrix(from, to),
                convolved.matrix(from, to),
                buffers
                    .weightGradient(worker, "conv0.w")
                    .reshape('c', PatchWriter.PATCH, channels)));
      }
    }

    /** The images of the next forward pass, (image, colour, y, x); borrowed until it is over. */
    void read(byte[] newPixels) {
      pixels = newPixels;
    }

    @Override
    public void forward(int worker) {
      for (int image = workers.from(worker); image < workers.to(worker); image++) {
        writers.get(worker).write(pixels, image, patches.segment(), image);
      }
      Nd4j.exec(forward.get(worker));
    }

    @Override
    public void backward(int worker) {
      Nd4j.exec(backward.get(worker));
    }
  }

  /** A convolution of feature maps. */
  final class OfMaps implements ConvolutionProduct {

    private final List<CustomOp> forward = new ArrayList<>();
    private final List<CustomOp> backward = new ArrayList<>();

    OfMaps(
        Workers workers,
        ParameterBuffers buffers,
        String weights,
        Variable in,
        NativeFloats convolved,
        int side) {
      int inputs = in.values().columns();
      int outputs = convolved.columns();
      for (int worker = 0; worker < workers.count(); worker++) {
        long first = (long) workers.from(worker) * side * side;
        int images = workers.to(worker) - workers.from(worker);
        forward.add(
            Products.convolution(
                in.values().view(first * inputs, images, side, side, inputs),
                buffers.weights(weights),
                convolved.view(first * outputs, images, side, side, outputs)));
        backward.add(
            Products.convolutionGradient(
                in.values().view(first * inputs, images, side, side, inputs),
                buffers.weights(weights),
                convolved.view(first * outputs, images, side, side, outputs),
                in.gradient().view(first * inputs, images, side, side, inputs),
                buffers.weightGradient(worker, weights)));
      }
    }

    @Override
    public void forward(int worker) {
      Nd4j.exec(forward.get(worker));
    }

    @Override
    public void backward(int worker) {
      Nd4j.exec(backward.get(worker));
    }
  }

  /** A convolution of feature maps by Winograd's minimal filtering, in single precision. */
  final class OfMapsByWinograd implements ConvolutionProduct {

    private final Workers workers;
    private final WinogradFilters filters;
    private final List<WinogradScratch> scratches;
    private final List<WinogradConvolution> shares = new ArrayList<>();

    OfMapsByWinograd(
        Workers workers,
        ParameterBuffers buffers,
        List<WinogradScratch> scratches,
        String weights,
        Variable in,
        NativeFloats convolved,
        int side) {
      this.workers = workers;
      this.scratches = scratches;
      int inputs = in.values().columns();
      int outputs = convolved.columns();
      this.filters = new WinogradFilters(buffers.tensor(weights), inputs, outputs);
      for (int worker = 0; worker < workers.count(); worker++) {
        int first = workers.from(worker) * side * side;
        shares.add(
            new WinogradConvolution(
                new WinogradConvolution.Wiring(
                    workers.to(worker) - workers.from(worker),
                    new Pixels(in.values().from(first), side, inputs),
                    new Pixels(in.gradient().from(first), side, inputs),
                    new Pixels(convolved.from(first), side, outputs),
                    filters,
                    buffers.tensorGradient(worker, weights)),
                scratches.get(worker)));
      }
    }

    @Override
    public void prepareForward(int worker) {
      filters.transform(scratches.get(worker), worker, workers.count());
    }

    @Override
    public void prepareBackward(int worker) {
      filters.transformBackward(scratches.get(worker), worker, workers.count());
    }

    @Override
    public void forward(int worker) {
      shares.get(worker).forward();
    }

    @Override
    public void backward(int worker) {
      shares.get(worker).backward();
    }
  }

  /** A convolution of feature maps whose products are of bfloat16 while it is trained. */
  final class OfMapsInBfloat16 implements ConvolutionProduct {

    private final ConvolutionProduct exact;
    private final Bfloat16Convolution[] shares;

    /**
     * Binds a convolution.
     *
     * @param exact the same in single precision
     */
    OfMapsInBfloat16(
        OneDnn library,
        ConvolutionProduct exact,
        Workers workers,
        NativeArena arena,
        ParameterBuffers buffers,
        String weights,
        Variable in,
        NativeFloats convolved,
        int side) {
      this.exact = exact;
      this.shares = new Bfloat16Convolution[workers.count()];
      workers.run(
          worker -> {
            int first = workers.from(worker) * side * side;
            Primitives primitives = new Primitives(library);
            arena.own(primitives);
            shares[worker] =
                new Bfloat16Convolution(
                    primitives,
                    new Bfloat16Convolution.Wiring(
                        workers.to(worker) - workers.from(worker),
                        side,
                        in.values().columns(),
                        convolved.columns(),
                        in.values().from(first),
                        in.gradient().from(first),
                        buffers.tensor(weights),
                        buffers.tensorGradient(worker, weights),
                        convolved.from(first)));
          });
    }

    @Override
    public void forward(int worker) {
      shares[worker].forward();
    }

    @Override
    public void prepareInference(int worker) {
      exact.prepareForward(worker);
    }

    @Override
    public void infer(int worker) {
      exact.forward(worker);
    }

    @Override
    public void backward(int worker) {
      shares[worker].backward();
    }
  }
}
