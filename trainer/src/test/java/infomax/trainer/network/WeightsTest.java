package infomax.trainer.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** An untrained network is what its seed says. */
class WeightsTest {

  private static final NetworkShape SHAPE = NetworkShape.of(32);

  @Test
  void layoutHoldsTheParametersOfTheArchitecture() {
    ParameterLayout layout = ParameterLayout.of(SHAPE, new Critics.Mlp(256));
    assertThat(layout.tensor("conv1.w").shape()).containsExactly(3, 3, 64, 128);
    assertThat(layout.tensor("global.d1.w").shape()).containsExactly(512, 256);
    int offset = 0;
    for (ParameterTensor tensor : layout.tensors()) {
      assertThat(tensor.offset()).isEqualTo(offset);
      offset = tensor.end();
    }
    assertThat(layout.size()).isEqualTo(offset).isBetween(2_150_000, 2_250_000);
    assertThat(layout.encoderSize()).isEqualTo(layout.tensor("global.d1.w").offset());
    assertThatThrownBy(() -> layout.tensor("conv9.w"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("parameter 'conv9.w', expected one of [conv0.w, ");
  }

  @Test
  void attentionHasOneWeightPerChannelWhateverTheSizeOfImages() {
    NetworkShape shape = new NetworkShape(32, 64, Pooling.ATTENTION);
    Weights weights = Weights.initial(shape, new Critics.Projection(16, 8), 1);
    assertThat(weights.layout().tensor("pool.w").shape()).containsExactly(64, 1);
    assertThat(weights.layout().encoderSize())
        .isEqualTo(
            ParameterLayout.of(new NetworkShape(32, 64), new Critics.Mlp(8)).encoderSize() + 64);
    assertThat(weights.at(24).at(32).digest()).isEqualTo(weights.digest());
  }

  @Test
  void onlyADecoderIsMadeForOneSizeOfImages() {
    Weights weights = Weights.initial(SHAPE, new Critics.Projection(256, 128), 1);
    assertThat(weights.at(24).parameters()).isEqualTo(weights.parameters());
    assertThat(weights.at(24).at(32).digest()).isEqualTo(weights.digest());
    assertThatThrownBy(() -> Weights.initial(SHAPE, new Critics.Decoder(64), 1).at(24))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot change from images of 32 px to 24 px");
  }

  @Test
  void initialWeightsAreGlorotUniformWithZeroBiasesAndUnitScales() {
    Weights weights = Weights.initial(SHAPE, new Critics.Mlp(256), 1);
    float[] values = weights.tensor("conv2.w");
    double limit = Math.sqrt(6.0 / (9 * (128 + 256)));
    double squares = 0;
    for (float value : values) {
      assertThat(Math.abs(value)).isLessThanOrEqualTo((float) limit);
      squares += (double) value * value;
    }
    assertThat(Math.sqrt(squares / values.length) / (limit / Math.sqrt(3))).isBetween(0.99, 1.01);
    assertThat(weights.tensor("mean.b")).containsOnly(0);
    assertThat(weights.tensor("bn1.g")).containsOnly(1);
    assertThat(weights.statistics()).isEqualTo(NormStatistics.initial(SHAPE));
  }

  @Test
  void encoderDependsOnTheSeedAndNotOnTheCritics() {
    Weights mlp = Weights.initial(SHAPE, new Critics.Mlp(256), 7);
    Weights projection = Weights.initial(SHAPE, new Critics.Projection(256, 128), 7);
    int encoder = mlp.layout().encoderSize();
    assertThat(Arrays.copyOf(projection.parameters(), encoder))
        .isEqualTo(Arrays.copyOf(mlp.parameters(), encoder));
    assertThat(Weights.initial(SHAPE, new Critics.Mlp(256), 7).digest()).isEqualTo(mlp.digest());
    assertThat(Weights.initial(SHAPE, new Critics.Mlp(256), 8).digest()).isNotEqualTo(mlp.digest());
  }

  @Test
  void arraysGivenAndTakenAreCopies() {
    Weights weights = Weights.initial(SHAPE, new Critics.Mlp(8), 1);
    String digest = weights.digest();
    weights.parameters()[0] = 5;
    weights.tensor("mean.w")[0] = 5;
    weights.statistics().mean(0)[0] = 5;
    assertThat(weights.digest()).isEqualTo(digest);
    assertThatThrownBy(() -> Weights.of(weights.layout(), new float[3], weights.statistics()))
        .hasMessageStartingWith("3 parameters, expected ");
  }
}
