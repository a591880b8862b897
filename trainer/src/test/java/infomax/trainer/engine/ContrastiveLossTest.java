package infomax.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The loss at known points, and its gradient against central differences. */
class ContrastiveLossTest {

  private static final int IMAGES = 4;
  private static final int LOCATIONS = 3;
  private static final int COLUMNS = IMAGES * LOCATIONS;

  @Test
  void equalCosinesLoseChance() {
    float[] cosines = new float[IMAGES * COLUMNS];
    double chance = (Math.log(IMAGES) + Math.log(1 + (IMAGES - 1) * (double) LOCATIONS)) / 2;
    assertThat(new ContrastiveLoss(IMAGES, LOCATIONS, 0.1).apply(cosines, 1))
        .isCloseTo(chance, within(1e-9));
  }

  @Test
  void perfectCosinesLoseNothing() {
    float[] cosines = new float[IMAGES * COLUMNS];
    for (int i = 0; i < IMAGES; i++) {
      for (int c = 0; c < COLUMNS; c++) {
        cosines[i * COLUMNS + c] = c / LOCATIONS == i ? 1 : -1;
      }
    }
    assertThat(new ContrastiveLoss(IMAGES, LOCATIONS, 0.1).apply(cosines, 1))
        .isCloseTo(0, within(1e-6));
  }

  @Test
  void gradientAgreesWithCentralDifferences() {
    ContrastiveLoss loss = new ContrastiveLoss(IMAGES, LOCATIONS, 0.5);
    float[] cosines = new float[IMAGES * COLUMNS];
    Random random = new Random(1);
    for (int i = 0; i < cosines.length; i++) {
      cosines[i] = 2 * random.nextFloat() - 1;
    }
    float[] gradient = cosines.clone();
    loss.apply(gradient, 3);
    float step = 1e-2f;
    for (int i = 0; i < cosines.length; i++) {
      float[] above = cosines.clone();
      above[i] += step;
      float[] below = cosines.clone();
      below[i] -= step;
      double width = (double) above[i] - below[i];
      double measured = 3 * (loss.apply(above, 1) - loss.apply(below, 1)) / width;
      assertThat((double) gradient[i]).isCloseTo(measured, within(2e-4));
    }
  }
}
