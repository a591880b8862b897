package infomax.indexer.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.control.FailureCause;
import infomax.events.signal.Signal.ShardFailed;
import infomax.indexer.rollout.decision.IndexingFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The controller knows what fails in other processes, as long as they say so. */
class HeardFailuresTest {

  private final Map<Integer, IndexingFailure> own = new HashMap<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final HeardFailures failures = new HeardFailures(() -> own, () -> now);

  @Test
  void whatIsRepeatedCountsAndWhatIsNotDoesNot() {
    failures.accept(new ShardFailed(now, 3, FailureCause.INDEX_CORRUPT, "damaged"));
    assertThat(failures.byGeneration())
        .containsOnly(Map.entry(3, new IndexingFailure(3, FailureCause.INDEX_CORRUPT, "damaged")));
    now = now.plus(Duration.ofSeconds(9));
    assertThat(failures.byGeneration()).hasSize(1);
    now = now.plus(Duration.ofSeconds(2));
    assertThat(failures.byGeneration()).isEmpty();
  }

  @Test
  void whatThisProcessKnowsComesFirst() {
    IndexingFailure known = new IndexingFailure(3, FailureCause.STATE_LOST, "gone");
    own.put(3, known);
    failures.accept(new ShardFailed(now, 3, FailureCause.INDEX_CORRUPT, "damaged"));
    assertThat(failures.byGeneration()).containsOnly(Map.entry(3, known));
  }
}
