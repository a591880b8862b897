package infomax.search.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Rates and the freshness of the last minute. */
final class RateTest {

  private static final long SECOND_NANOS = 1_000_000_000L;

  @Test
  void followsTheLastSeconds() {
    Rate rate = new Rate();
    assertThat(rate.perSecond(0)).isZero();
    for (int second = 0; second <= 10; second++) {
      rate.read(second < 5 ? 0 : (second - 5) * 30L, second * SECOND_NANOS);
    }
    assertThat(rate.perSecond(10 * SECOND_NANOS)).isEqualTo(30);
  }

  @Test
  void startsAnewWhenTheCountFalls() {
    Rate rate = new Rate();
    rate.read(1000, 0);
    rate.read(1100, SECOND_NANOS);
    rate.read(0, 2 * SECOND_NANOS);
    assertThat(rate.perSecond(2 * SECOND_NANOS)).isZero();
    rate.read(50, 3 * SECOND_NANOS);
    assertThat(rate.perSecond(3 * SECOND_NANOS)).isEqualTo(50);
  }

  /** As when an indexer was killed in the middle of its work. */
  @Test
  void isZeroOnceNobodyTellsTheCount() {
    Rate rate = new Rate();
    rate.read(0, 0);
    rate.read(400, SECOND_NANOS);
    assertThat(rate.perSecond(6 * SECOND_NANOS)).isEqualTo(400);
    assertThat(rate.perSecond(6 * SECOND_NANOS + 1)).isZero();
    rate.read(900, 10 * SECOND_NANOS);
    assertThat(rate.perSecond(10 * SECOND_NANOS)).isLessThan(100);
  }

  @Test
  void summarisesTheFreshnessOfTheLastMinute() {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    FreshnessWindow window = new FreshnessWindow(now::get);
    assertThat(window.summary().medianMillis()).isNull();
    window.add(Duration.ofMillis(9000));
    now.set(Instant.EPOCH.plusSeconds(59));
    window.add(Duration.ofMillis(300));
    window.add(Duration.ofMillis(500));
    assertThat(window.summary()).isEqualTo(new FreshnessWindow.Summary(3, 500L, 9000L));
    now.set(Instant.EPOCH.plusSeconds(61));
    assertThat(window.summary()).isEqualTo(new FreshnessWindow.Summary(2, 500L, 500L));
  }
}
