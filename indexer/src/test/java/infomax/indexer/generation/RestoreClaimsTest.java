package infomax.indexer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Digest;
import infomax.events.Positions;
import infomax.events.control.ControlState;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexOverrides;
import infomax.events.control.IndexParameters;
import infomax.index.IndexFile;
import infomax.index.IndexSpec;
import infomax.index.Manifest;
import infomax.index.Progress;
import infomax.index.Publications;
import infomax.indexer.backup.Restoration;
import infomax.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long the files stay that a restored generation shares with the one that was backed up. */
final class RestoreClaimsTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant LATER = NOW.plus(Duration.ofDays(2));
  private static final Digest BACKUP = Digest.of(new byte[] {7});
  private static final String CLAIM = Restoration.claimsOf(BACKUP) + "request";

  @TempDir Path folder;
  private ObjectStore store;
  private Publications publications;
  private Digest shared;

  @BeforeEach
  void open() {
    store = ObjectStore.open(folder);
    publications = new Publications(store, () -> NOW);
    shared = store.put("shared".getBytes(StandardCharsets.UTF_8));
    publications.claims().claim(CLAIM, Set.of(shared));
    publish(1);
    publish(2);
  }

  @Test
  void stayWhileItIsIndexed() {
    giveUp(GenerationState.STANDBY, LATER);
    assertThat(publications.claims().since()).containsOnlyKeys(CLAIM);
  }

  /** Another process may own its shards, and take a while to see that it ended. */
  @Test
  void stayUntilItsPublicationsAreDeletedSoThatTheOtherKeepsThem() {
    giveUp(GenerationState.FAILED, LATER);
    publications.deleteAll(2, 0);
    store.verify(shared);
    assertThat(publications.latest(1, 0)).isPresent();

    giveUp(GenerationState.FAILED, LATER);
    assertThat(publications.claims().since()).isEmpty();
  }

  @Test
  void stayWhileItMayBeAboutToBegin() {
    publications.deleteAll(2, 0);
    giveUp(GenerationState.FAILED, NOW);
    assertThat(publications.claims().since()).containsOnlyKeys(CLAIM);
  }

  private void giveUp(GenerationState restored, Instant limit) {
    ControlState state =
        ControlState.EMPTY
            .with(generation(1, GenerationState.LIVE, null))
            .with(generation(2, restored, BACKUP));
    RestoreClaims.giveUp(publications, state, limit);
  }

  private void publish(int number) {
    publications.publish(
        new Manifest(
            IndexSpec.of(generation(number, GenerationState.LIVE, null), 0),
            1,
            1,
            "writer",
            new Progress(Positions.ofOffsets(Map.of(0, 1L)), new TreeMap<>(), null, null),
            1,
            List.of(new IndexFile("_shared", "shared".length(), shared)),
            NOW));
  }

  private static IndexGeneration generation(
      int number, GenerationState state, Digest restoredFrom) {
    return new IndexGeneration(
        number,
        0,
        Digest.of(new byte[] {1}),
        16,
        "topic-a",
        1,
        IndexParameters.DEFAULT,
        IndexOverrides.NONE,
        null,
        state,
        List.of(new IndexGeneration.Transition(state, NOW, "test")),
        null,
        null,
        restoredFrom);
  }
}
