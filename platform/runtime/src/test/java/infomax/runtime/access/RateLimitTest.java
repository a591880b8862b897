package infomax.runtime.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitTest {

  private final AtomicLong nanos = new AtomicLong(1_000_000_000L);
  private final TimeMeter time =
      new TimeMeter() {
        @Override
        public long currentTimeNanos() {
          return nanos.get();
        }

        @Override
        public boolean isWallClockBased() {
          return false;
        }
      };

  @Test
  void aBurstIsAnsweredAndThenOneRequestPerInterval() {
    RateLimit limit = RateLimit.of(0.5, 3, time);
    for (int request = 0; request < 3; request++) {
      assertThat(limit.take("a")).isEmpty();
    }
    assertThat(limit.take("a")).contains(Duration.ofSeconds(2));
    nanos.addAndGet(Duration.ofMillis(1500).toNanos());
    assertThat(limit.take("a")).contains(Duration.ofMillis(500));
    nanos.addAndGet(Duration.ofMillis(500).toNanos());
    assertThat(limit.take("a")).isEmpty();
    assertThat(limit.take("a")).isPresent();
  }

  @Test
  void callersDoNotTakeFromEachOther() {
    RateLimit limit = RateLimit.of(1, 1, time);
    assertThat(limit.take("a")).isEmpty();
    assertThat(limit.take("a")).isPresent();
    assertThat(limit.take("b")).isEmpty();
  }

  @Test
  void onlySoManyCallersAreRemembered() {
    RateLimit limit = RateLimit.of(1, 1, time);
    for (int caller = 0; caller < RateLimit.CALLERS_MAX + 50; caller++) {
      limit.take("address " + caller);
    }
    assertThat(limit.callers()).isEqualTo(RateLimit.CALLERS_MAX);
  }
}
