package infomax.trainer.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MomentsTest {

  /** The definition, from the covariance itself; fewer vectors than dimensions and the reverse. */
  @ParameterizedTest
  @CsvSource({"40, 7", "7, 40", "9, 9"})
  void theEffectiveRankIsThatOfTheCovariance(int count, int dimensions) {
    Random random = new Random(5);
    VectorSet set =
        VectorSet.filled(
            count,
            dimensions,
            (row, target, offset) -> {
              for (int d = 0; d < dimensions; d++) {
                target[offset + d] = (float) (3 + random.nextGaussian() / (1 + d));
              }
            });
    double[] mean = Moments.meanOf(set);
    double trace = 0;
    double squares = 0;
    for (int i = 0; i < dimensions; i++) {
      for (int j = 0; j < dimensions; j++) {
        double covariance = 0;
        for (int row = 0; row < count; row++) {
          covariance += (set.value(row, i) - mean[i]) * (set.value(row, j) - mean[j]);
        }
        trace += i == j ? covariance : 0;
        squares += covariance * covariance;
      }
    }

    assertThat(Moments.effectiveRank(set)).isCloseTo(trace * trace / squares, within(1e-3));
  }

  @Test
  void equalVectorsHaveNoRank() {
    assertThat(Moments.effectiveRank(VectorSet.of(new float[] {1, 2, 1, 2, 1, 2}, 3, 2))).isZero();
  }
}
