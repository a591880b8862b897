package infomax.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PositionsTest {

  private final Positions place = Positions.ofOffsets(Map.of(0, 10L, 1, 5L));

  @Test
  void satisfiesATokenOnlyAboveItsOffset() {
    assertThat(place.satisfies(new Token("images", 0, 9))).isTrue();
    assertThat(place.satisfies(new Token("images", 0, 10))).isFalse();
    assertThat(place.satisfies(new Token("images", 7, 0))).isFalse();
  }

  @Test
  void reachesAnotherPlaceOnlyInEveryPartition() {
    assertThat(place.reaches(Positions.START)).isTrue();
    assertThat(place.reaches(Positions.ofOffsets(Map.of(0, 10L, 1, 6L)))).isFalse();
    assertThat(place.reaches(Positions.ofOffsets(Map.of(2, 1L)))).isFalse();
    assertThat(place.sameOffsets(place.with(1, new Position(5, 3)))).isTrue();
  }

  @Test
  void lagCountsOnlyWhatIsAhead() {
    assertThat(place.lagTo(Positions.ofOffsets(Map.of(0, 12L, 1, 1L, 2, 4L)))).isEqualTo(6);
  }

  @Test
  void jsonKeepsOffsetsAndEpochs() {
    Positions withEpoch = place.with(1, new Position(5, 3));
    byte[] json = Json.write(withEpoch);
    assertThat(new String(json, StandardCharsets.UTF_8))
        .isEqualTo("{\"0\":{\"offset\":10,\"epoch\":-1},\"1\":{\"offset\":5,\"epoch\":3}}");
    assertThat(Json.read(json, Positions.class)).isEqualTo(withEpoch);
  }
}
