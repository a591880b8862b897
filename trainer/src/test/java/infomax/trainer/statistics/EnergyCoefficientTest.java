package infomax.trainer.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** 0 for one distribution, 1 for two points, in between in between. */
class EnergyCoefficientTest {

  private static final long SEED = 5;

  @Test
  void twoDrawsFromOneDistributionAreAboutZeroApartWhateverTheirSizes() {
    Random random = new Random(SEED);
    System.out.println("seed=" + SEED);
    VectorSet many = around(random, 800, 0);
    assertThat(EnergyCoefficient.of(many, around(random, 500, 0))).isCloseTo(0, within(0.005));
    assertThat(EnergyCoefficient.of(many, around(random, 50, 0))).isCloseTo(0, within(0.02));
  }

  @Test
  void growsWithTheDistanceAndIsOneForTwoPoints() {
    Random random = new Random(SEED);
    VectorSet here = around(random, 300, 0);
    double near = EnergyCoefficient.of(here, around(random, 300, 1));
    double far = EnergyCoefficient.of(here, around(random, 300, 4));
    assertThat(near).isBetween(0.01, far);
    assertThat(far).isLessThan(1);
    VectorSet east = VectorSet.of(new float[] {1, 0, 2, 0}, 2, 2);
    VectorSet north = VectorSet.of(new float[] {0, 1, 0, 3}, 2, 2);
    assertThat(EnergyCoefficient.of(east, north)).isCloseTo(1, within(1e-9));
    assertThat(EnergyCoefficient.of(east, east)).isZero();
  }

  @Test
  void oneVectorHasNoDistribution() {
    VectorSet one = VectorSet.of(new float[] {1}, 1, 1);
    assertThatThrownBy(() -> EnergyCoefficient.of(one, one))
        .hasMessage("1 and 1 vectors, expected at least 2 of each");
  }

  /** Standard normal but for a shift of the first component. */
  private static VectorSet around(Random random, int count, double shift) {
    return VectorSet.filled(
        count,
        16,
        (row, target, offset) -> {
          for (int i = 0; i < 16; i++) {
            target[offset + i] = (float) (random.nextGaussian() + (i == 0 ? shift : 0));
          }
        });
  }
}
