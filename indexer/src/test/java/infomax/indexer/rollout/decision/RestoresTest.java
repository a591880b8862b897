package infomax.indexer.rollout.decision;

import static infomax.indexer.rollout.decision.Situation.START;
import static infomax.indexer.rollout.decision.Situation.at;
import static infomax.indexer.rollout.decision.Situation.release;
import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Digest;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.FailureCause;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexOverrides;
import infomax.events.control.IndexParameters;
import infomax.events.control.LiveAlias;
import infomax.index.IndexFile;
import infomax.index.IndexSpec;
import infomax.index.Manifest;
import infomax.index.Progress;
import infomax.index.PublishedShards;
import infomax.indexer.backup.Backup;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Requests to restore: what begins, what ends for it, and what is refused. */
final class RestoresTest {

  private static final Digest DESCRIPTION = Digest.of(new byte[] {42});

  private final Situation situation = new Situation();
  private final EncoderRelease release = release(3, Verdict.ACCEPTED);

  @Test
  void beginsAGenerationWithTheBackupAndItsReleaseWhereNothingIsKnown() {
    offer(backup(release, Situation.TOPIC, Situation.PARTITIONS, 900));
    situation.step();
    assertThat(request().status()).isEqualTo(Status.DONE);
    assertThat(situation.state.encoders().get(3)).isEqualTo(release);
    IndexGeneration begun = situation.state.generations().get(1);
    assertThat(begun.state()).isEqualTo(GenerationState.BUILDING);
    assertThat(begun.restoredFrom()).isEqualTo(DESCRIPTION);
    assertThat(begun.encoder()).isEqualTo(release.onnx());
    assertThat(begun.reason()).contains("generation 7, publication 12").contains("tester: a test");
    // From here it is a candidate like any other: verified before it is live.
    situation.publish(1, 1000);
    situation.step();
    assertThat(situation.state.generations().get(1).state()).isEqualTo(GenerationState.CAUGHT_UP);
    assertThat(situation.state.generations().get(1).restoredFrom()).isEqualTo(DESCRIPTION);
  }

  @Test
  void replacesTheCandidateOfTheSameEncoderAndTakesTheNextNumber() {
    live(release);
    situation.failures.put(1, new IndexingFailure(1, FailureCause.STATE_LOST, "lost"));
    situation.step();
    assertThat(situation.state.generations().get(2).state()).isEqualTo(GenerationState.BUILDING);
    offer(backup(release, Situation.TOPIC, Situation.PARTITIONS, 900));
    situation.step();
    IndexGeneration ended = situation.state.generations().get(2);
    assertThat(ended.state()).isEqualTo(GenerationState.FAILED);
    assertThat(ended.history().getLast().cause()).isEqualTo(FailureCause.NOT_WANTED);
    assertThat(situation.state.generations().get(3).restoredFrom()).isEqualTo(DESCRIPTION);
    assertThat(situation.state.alias().generation()).isEqualTo(1);
  }

  @Test
  void isRefusedWithTheReason() {
    assertRefused(backup(release, "topic-b", Situation.PARTITIONS, 900), "topic-b");
    assertRefused(backup(release, Situation.TOPIC, 3, 900), "3 partitions");
    assertRefused(backup(release, Situation.TOPIC, Situation.PARTITIONS, 1001), "ahead of the log");
    situation.with(release(3, Verdict.REJECTED));
    assertRefused(
        backup(release, Situation.TOPIC, Situation.PARTITIONS, 900), "encoder 3 is another one");
    live(release(4, Verdict.ACCEPTED));
    assertRefused(
        backup(release, Situation.TOPIC, Situation.PARTITIONS, 900), "older than the live encoder");
    situation.with(ask());
    situation.offers.put("restore", new RestoreOffer.Unusable("it is no backup"));
    situation.step();
    assertThat(request().status()).isEqualTo(Status.FAILED);
    assertThat(request().outcome()).isEqualTo("it is no backup");
  }

  @Test
  void waitsForStoreAndLogWithoutHoldingUpAnythingElse() {
    situation.with(ask()).with(release(0, Verdict.UNTRAINED));
    situation.step();
    assertThat(request().status()).isEqualTo(Status.PENDING);
    assertThat(situation.state.generations()).containsOnlyKeys(1);
    situation.pass(java.time.Duration.ofHours(1));
    situation.step();
    assertThat(request().status()).isEqualTo(Status.EXPIRED);
  }

  private void assertRefused(Backup backup, String reason) {
    offer(backup);
    int before = situation.state.generations().size();
    situation.step();
    assertThat(request().status()).isEqualTo(Status.FAILED);
    assertThat(request().outcome()).contains(reason);
    assertThat(situation.state.generations()).hasSize(before);
  }

  private void offer(Backup backup) {
    situation.with(ask());
    situation.offers.put("restore", new RestoreOffer.Found(DESCRIPTION, backup));
  }

  private ControlRequest ask() {
    return Situation.request("restore", Kind.RESTORE, situation.now, null);
  }

  private ControlRequest request() {
    return situation.state.requests().get("restore");
  }

  private void live(EncoderRelease encoder) {
    situation
        .with(encoder)
        .with(
            new IndexGeneration(
                1,
                encoder.version(),
                encoder.onnx(),
                encoder.dimensions(),
                Situation.TOPIC,
                Situation.PARTITIONS,
                IndexParameters.DEFAULT,
                IndexOverrides.NONE,
                null,
                GenerationState.LIVE,
                List.of(new IndexGeneration.Transition(GenerationState.LIVE, START, "test")),
                null,
                null,
                null))
        .with(new LiveAlias(1, null, START, true, new TreeSet<>(), "test"));
  }

  private static Backup backup(EncoderRelease release, String topic, int partitions, long offset) {
    IndexSpec spec =
        new IndexSpec(
            7, 0, release.onnx(), 8, topic, partitions, IndexParameters.DEFAULT, IndexSpec.FORMAT);
    Manifest manifest =
        new Manifest(
            spec,
            12,
            1,
            "writer",
            new Progress(at(offset), new TreeMap<>(), null, null),
            5,
            List.of(new IndexFile("_0.vec", 3, Digest.of(new byte[] {1}))),
            START);
    return Backup.of(START, new PublishedShards(List.of(manifest)), release);
  }
}
