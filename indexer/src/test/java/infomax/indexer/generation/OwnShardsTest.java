package infomax.indexer.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OwnShardsTest {

  @Test
  void everyShardIsWrittenByOneProcess() {
    assertThat(OwnShards.ALL.of(3)).containsExactly(0, 1, 2);
    for (int processes = 1; processes <= 5; processes++) {
      for (int shards : List.of(1, 2, 3, 4, 6, 12)) {
        List<Integer> written = new ArrayList<>();
        for (int ordinal = 0; ordinal < processes; ordinal++) {
          written.addAll(new OwnShards(ordinal, processes).of(shards));
        }
        assertThat(written)
            .containsExactlyInAnyOrderElementsOf(IntStream.range(0, shards).boxed().toList());
      }
    }
  }

  @Test
  void aProcessThatIsNoneOfThemIsRefused() {
    assertThatThrownBy(() -> new OwnShards(2, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("process 2 of 2, expected 0 to 1");
  }
}
