package infomax.indexer.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import infomax.events.Digest;
import infomax.events.Json;
import infomax.events.Position;
import infomax.events.Positions;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexOverrides;
import infomax.events.control.IndexParameters;
import infomax.events.control.LiveAlias;
import infomax.index.IndexFile;
import infomax.index.IndexSpec;
import infomax.index.Manifest;
import infomax.index.Progress;
import infomax.index.Publications;
import infomax.index.SealedJson;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import infomax.store.StoreStep;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups in a folder; how one is brought back into a running system is {@code RestoreIT}'s. */
final class BackupPlaceTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final String TOPIC = "topic-a";
  private static final Duration WEEK = Duration.ofDays(7);

  @TempDir Path folder;
  private Path placeFolder;
  private ObjectStore store;
  private Publications publications;
  private BackupPlace place;
  private ControlState control;
  private EncoderRelease release;

  @BeforeEach
  void open() {
    placeFolder = folder.resolve("place");
    store = ObjectStore.open(folder.resolve("system"));
    publications = new Publications(store, () -> NOW);
    place = new BackupPlace(ObjectStore.open(placeFolder));
    release = release(store);
    control = control(release, TOPIC);
    publish(1, TOPIC, "a", "b");
  }

  @Test
  void holdsEverythingAndIsReadBackAsItWas() {
    BackupPlace.Written written = write();
    assertThat(written.name()).isEqualTo("generation-1-publication-000000000001");
    // Two files of the index, the encoder and its golden images.
    assertThat(written.copied()).isEqualTo(4);
    assertThat(place.names()).containsExactly(written.name());
    Backup backup = place.read(written.name());
    assertThat(backup.published()).isEqualTo(publications.latest(1).orElseThrow());
    assertThat(backup.release()).isEqualTo(release);
    ObjectStore other = ObjectStore.open(folder.resolve("other"));
    assertThat(place.fetch(written.name(), backup, other)).isEqualTo(4);
    backup.objects().forEach(other::verify);
  }

  /** A link to a file that gets damaged is damaged too. */
  @Test
  void sharesNoFileWithTheSystem() throws Exception {
    BackupPlace.Written written = write();
    for (Digest object : written.backup().objects()) {
      Path original = folder.resolve("system/objects").resolve(object.hex());
      Path copy = placeFolder.resolve("objects").resolve(object.hex());
      assertThat(Files.isSameFile(original, copy)).isFalse();
    }
  }

  @Test
  void anotherRunAddsOnlyWhatIsMissing() {
    write();
    assertThat(write().copied()).isZero();
    publish(2, TOPIC, "b", "c");
    BackupPlace.Written second = write();
    assertThat(second.copied()).isEqualTo(1);
    assertThat(place.names()).hasSize(2).endsWith(second.name());
  }

  @Test
  void isCompleteOrNotThereWhereverItEnds() {
    AtomicBoolean failing = new AtomicBoolean(true);
    for (StoreStep step : List.of(StoreStep.PUT_OBJECT, StoreStep.CREATE_ENTRY)) {
      BackupPlace full =
          new BackupPlace(
              ObjectStore.open(
                  placeFolder,
                  (taken, name) -> {
                    if (failing.get() && taken == step) {
                      throw new ObjectStoreException("no space left");
                    }
                  }));
      assertThatThrownBy(() -> full.write(control, publications, InstantSource.system()))
          .isInstanceOf(ObjectStoreException.class);
      assertThat(place.names()).isEmpty();
    }
    // Nothing of it was in vain, but for what failed.
    assertThat(write().copied()).isLessThanOrEqualTo(1);
    assertThat(place.names()).hasSize(1);
  }

  @Test
  void whatIsDamagedIsNotBackedUp() throws Exception {
    Digest onnx = release.onnx();
    Files.writeString(folder.resolve("system/objects").resolve(onnx.hex()), "damaged");
    assertThatThrownBy(this::write)
        .isInstanceOf(BackupRefusedException.class)
        .hasMessageContaining(onnx.hex());
    assertThat(place.names()).isEmpty();
  }

  @Test
  void whatWasDamagedInItsPlaceIsNotRestoredAndIsMendedByAnotherRun() throws Exception {
    BackupPlace.Written written = write();
    Digest file = written.backup().shards().getFirst().files().getFirst().digest();
    Path object = placeFolder.resolve("objects").resolve(file.hex());
    byte[] bytes = Files.readAllBytes(object);
    bytes[0] ^= 1;
    Files.write(object, bytes);
    ObjectStore other = ObjectStore.open(folder.resolve("other"));
    assertThatThrownBy(() -> place.fetch(written.name(), written.backup(), other))
        .isInstanceOf(BackupRefusedException.class)
        .hasMessageContaining(file.hex());
    assertThat(other.contains(file)).isFalse();
    assertThat(write().copied()).isEqualTo(1);
    place.fetch(written.name(), written.backup(), other);
  }

  @Test
  void aDamagedDescriptionIsRefused() throws Exception {
    String name = write().name();
    Path entry = placeFolder.resolve("entries/backups").resolve(name);
    Files.writeString(entry, Files.readString(entry).replace("topic-a", "topic-b"));
    assertThatThrownBy(() -> place.read(name))
        .isInstanceOf(BackupRefusedException.class)
        .hasMessageContaining("damaged");
    assertThatThrownBy(() -> place.read("generation-9"))
        .isInstanceOf(BackupRefusedException.class)
        .hasMessageContaining(name);
  }

  @Test
  void anotherSystemsBackupOfTheSameNameIsLeft() {
    write();
    ObjectStore otherStore = ObjectStore.open(folder.resolve("other"));
    publications = new Publications(otherStore, () -> NOW);
    control = control(release(otherStore), "topic-b");
    publish(1, "topic-b", "a");
    assertThatThrownBy(this::write)
        .isInstanceOf(BackupRefusedException.class)
        .hasMessageContaining("topic-a");
    assertThat(place.read(place.names().getFirst()).published().spec().topicId()).isEqualTo(TOPIC);
  }

  @Test
  void holdsEveryShardAndEachGoesOnFromItsOwn() {
    IndexGeneration sharded = generation(3, TOPIC, 2);
    control =
        control.with(sharded).with(new LiveAlias(3, null, NOW, true, new TreeSet<>(), "test"));
    publish(sharded, 0, 4, "of-0");
    assertThatThrownBy(this::write)
        .isInstanceOf(BackupRefusedException.class)
        .hasMessageContaining("publication of every shard");
    publish(sharded, 1, 7, "of-1");
    publish(sharded, 1, 9, "of-1", "more-of-1");
    BackupPlace.Written written = write();
    assertThat(written.name()).isEqualTo("generation-3-publication-000000000001-000000000002");
    Backup backup = place.read(written.name());
    assertThat(backup.published()).isEqualTo(publications.latest(3).orElseThrow());
    assertThat(backup.published().positions()).isEqualTo(Positions.ofOffsets(Map.of(0, 4L, 1, 9L)));
    assertThat(refusal(backup, TOPIC, 2, backup.published().positions(), WEEK, new TreeMap<>()))
        .isEmpty();

    Digest description = store.put(backup.bytes());
    for (int shard = 0; shard < 2; shard++) {
      RestoredStart.publish(publications, generation(4, TOPIC, 2), shard, description, () -> NOW);
    }
    assertThat(publications.latest(4).orElseThrow().positions())
        .isEqualTo(backup.published().positions());
    assertThat(publications.latest(4, 1).orElseThrow().files()).hasSize(2);
  }

  /** A place may be full of backups that were made before there were shards. */
  @Test
  void readsABackupOfTheFirstFormat() {
    Backup backup = write().backup();
    ObjectNode old = Json.mapper().valueToTree(backup);
    old.put("format", 1);
    old.set("manifest", old.remove("shards").get(0));
    byte[] bytes = SealedJson.seal("infomax-backup 1", Json.write(old));
    assertThat(Backup.read(bytes)).isEqualTo(backup);
    bytes[bytes.length - 2] ^= 1;
    assertThatThrownBy(() -> Backup.read(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("infomax-backup 1");
  }

  @Test
  void nothingLiveIsNothingToBackUp() {
    assertThatThrownBy(() -> place.write(ControlState.EMPTY, publications, InstantSource.system()))
        .isInstanceOf(BackupRefusedException.class)
        .hasMessageContaining("no generation is live");
  }

  @Test
  void isRestoredOnlyBesideItsOwnLog() {
    Backup backup = write().backup();
    Positions ends = Positions.ofOffsets(Map.of(0, 10L, 1, 10L));
    TreeMap<Integer, EncoderRelease> known = new TreeMap<>(Map.of(0, release));
    assertThat(refusal(backup, TOPIC, 2, ends, WEEK, known)).isEmpty();
    assertThat(refusal(backup, TOPIC, 2, ends, WEEK, new TreeMap<>())).isEmpty();
    assertThat(refusal(backup, "topic-b", 2, ends, WEEK, known)).contains("topic-b");
    assertThat(refusal(backup, TOPIC, 3, ends, WEEK, known)).contains("partitions");
    Positions cut = Positions.ofOffsets(Map.of(0, 10L, 1, 9L));
    assertThat(refusal(backup, TOPIC, 2, cut, WEEK, known)).contains("ahead of the log");
    assertThat(refusal(backup, TOPIC, 2, ends, Duration.ofHours(1), known))
        .contains("deletes may be missing");
    known.put(0, release(ObjectStore.open(folder.resolve("other")), "another encoder"));
    assertThat(refusal(backup, TOPIC, 2, ends, WEEK, known)).contains("encoder 0 is another one");
  }

  /** Two generations share files after a restore; the collection of one leaves the other whole. */
  @Test
  void sharedObjectsSurviveTheEndOfEitherGeneration() {
    Backup backup = write().backup();
    Digest description = store.put(backup.bytes());
    publications.claims().claim("restore-test", backup.objects());
    IndexGeneration restored = generation(2, TOPIC);
    RestoredStart.publish(publications, restored, 0, description, () -> NOW);
    // Once only, whoever comes again.
    RestoredStart.publish(publications, restored, 0, description, () -> NOW);
    Manifest first = publications.latest(2, 0).orElseThrow();
    assertThat(first.sequence()).isEqualTo(1);
    assertThat(first.positions()).isEqualTo(backup.published().positions());
    publications.deleteAll(1, 0);
    first.files().forEach(file -> store.verify(file.digest()));
    assertThat(publications.claims().since()).containsOnlyKeys("restore-test");
    publications.claims().giveUp("restore-test");
    publications.deleteAll(2, 0);
    assertThat(store.contains(first.files().getFirst().digest())).isFalse();
  }

  private String refusal(
      Backup backup,
      String topic,
      int partitions,
      Positions ends,
      Duration retention,
      SortedMap<Integer, EncoderRelease> known) {
    return new RestoreConditions(
            topic, partitions, ends, retention, known, NOW.plus(Duration.ofDays(1)))
        .refusal(backup)
        .orElse("");
  }

  private BackupPlace.Written write() {
    return place.write(control, publications, InstantSource.system());
  }

  private void publish(long sequence, String topic, String... contents) {
    List<IndexFile> files = new ArrayList<>();
    for (String content : contents) {
      byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
      files.add(new IndexFile("_" + content, bytes.length, store(bytes)));
    }
    Positions positions =
        Positions.START.with(0, Position.of(9 + sequence)).with(1, Position.of(10));
    Progress progress = new Progress(positions, new TreeMap<>(Map.of(0, NOW, 1, NOW)), NOW, NOW);
    if (sequence == 1) {
      progress =
          new Progress(
              Positions.ofOffsets(Map.of(0, 10L, 1, 10L)), progress.completeAsOf(), NOW, NOW);
    }
    publications.publish(
        new Manifest(
            IndexSpec.of(generation(1, topic), 0), sequence, 1, "w", progress, 3, files, NOW));
  }

  private void publish(IndexGeneration of, int shard, long offset, String... contents) {
    List<IndexFile> files = new ArrayList<>();
    for (String content : contents) {
      byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
      files.add(new IndexFile("_" + content, bytes.length, store(bytes)));
    }
    long sequence = publications.sequences(of.number(), shard).size() + 1L;
    Progress progress =
        new Progress(
            Positions.ofOffsets(Map.of(shard, offset)),
            new TreeMap<>(Map.of(shard, NOW)),
            NOW,
            NOW);
    publications.publish(
        new Manifest(IndexSpec.of(of, shard), sequence, 1, "w", progress, 1, files, NOW));
  }

  private Digest store(byte[] bytes) {
    return publications.store().put(bytes);
  }

  private EncoderRelease release(ObjectStore in) {
    return release(in, "encoder");
  }

  private static EncoderRelease release(ObjectStore in, String onnx) {
    return new EncoderRelease(
        0,
        in.put(onnx.getBytes(StandardCharsets.UTF_8)),
        7,
        32,
        16,
        1,
        Verdict.UNTRAINED,
        List.of(),
        "tiny",
        1,
        Map.of(),
        null,
        null,
        null,
        List.of(),
        Map.of(EncoderRelease.GOLDEN, in.put("golden".getBytes(StandardCharsets.UTF_8))),
        NOW);
  }

  private IndexGeneration generation(int number, String topic) {
    return generation(number, topic, 1);
  }

  private IndexGeneration generation(int number, String topic, int shards) {
    return new IndexGeneration(
        number,
        0,
        release.onnx(),
        16,
        topic,
        2,
        new IndexOverrides(shards, null, null, null).on(IndexParameters.DEFAULT),
        IndexOverrides.NONE,
        null,
        GenerationState.LIVE,
        List.of(new IndexGeneration.Transition(GenerationState.LIVE, NOW, "test")),
        null,
        null,
        null);
  }

  private ControlState control(EncoderRelease live, String topic) {
    return ControlState.EMPTY
        .with(live)
        .with(generation(1, topic))
        .with(new LiveAlias(1, null, NOW, true, new TreeSet<>(), "test"));
  }
}
