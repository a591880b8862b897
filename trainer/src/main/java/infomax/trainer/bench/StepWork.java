package infomax.trainer.bench;

import infomax.trainer.network.Convolution;
import infomax.trainer.network.CriticSides;
import infomax.trainer.network.Critics;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.objective.Estimator;
import infomax.trainer.objective.Objective;
import infomax.trainer.objective.Preset;

/**
 * Multiplications and additions in the products of one training step, forward and backward, from
 * the shapes alone. Batch normalisation, activations and Adam are not counted.
 */
final class StepWork {

  /** Forward, then the gradients of the input and of the weights. */
  private static final double PASSES = 3;

  private StepWork() {}

  /** In 1e9. */
  static double gigaflop(Preset preset, NetworkShape shape) {
    double perPicture = convolutions(shape) + PASSES * 2 * 2 * square(shape.dimensions());
    double perTerm = 0;
    Objective objective = preset.objective();
    int z = shape.dimensions();
    if (objective.alpha() > 0) {
      boolean wholeMap = objective.global() == CriticSides.Global.FEATURE_MAP;
      perTerm += critic(preset, shape, 1, wholeMap ? shape.locations() * z : z);
    }
    if (objective.beta() > 0) {
      perTerm += critic(preset, shape, shape.locations(), z);
    }
    if (objective.within() > 0) {
      perTerm += shape.locations() * critic(preset, shape, 1, z);
    }
    if (objective.earlier() > 0) {
      perTerm += critic(preset, shape, shape.earlierLocations(), shape.earlierChannels());
    }
    perTerm *= PASSES;
    return preset.pictures() * (perPicture + perTerm) / 1e9;
  }

  private static double convolutions(NetworkShape shape) {
    double sum = 0;
    for (Convolution convolution : shape.convolutions()) {
      double forward =
          2.0
              * square(Convolution.KERNEL)
              * square(convolution.side())
              * convolution.inputChannels()
              * convolution.outputChannels();
      // Nobody asks for the gradient of the image itself.
      sum += (convolution.ordinal() == 0 ? PASSES - 1 : PASSES) * forward;
    }
    return sum;
  }

  /** The forward pass of one term's critic, per row of its left side. */
  private static double critic(Preset preset, NetworkShape shape, int locations, int rightLength) {
    int z = shape.dimensions();
    return switch (preset.critics()) {
      // The first layer once per side, the others for a positive and a negative at each location.
      case Critics.Mlp(int width) ->
          2.0 * width * (z + (double) locations * rightLength)
              + 2.0 * locations * (2 * 2 * square(width) + 2.0 * width);
      case Critics.Projection(int hidden, int output) ->
          2.0 * hidden * (z + (double) locations * rightLength)
              + 2.0 * (1 + locations) * (double) hidden * output
              + 2.0 * partners(preset) * locations * output;
      case Critics.Decoder(int width) ->
          locations == 1 ? 2.0 * width * (z + (double) shape.imageBytes()) : 0;
    };
  }

  /** Left rows that a row of the right side is compared with. */
  private static int partners(Preset preset) {
    return preset.objective().estimator() instanceof Estimator.OfPairs ? 2 : preset.miniBatch();
  }

  private static double square(double value) {
    return value * value;
  }
}
