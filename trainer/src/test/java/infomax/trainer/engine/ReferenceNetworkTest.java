package infomax.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.ParameterTensor;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Preset;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reference's gradients are those that central differences measure. */
class ReferenceNetworkTest {

  private static final long SEED = 11;
  private static final double STEP = 1e-6;

  /** Derivatives measured of each tensor, about. */
  private static final int OF_EACH_TENSOR = 3;

  static Stream<Preset> presets() {
    return Stream.of(
        Cases.jensenShannon(3, Cases.ONE_VIEW, 4),
        Cases.infoNce(3, Cases.ONE_VIEW, 4),
        Cases.hellinger(3, Cases.ONE_VIEW, 4),
        Cases.donskerVaradhan(3, Cases.ONE_VIEW, 4),
        Cases.jensenShannon(2, Cases.TWO_VIEWS, 4),
        Cases.infoNce(2, Cases.TWO_VIEWS, 4),
        Cases.without(Cases.infoNce(3, Cases.ONE_VIEW, 4), true),
        Cases.reconstruction(3, 4),
        Cases.withFurtherTerms(Cases.jensenShannon(2, Cases.ONE_VIEW, 4)),
        Cases.withFurtherTerms(Cases.infoNce(2, Cases.TWO_VIEWS, 4)),
        Cases.byDotProduct(Cases.jensenShannon(3, Cases.ONE_VIEW, 4), 4),
        Cases.withFurtherTerms(Cases.byDotProduct(Cases.donskerVaradhan(2, Cases.TWO_VIEWS, 4), 4)),
        Cases.attentive(Cases.infoNce(2, Cases.TWO_VIEWS, 4)),
        Cases.attentive(Cases.byDotProduct(Cases.hellinger(3, Cases.ONE_VIEW, 4), 4)));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void gradientAgreesWithCentralDifferences(Preset preset) {
    System.out.println("seed=" + SEED);
    NetworkShape shape = new NetworkShape(32, 4);
    Weights weights = Cases.weights(shape, preset, SEED);
    double[] parameters = Cases.doubles(weights.parameters());
    byte[] pixels = Cases.pixels(shape, preset.pictures(), SEED);
    StepRandomness randomness = Cases.randomness(preset, shape, SEED);
    double[] gradient =
        new ReferenceNetwork(weights.layout(), preset, parameters, pixels, randomness).gradient();

    for (ParameterTensor tensor : weights.layout().tensors()) {
      int stride = Math.max(1, tensor.size() / OF_EACH_TENSOR);
      for (int i = tensor.offset(); i < tensor.end(); i += stride) {
        double kept = parameters[i];
        parameters[i] = kept + STEP;
        double above = total(weights, preset, parameters, pixels, randomness);
        parameters[i] = kept - STEP;
        double below = total(weights, preset, parameters, pixels, randomness);
        parameters[i] = kept;
        assertThat((above - below) / (2 * STEP))
            .as("derivative by %s[%d]", tensor.name(), i - tensor.offset())
            .isCloseTo(gradient[i], within(1e-6 + 1e-5 * Math.abs(gradient[i])));
      }
    }
  }

  private static double total(
      Weights weights,
      Preset preset,
      double[] parameters,
      byte[] pixels,
      StepRandomness randomness) {
    return new ReferenceNetwork(weights.layout(), preset, parameters, pixels, randomness)
        .losses()
        .total();
  }
}
