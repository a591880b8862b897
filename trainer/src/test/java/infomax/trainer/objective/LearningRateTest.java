package infomax.trainer.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import infomax.trainer.network.Critics;
import org.junit.jupiter.api.Test;

/** The rate rises, falls and stays where it should. */
class LearningRateTest {

  @Test
  void warmUpRisesToThePeakAndTheCosineFallsToAHundredth() {
    LearningRate rate = new LearningRate.WarmUpCosine(1e-3, 100);
    assertThat(rate.at(0, 2000)).isCloseTo(1e-5, within(1e-9));
    assertThat(rate.at(99, 2000)).isCloseTo(1e-3, within(1e-9));
    assertThat(rate.at(100, 2000)).isCloseTo(1e-3, within(1e-9));
    assertThat(rate.at(1050, 2000)).isCloseTo(0.5e-3, within(1e-5));
    assertThat(rate.at(1999, 2000)).isCloseTo(1e-5, within(1e-9));
    assertThat(rate.at(5000, 2000)).isCloseTo(1e-5, within(1e-9));
  }

  @Test
  void shortPlansWarmUpOverATenth() {
    LearningRate rate = new LearningRate.WarmUpCosine(1e-3, 100);
    assertThat(rate.at(0, 50)).isCloseTo(0.2e-3, within(1e-9));
    assertThat(rate.at(4, 50)).isCloseTo(1e-3, within(1e-9));
    assertThat(rate.at(0, 1)).isCloseTo(1e-3, within(1e-9));
    assertThat(new LearningRate.Constant(0.5).at(7, 3)).isEqualTo(0.5);
  }

  @Test
  void senselessNumbersAreRefused() {
    assertThatThrownBy(() -> new LearningRate.Constant(0))
        .hasMessage("learning rate 0.0, expected above 0, at most 1");
    assertThatThrownBy(() -> new LearningRate.WarmUpCosine(Double.NaN, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> new Objective(-1, 0, 0, new Estimator.JensenShannon(new Critics.Mlp(1))))
        .hasMessageStartingWith("alpha -1.0, expected");
  }
}
