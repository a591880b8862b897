package infomax.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.trainer.objective.Preset;
import infomax.trainer.snapshot.SnapshotFixture;
import infomax.trainer.snapshot.TrainingSnapshot;
import infomax.trainer.view.Augmentation;
import infomax.trainer.view.Views;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches depend on snapshot, seed and step alone; an epoch shows every image at most once. */
class MiniBatchesTest {

  private static final int SIDE = 2;
  private static final int IMAGE_BYTES = 3 * SIDE * SIDE;

  private static final Preset PLAIN = preset(new Views.Plain());

  @TempDir Path folder;

  @Test
  void anEpochShowsEveryTrainingImageOnceAndNoHeldOutOne() throws Exception {
    try (TrainingSnapshot snapshot = snapshot(100)) {
      MiniBatches batches = new MiniBatches(TrainingImages.of(snapshot), PLAIN, 7);
      assertThat(batches.stepsPerEpoch()).isEqualTo(5);
      List<Integer> seen = new ArrayList<>();
      for (long step = 0; step < 5; step++) {
        seen.addAll(images(batches.batch(step)));
      }
      assertThat(seen).hasSize(80).doesNotHaveDuplicates();
      for (int image = 0; image < snapshot.heldOut(); image++) {
        assertThat(seen).doesNotContain(ByteBuffer.wrap(snapshot.pixels(image)).getInt());
      }
    }
  }

  @Test
  void aResumedTrainingSeesWhatItWouldHaveSeen() throws Exception {
    try (TrainingSnapshot snapshot = snapshot(100)) {
      MiniBatches straight = new MiniBatches(TrainingImages.of(snapshot), PLAIN, 7);
      List<List<Integer>> expected = new ArrayList<>();
      for (long step = 0; step < 12; step++) {
        expected.add(images(straight.batch(step)));
      }
      MiniBatches resumed = new MiniBatches(TrainingImages.of(snapshot), PLAIN, 7);
      for (int step = 6; step < 12; step++) {
        assertThat(images(resumed.batch(step))).isEqualTo(expected.get(step));
      }
      assertThat(expected.get(0)).isNotEqualTo(expected.get(5));
      assertThat(images(new MiniBatches(TrainingImages.of(snapshot), PLAIN, 8).batch(0)))
          .isNotEqualTo(expected.get(0));
    }
  }

  @Test
  void aSnapshotSmallerThanABatchIsRepeated() throws Exception {
    try (TrainingSnapshot snapshot = snapshot(10)) {
      MiniBatches batches = new MiniBatches(TrainingImages.of(snapshot), PLAIN, 7);

      assertThat(batches.stepsPerEpoch()).isEqualTo(1);
      assertThat(images(batches.batch(3))).hasSize(16);
    }
  }

  @Test
  void twoViewsOfEveryImageLieOneAfterTheOtherAndAreTheSameAfterAResume() throws Exception {
    Preset preset = preset(new Views.TwoAugmented(Augmentation.STRONG, 0));
    try (TrainingSnapshot snapshot = snapshot(100)) {
      MiniBatches batches = new MiniBatches(TrainingImages.of(snapshot), preset, 7);
      byte[] first = batches.batch(3);
      assertThat(first).hasSize(2 * 16 * IMAGE_BYTES);
      assertThat(Arrays.copyOf(first, first.length / 2))
          .isNotEqualTo(Arrays.copyOfRange(first, first.length / 2, first.length));
      assertThat(batches.batch(4)).isNotEqualTo(first);
      assertThat(new MiniBatches(TrainingImages.of(snapshot), preset, 7).batch(3)).isEqualTo(first);
      assertThat(new MiniBatches(TrainingImages.of(snapshot), preset, 8).batch(3))
          .isNotEqualTo(first);
    }
  }

  @Test
  void onlyRandomViewsCanBeSmallerThanTheImages() throws Exception {
    Preset preset = preset(new Views.TwoAugmented(Augmentation.STRONG, 0));
    int side = SIDE * 3 / 4;
    try (TrainingSnapshot snapshot = snapshot(100)) {
      TrainingImages images = TrainingImages.of(snapshot);
      assertThat(new MiniBatches(images, side, preset, 7).batch(3))
          .hasSize(2 * 16 * 3 * side * side);
      assertThatThrownBy(() -> new MiniBatches(images, side, PLAIN, 7))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("pictures of %d px, expected %d", side, SIDE);
    }
  }

  private TrainingSnapshot snapshot(int count) throws Exception {
    return SnapshotFixture.write(
        folder.resolve("s" + count),
        SIDE,
        count,
        image -> ByteBuffer.allocate(IMAGE_BYTES).putInt(image).array(),
        image -> "");
  }

  private static List<Integer> images(byte[] batch) {
    List<Integer> images = new ArrayList<>();
    for (int offset = 0; offset < batch.length; offset += IMAGE_BYTES) {
      images.add(ByteBuffer.wrap(batch, offset, IMAGE_BYTES).getInt());
    }
    return images;
  }

  private static Preset preset(Views views) {
    Preset seed = Preset.named("seed");
    return seed.withMiniBatch(16).withViews(views);
  }
}
