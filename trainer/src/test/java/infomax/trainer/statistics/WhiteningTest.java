package infomax.trainer.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** After whitening the vectors it was learnt from have mean 0 and nearly unit covariance. */
class WhiteningTest {

  private static final long SEED = 5;

  @Test
  void whitenedVectorsHaveMeanZeroAndUnitCovariance() {
    VectorSet set = correlated(4_000, 6);

    VectorSet whitened = Whitening.of(set, 1e-9).apply(set);

    for (int i = 0; i < 6; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = 0;
        double mean = 0;
        for (int row = 0; row < whitened.count(); row++) {
          sum += (double) whitened.value(row, i) * whitened.value(row, j);
          mean += whitened.value(row, i);
        }
        assertThat(mean / whitened.count()).isEqualTo(0, within(1e-4));
        assertThat(sum / whitened.count()).isEqualTo(i == j ? 1 : 0, within(1e-3));
      }
    }
  }

  @Test
  void regularisationKeepsADirectionWithoutSpreadSmall() {
    VectorSet flat =
        VectorSet.filled(
            100,
            2,
            (row, target, offset) -> {
              target[offset] = row;
              target[offset + 1] = 3 + 1e-4f * (row % 2);
            });

    Moments moments = Moments.of(Whitening.of(flat, 0.05).apply(flat));

    assertThat(moments.standardDeviation()[0]).isBetween(0.9, 1.0);
    assertThat(moments.standardDeviation()[1]).isLessThan(1e-3);
  }

  @Test
  void equalVectorsHaveNoWhitening() {
    VectorSet equal = VectorSet.of(new float[] {1, 2, 1, 2}, 2, 2);

    assertThatThrownBy(() -> Whitening.of(equal, 0.1))
        .hasMessageContaining("all vectors are equal");
  }

  @Test
  void effectiveRankIsTheNumberOfDirectionsForASphereAndOneForALine() {
    Random random = new Random(SEED);
    VectorSet sphere =
        VectorSet.filled(
            5_000,
            8,
            (row, target, offset) -> {
              for (int d = 0; d < 8; d++) {
                target[offset + d] = (float) random.nextGaussian();
              }
            });
    VectorSet line =
        VectorSet.filled(
            50,
            3,
            (row, target, offset) -> {
              target[offset] = row;
              target[offset + 1] = -2 * row;
              target[offset + 2] = 5;
            });

    assertThat(Moments.effectiveRank(sphere)).isEqualTo(8, within(0.1));
    assertThat(Moments.effectiveRank(line)).isEqualTo(1, within(1e-4));
    assertThat(Moments.effectiveRank(VectorSet.of(new float[4], 2, 2))).isZero();
  }

  private static VectorSet correlated(int count, int dimensions) {
    Random random = new Random(SEED);
    return VectorSet.filled(
        count,
        dimensions,
        (row, target, offset) -> {
          double shared = random.nextGaussian();
          for (int d = 0; d < dimensions; d++) {
            target[offset + d] = (float) (d + 2 * shared + (d + 1) * random.nextGaussian());
          }
        });
  }
}
