package infomax.standalone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class ServerTimingTest {

  @Test
  void readsDurationsByName() {
    assertThat(ServerTiming.parse("decode;dur=0.250, search;desc=\"x\";dur=1.5, miss, total;dur=2"))
        .isEqualTo(Map.of("decode", 0.25, "search", 1.5, "total", 2.0));
    assertThat(ServerTiming.parse("")).isEmpty();
  }
}
