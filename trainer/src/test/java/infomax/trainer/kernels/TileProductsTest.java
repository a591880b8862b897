package infomax.trainer.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The products of all components are those of plain loops, for any number of tiles. */
class TileProductsTest {

  private static final int ROOM = 20;
  private static final int INPUTS = 2 * Filters.PANEL;
  private static final int OUTPUTS = 3 * Filters.PANEL;
  private static final Offset<Float> CLOSE = within(1e-4f);

  private final Components in =
      new Components(new float[Components.floats(ROOM, INPUTS)], ROOM, INPUTS);
  private final Components out =
      new Components(new float[Components.floats(ROOM, OUTPUTS)], ROOM, OUTPUTS);
  private final Filters filters =
      new Filters(new float[Filters.floats(INPUTS, OUTPUTS)], INPUTS, OUTPUTS);

  private final WinogradScratch scratch =
      new WinogradScratch(List.of(new WinogradShape(8, INPUTS, OUTPUTS)));

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 6, 7, 16, 20})
  void ofTilesAndFilters(int tiles) {
    randomise(in.values(), 1);
    randomise(filters.values(), 2);
    TileProducts.multiply(in, tiles, filters, out);
    for (int component = 0; component < WinogradTransforms.COMPONENTS; component++) {
      for (int tile = 0; tile < tiles; tile++) {
        for (int o = 0; o < OUTPUTS; o++) {
          float expected = 0;
          for (int i = 0; i < INPUTS; i++) {
            expected +=
                in.values()[in.at(component, tile, i)]
                    * filters.values()[filters.at(component, i, o)];
          }
          assertThat(out.values()[out.at(component, tile, o)]).isCloseTo(expected, CLOSE);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 6, 7, 16, 20})
  void ofTilesAndTilesAloneAndAddedToOthers(int tiles) {
    randomise(in.values(), 1);
    randomise(out.values(), 2);
    randomise(filters.values(), 3);
    filters.clear();
    TileProducts.addTransposedProduct(scratch, in, out, tiles, filters);
    check(tiles, 1);
    TileProducts.addTransposedProduct(scratch, in, out, tiles, filters);
    check(tiles, 2);
  }

  private void check(int tiles, int times) {
    for (int component = 0; component < WinogradTransforms.COMPONENTS; component++) {
      for (int i = 0; i < INPUTS; i++) {
        for (int o = 0; o < OUTPUTS; o++) {
          float expected = 0;
          for (int tile = 0; tile < tiles; tile++) {
            expected +=
                in.values()[in.at(component, tile, i)] * out.values()[out.at(component, tile, o)];
          }
          assertThat(filters.values()[filters.at(component, i, o)])
              .isCloseTo(times * expected, CLOSE);
        }
      }
    }
  }

  private static void randomise(float[] values, long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
  }
}
