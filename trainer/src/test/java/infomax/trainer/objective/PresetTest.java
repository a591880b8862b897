package infomax.trainer.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.trainer.network.Critics;
import org.junit.jupiter.api.Test;

/** The presets are the recipes they are named for. */
class PresetTest {

  @Test
  void seedIsThePublishedRecipe() {
    Preset seed = Preset.named("seed");
    assertThat(seed.objective())
        .isEqualTo(
            new Objective(0.5, 1.5, 0.01, new Estimator.JensenShannon(new Critics.Mlp(256))));
    assertThat(seed.adam()).isEqualTo(new Adam(new LearningRate.Constant(1e-3), 0.9, 0.999, 1e-7));
    assertThat(seed.miniBatch()).isEqualTo(64);
    assertThat(seed.normMomentum()).isEqualTo(0.99);
  }

  @Test
  void defaultRanksAllPairs() {
    Preset preset = Preset.named("default");
    assertThat(preset.objective().estimator())
        .isEqualTo(new Estimator.InfoNce(new Critics.Projection(256, 128), 0.1));
    assertThat(preset.critics()).isEqualTo(new Critics.Projection(256, 128));
  }

  @Test
  void unknownNameIsAnsweredWithTheKnownOnes() {
    assertThatThrownBy(() -> Preset.named("sede"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "preset 'sede', expected one of [default, one-view, seed, global-only,"
                + " local-only, autoencoder]");
  }

  @Test
  void aLossOfIgnoranceVouchesForNoInformation() {
    Estimator published = Preset.named("seed").objective().estimator();
    assertThat(published.information(2 * Math.log(2), 64, 16)).hasValue(0);
    assertThat(published.information(0, 64, 16)).hasValue(Math.log(2));
    Estimator ranking = Preset.named("default").objective().estimator();
    assertThat(ranking.information(Math.log(64), 64, 1)).hasValue(0);
    assertThat(ranking.information((Math.log(64) + Math.log(1 + 63 * 16)) / 2, 64, 16)).hasValue(0);
    assertThat(Preset.named("autoencoder").objective().estimator().information(1, 64, 1)).isEmpty();
  }
}
