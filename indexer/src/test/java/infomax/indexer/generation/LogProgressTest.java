package infomax.indexer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Position;
import infomax.events.Positions;
import infomax.index.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class LogProgressTest {

  private static final Instant BEGUN = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration WEEK = Duration.ofDays(7);

  private final LogProgress progress = new LogProgress(List.of(0, 1), BEGUN, Progress.START);

  @Test
  void aPartitionIsCompleteAsOfTheInstantBeforeItsEndWasAskedFor() {
    progress.measured(ends(10, 0), BEGUN.plusSeconds(1));
    assertThat(progress.reachedEnds()).isFalse();
    assertThat(progress.lag()).isEqualTo(10);
    progress.advance(0, new Position(9, 3));
    assertThat(progress.next().completeAsOf()).containsOnlyKeys(1);
    progress.advance(0, new Position(12, 3));
    assertThat(progress.reachedEnds()).isTrue();
    assertThat(progress.lag()).isZero();
    assertThat(progress.next().completeAsOf())
        .isEqualTo(Map.of(0, BEGUN.plusSeconds(1), 1, BEGUN.plusSeconds(1)));
    progress.measured(ends(20, 0), BEGUN.plusSeconds(2));
    assertThat(progress.next().completeAsOf())
        .isEqualTo(Map.of(0, BEGUN.plusSeconds(1), 1, BEGUN.plusSeconds(2)));
    assertThat(progress.next().positions().byPartition().get(0)).isEqualTo(new Position(12, 3));
  }

  @Test
  void hasMovedUntilThatIsCommitted() {
    assertThat(progress.hasMoved()).isFalse();
    progress.advance(0, Position.of(1));
    assertThat(progress.hasMoved()).isTrue();
    Progress next = progress.next();
    assertThat(progress.committed()).isEqualTo(Positions.START);
    progress.committed(next);
    assertThat(progress.hasMoved()).isFalse();
    assertThat(progress.committed()).isEqualTo(next.positions());
  }

  @Test
  void tellsOldestAndNewestTimestampWhateverTheOrder() {
    progress.sawRecord(BEGUN.plusSeconds(5));
    progress.sawRecord(BEGUN.plusSeconds(2));
    assertThat(progress.next().oldestTimestamp()).isEqualTo(BEGUN.plusSeconds(2));
    assertThat(progress.next().newestTimestamp()).isEqualTo(BEGUN.plusSeconds(5));
    assertThat(progress.takeFresh()).hasSize(2);
    assertThat(progress.next().oldestTimestamp()).isNull();
    assertThat(progress.next().newestTimestamp()).isEqualTo(BEGUN.plusSeconds(5));
  }

  @Test
  void isOutdatedWhereAnEndWasNotReachedForLongerThanTombstonesStay() {
    progress.measured(ends(10, 0), BEGUN.plus(WEEK));
    Duration half = WEEK.dividedBy(2);
    assertThat(progress.ageing(BEGUN.plus(half), WEEK)).isEmpty();
    assertThat(progress.ageing(BEGUN.plus(half).plusSeconds(1), WEEK))
        .hasValueSatisfying(text -> assertThat(text).contains("kept for PT168H"));
    assertThat(progress.outdated(BEGUN.plus(WEEK), WEEK)).isEmpty();
    assertThat(progress.outdated(BEGUN.plus(WEEK).plusSeconds(1), WEEK))
        .hasValueSatisfying(text -> assertThat(text).contains("partition 0"));
    progress.advance(0, Position.of(10));
    assertThat(progress.outdated(BEGUN.plus(WEEK).plusSeconds(1), WEEK)).isEmpty();
  }

  @Test
  void anIdlePartitionIsNeverOutdated() {
    LogProgress idle =
        new LogProgress(
            List.of(0),
            BEGUN,
            new Progress(ends(10, 0), new TreeMap<>(Map.of(0, BEGUN)), null, null));
    Instant late = BEGUN.plus(Duration.ofDays(100));
    idle.measured(ends(10, 0), late);
    assertThat(idle.outdated(late, WEEK)).isEmpty();
  }

  private static Positions ends(long first, long second) {
    return Positions.ofOffsets(Map.of(0, first, 1, second));
  }
}
