package infomax.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Digest;
import infomax.events.Positions;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.SnapshotSummary;
import infomax.events.control.EncoderRelease.TrainingSummary;
import infomax.events.control.EncoderRelease.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said of a training that was repeated. */
class RepetitionTest {

  private static final Digest SNAPSHOT = Digest.of(new byte[] {1});
  private static final Digest CHECKPOINT = Digest.of(new byte[] {2});
  private static final Digest OTHER = Digest.of(new byte[] {3});

  private final EncoderRelease release = release(4);

  @Test
  void theSameIsSaidToBeTheSame() {
    assertThat(Repetition.outcome(release, snapshot(SNAPSHOT, 900), CHECKPOINT, 2))
        .isEqualTo(
            "repeats encoder 4: the snapshot is the same and so are the weights, bit for bit");
  }

  @Test
  void aSnapshotThatDiffersIsToldWithItsReason() {
    assertThat(Repetition.outcome(release, snapshot(OTHER, 880), CHECKPOINT, 2))
        .contains("the snapshot differs", OTHER + " of 880 images", SNAPSHOT + " of 900")
        .contains("the topic is compacted");
  }

  @Test
  void weightsThatDifferAreToldWithTheThreadsIfThoseDiffer() {
    assertThat(Repetition.outcome(release, snapshot(SNAPSHOT, 900), OTHER, 8))
        .endsWith("the weights differ: trained with 8 threads, before with 2");
    assertThat(Repetition.outcome(release, snapshot(SNAPSHOT, 900), OTHER, 2))
        .contains("another kind of processor");
  }

  private static SnapshotSummary snapshot(Digest digest, long images) {
    return new SnapshotSummary(digest, images, 100, Positions.START);
  }

  /** A release trained from release 2 on 900 images. */
  static EncoderRelease release(int version) {
    return new EncoderRelease(
        version,
        Digest.of(new byte[] {4}),
        10,
        32,
        8,
        1,
        Verdict.ACCEPTED,
        List.of(),
        "seed",
        77,
        Map.of("imagesSeen", "6400", "threads", "2"),
        2,
        new TrainingSummary(6_400, 100, 1, 6_400, 2, 1),
        snapshot(SNAPSHOT, 900),
        List.of(),
        Map.of("checkpoint", CHECKPOINT),
        Instant.EPOCH);
  }
}
