package infomax.trainer.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.events.ImageId;
import infomax.events.Positions;
import infomax.trainer.snapshot.NewestRecords.Chosen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot is a function of ids and pixels: not of read order, partitions, offsets or labels. */
class SnapshotTest {

  private static final int SIDE = 4;

  @TempDir Path folder;

  @Test
  void theDigestDependsNeitherOnReadOrderNorOnLabels() throws Exception {
    List<String> ids = ids(50);
    List<String> shuffled = new ArrayList<>(ids);
    Collections.shuffle(shuffled, new Random(9));

    SnapshotFacts straight = write("a", ids, "cat");
    SnapshotFacts otherwise = write("b", shuffled, "");

    assertThat(otherwise.digest()).isEqualTo(straight.digest());
    assertThat(otherwise.ids()).isEqualTo(straight.ids());
    assertThat(otherwise.labels()).isNotEqualTo(straight.labels());
  }

  @Test
  void otherPixelsGiveAnotherDigest() throws Exception {
    SnapshotFacts fewer = write("a", ids(50), "");
    SnapshotFacts more = write("b", ids(51), "");

    assertThat(more.digest()).isNotEqualTo(fewer.digest());
  }

  @Test
  void whatWasWrittenIsReadBackAndADamagedFileIsRefused() throws Exception {
    SnapshotFacts facts = write("a", ids(50), "cat");

    try (TrainingSnapshot snapshot = TrainingSnapshot.open(folder.resolve("a"))) {
      assertThat(snapshot.images()).isEqualTo(50);
      assertThat(snapshot.heldOut()).isEqualTo(10);
      for (int image = 0; image < snapshot.images(); image++) {
        assertThat(snapshot.pixels(image)).isEqualTo(pixels(facts.ids().get(image)));
        assertThat(snapshot.label(image)).contains("cat");
      }
    }
    Path file = folder.resolve("a").resolve(TrainingSnapshot.PIXELS);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> TrainingSnapshot.open(folder.resolve("a")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("digest");
  }

  @Test
  void imagesThatCouldNotBeDecodedAreSkippedAndCounted() throws Exception {
    List<Chosen> chosen = chosen(ids(50));
    try (SnapshotWriter writer = SnapshotWriter.create(folder, SIDE, chosen.size())) {
      for (int slot = 0; slot < 50; slot++) {
        if (slot % 5 != 0) {
          writer.put(slot, pixels(chosen.get(slot).id().value()), "");
        }
      }
      SnapshotFacts facts =
          writer.finish(chosen, HoldOut.DEFAULT, 3, Positions.START, Instant.EPOCH);
      assertThat(facts.images()).isEqualTo(40);
      assertThat(facts.skipped()).isEqualTo(13);
    }
  }

  @Test
  void theNewestValueWinsAndADeletedImageIsGone() {
    NewestRecords newest = new NewestRecords();
    newest.see(consumed("a", 0, new byte[] {1}));
    newest.see(consumed("b", 1, new byte[] {1}));
    newest.see(consumed("a", 2, new byte[] {2}));
    newest.see(consumed("b", 3, null));
    newest.see(consumed("", 4, new byte[] {1}));

    assertThat(newest.choose(10)).hasSize(1);
    assertThat(newest.choose(10).getFirst().place().offset()).isEqualTo(2);
    assertThat(newest.malformed()).isEqualTo(1);
  }

  @Test
  void aCapKeepsTheSameImagesWhateverTheOrder() {
    List<String> ids = ids(200);
    List<String> shuffled = new ArrayList<>(ids);
    Collections.shuffle(shuffled, new Random(2));

    List<ImageId> kept = records(ids).choose(60).stream().map(Chosen::id).toList();

    assertThat(kept).hasSize(60);
    assertThat(records(shuffled).choose(60).stream().map(Chosen::id).toList()).isEqualTo(kept);
  }

  @Test
  void smallSnapshotsHoldOutAFifthAndLargeOnesAThousandOrFivePercent() {
    assertThat(HoldOut.DEFAULT.of(600)).isEqualTo(120);
    assertThat(HoldOut.DEFAULT.of(5_000)).isEqualTo(1_000);
    assertThat(HoldOut.DEFAULT.of(10_000)).isEqualTo(1_000);
    assertThat(HoldOut.DEFAULT.of(50_000)).isEqualTo(2_500);
  }

  @Test
  void anImageHeldOutOfALargerSnapshotWasHeldOutOfTheSmallerOneBefore() {
    List<Chosen> small = chosen(ids(1_000));
    List<Chosen> large = chosen(ids(4_000));
    List<ImageId> heldOutSmall =
        small.subList(0, HoldOut.DEFAULT.of(1_000)).stream().map(Chosen::id).toList();
    List<ImageId> trainedSmall =
        small.subList(HoldOut.DEFAULT.of(1_000), 1_000).stream().map(Chosen::id).toList();

    // A share of 15 % among 4,000 against 20 % among 1,000.
    List<ImageId> heldOutLarge = large.subList(0, 600).stream().map(Chosen::id).toList();

    assertThat(heldOutLarge).containsAnyElementsOf(heldOutSmall);
    assertThat(heldOutLarge).doesNotContainAnyElementsOf(trainedSmall);
  }

  private SnapshotFacts write(String name, List<String> ids, String label) throws IOException {
    List<Chosen> chosen = records(ids).choose(1_000);
    List<Integer> slots = new ArrayList<>();
    for (int slot = 0; slot < chosen.size(); slot++) {
      slots.add(slot);
    }
    Collections.shuffle(slots, new Random(ids.hashCode()));
    try (SnapshotWriter writer = SnapshotWriter.create(folder.resolve(name), SIDE, chosen.size())) {
      for (int slot : slots) {
        writer.put(slot, pixels(chosen.get(slot).id().value()), label);
      }
      return writer.finish(chosen, HoldOut.DEFAULT, 0, Positions.START, Instant.EPOCH);
    }
  }

  private static List<String> ids(int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add("image-" + i);
    }
    return ids;
  }

  private static List<Chosen> chosen(List<String> ids) {
    return records(ids).choose(Integer.MAX_VALUE);
  }

  private static NewestRecords records(List<String> ids) {
    NewestRecords newest = new NewestRecords();
    long offset = 0;
    for (String id : ids) {
      newest.see(consumed(id, offset++, new byte[] {1}));
    }
    return newest;
  }

  private static ConsumerRecord<byte[], byte[]> consumed(String id, long offset, byte[] value) {
    return new ConsumerRecord<>(
        "images", 0, offset, id.getBytes(java.nio.charset.StandardCharsets.UTF_8), value);
  }

  private static byte[] pixels(String id) {
    byte[] pixels = new byte[3 * SIDE * SIDE];
    new Random(id.hashCode()).nextBytes(pixels);
    return pixels;
  }
}
