package infomax.trainer.engine;

import infomax.trainer.kernels.Kernels;
import infomax.trainer.kernels.WinogradScratch;
import infomax.trainer.kernels.WinogradShape;
import infomax.trainer.network.Convolution;
import java.util.ArrayList;
import java.util.List;

/** Chooses how each convolution of feature maps is computed. */
final class MapConvolutions {

  private final Workers workers;
  private final NativeArena arena;
  private final ParameterBuffers buffers;
  private final Precision precision;
  private final boolean winograd;
  private final List<WinogradScratch> scratches = new ArrayList<>();

  MapConvolutions(
      Kernels kernels,
      Workers workers,
      NativeArena arena,
      ParameterBuffers buffers,
      Precision precision) {
    this.workers = workers;
    this.arena = arena;
    this.buffers = buffers;
    this.precision = precision;
    this.winograd = kernels.winograd();
    List<WinogradShape> shapes =
        buffers.layout().shape().convolutions().stream()
            .filter(this::byWinograd)
            .map(MapConvolutions::shape)
            .toList();
    for (int worker = 0; worker < workers.count() && !shapes.isEmpty(); worker++) {
      scratches.add(new WinogradScratch(shapes));
    }
  }

  private boolean byWinograd(Convolution convolution) {
    return winograd
        && WinogradShape.suits(convolution.inputChannels(), convolution.outputChannels());
  }

  private static WinogradShape shape(Convolution convolution) {
    return new WinogradShape(
        convolution.side(), convolution.inputChannels(), convolution.outputChannels());
  }

  /** The convolution from one layer's output to the next layer's values before normalisation. */
  ConvolutionProduct product(Convolution convolution, Variable in, NativeFloats convolved) {
    String weights = "conv" + convolution.ordinal() + ".w";
    int side = convolution.side();
    ConvolutionProduct exact =
        byWinograd(convolution)
            ? new ConvolutionProduct.OfMapsByWinograd(
                workers, buffers, scratches, weights, in, convolved, side)
            : new ConvolutionProduct.OfMaps(workers, buffers, weights, in, convolved, side);
    return switch (precision) {
      case FLOAT32 -> exact;
      case BFLOAT16 ->
          new ConvolutionProduct.OfMapsInBfloat16(
              Precision.library().orElseThrow(),
              exact,
              workers,
              arena,
              buffers,
              weights,
              in,
              convolved,
              side);
    };
  }
}
