package infomax.trainer.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The architecture follows from input size and dimensions. */
class NetworkShapeTest {

  @Test
  void smallImagesHaveThreeBlocks() {
    NetworkShape shape = NetworkShape.of(32);
    assertThat(shape.blocks()).isEqualTo(3);
    assertThat(shape.convolutions())
        .isEqualTo(
            List.of(
                new Convolution(0, 32, 3, 64, true),
                new Convolution(1, 16, 64, 128, true),
                new Convolution(2, 8, 128, 256, true),
                new Convolution(3, 4, 256, 256, false),
                new Convolution(4, 4, 256, 256, false)));
    assertThat(shape.convolutions().get(2).pooledSide()).isEqualTo(shape.featureMapSide());
  }

  @Test
  void largerImagesHaveFourBlocks() {
    NetworkShape shape = NetworkShape.of(64);
    assertThat(shape.blocks()).isEqualTo(4);
    assertThat(shape.convolutions().stream().map(Convolution::outputChannels))
        .containsExactly(32, 64, 128, 256, 256, 256);
    assertThat(shape.imageBytes()).isEqualTo(3 * 64 * 64);
  }

  @Test
  void aNetworkSeesPicturesOfThreeQuartersOfItsSide() {
    NetworkShape shape = NetworkShape.of(64);
    assertThat(shape.locations()).isEqualTo(16);
    assertThat(shape.at(48).locations()).isEqualTo(9);
    assertThat(shape.at(48).convolutions().stream().map(Convolution::outputChannels))
        .containsExactlyElementsOf(
            shape.convolutions().stream().map(Convolution::outputChannels).toList());
    assertThatThrownBy(() -> shape.at(32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a network for 64 px cannot see images of 32 px");
  }

  @Test
  void theTextTellsOnlyOfAPoolThatIsNotTheUsualOne() {
    NetworkShape shape = new NetworkShape(32, 64);
    assertThat(shape).hasToString("NetworkShape[inputSize=32, dimensions=64]");
    assertThat(shape.withPooling(Pooling.ATTENTION).at(24))
        .hasToString("NetworkShape[inputSize=24, dimensions=64, pooling=attention]");
  }

  @Test
  void otherSizesAreRefusedWithTheOffendingValue() {
    assertThatThrownBy(() -> NetworkShape.of(40))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("input size 40 px, expected one of [32, 64, 24, 48]");
    assertThatThrownBy(() -> new NetworkShape(64, 100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dimensions 100, expected a multiple of 8");
  }
}
