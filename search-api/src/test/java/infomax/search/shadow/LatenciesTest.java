package infomax.search.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.control.ShadowComparison.Latency;
import org.junit.jupiter.api.Test;

final class LatenciesTest {

  @Test
  void percentilesAreThoseOfTheNearestRank() {
    Latencies latencies = new Latencies();
    for (int millis = 200; millis >= 1; millis--) {
      latencies.add(millis * 1_000_000L);
    }
    assertThat(latencies.summary()).isEqualTo(new Latency(100, 198));
  }

  @Test
  void oneTimeIsItsOwnMedian() {
    Latencies latencies = new Latencies();
    latencies.add(1_234_567);
    assertThat(latencies.summary()).isEqualTo(new Latency(1.235, 1.235));
  }
}
