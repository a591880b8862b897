package infomax.search.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.ImageId;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RecentQueriesTest {

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final RecentQueries recent = new RecentQueries(3, now::get);

  @Test
  void keepsTheNewest() {
    for (int number = 0; number < 5; number++) {
      recent.made(query(number));
      pass(Duration.ofSeconds(1));
    }
    assertThat(recent.all()).containsExactly(query(2), query(3), query(4));
    assertThat(recent.size()).isEqualTo(3);
  }

  /** A burst fills what is empty, and does not push out what was there before it. */
  @Test
  void aBurstDoesNotReplaceEverything() {
    IntStream.range(0, 100).forEach(number -> recent.made(query(number)));
    assertThat(recent.all()).containsExactly(query(0), query(1), query(2));
    pass(Duration.ofMillis(100));
    IntStream.range(100, 200).forEach(number -> recent.made(query(number)));
    assertThat(recent.all()).containsExactly(query(1), query(2), query(100));
  }

  @Test
  void keepsNoneIfItIsToldSo() {
    RecentQueries none = new RecentQueries(0, now::get);
    none.made(query(1));
    assertThat(none.all()).isEmpty();
  }

  private void pass(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  private static RecentQuery query(int number) {
    return new RecentQuery.OfIndexed(new ImageId("image-" + number));
  }
}
