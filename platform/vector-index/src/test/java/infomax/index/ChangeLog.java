package infomax.index;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.ImageId;
import infomax.events.Positions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/** A log of images, updates and deletes that a seed gives again in every process. */
final class ChangeLog {

  private final List<Change> changes = new ArrayList<>();

  ChangeLog(long seed, int length) {
    TestImages images = new TestImages(seed);
    Random random = new Random(seed);
    for (int ordinal = 0; ordinal < length; ordinal++) {
      ImageId id = new ImageId("image-" + random.nextInt(length / 3));
      Optional<IndexedImage> image = Optional.empty();
      if (random.nextInt(6) == 0) {
        images.skip(id);
      } else {
        image = Optional.of(images.image(id.value()));
      }
      changes.add(new Change(id, image, images.progress()));
    }
  }

  /**
   * Applies what the writer has not seen.
   *
   * @param commit called after every {@code perCommit} changes and at the end, to commit them
   */
  void follow(ShardWriter writer, int perCommit, Consumer<Progress> commit) {
    Positions from = writer.progress().positions();
    int pending = 0;
    for (Change change : changes) {
      if (!change.isBelow(from)) {
        change.image().ifPresentOrElse(writer::put, () -> writer.delete(change.id()));
        if (++pending == perCommit || change.equals(changes.getLast())) {
          pending = 0;
          commit.accept(change.after());
        }
      }
    }
  }

  /** The index holds what the changes below its positions say, no more and no less. */
  void assertEqualTo(PublishedIndex index) {
    Map<ImageId, IndexedImage> expected = new HashMap<>();
    for (Change change : changes) {
      if (change.isBelow(index.published().shards().getFirst().positions())) {
        expected.remove(change.id());
        change.image().ifPresent(image -> expected.put(change.id(), image));
      }
    }
    Map<ImageId, IndexedImage> found = new HashMap<>();
    index.forEach(
        (id, _, _, _) ->
            assertThat(found.put(id, index.image(id).orElseThrow())).describedAs("twice").isNull());
    assertThat(found).isEqualTo(expected);
    assertThat(index.checkIntegrity().detail()).isEmpty();
  }

  boolean isReachedBy(Positions positions) {
    return positions.reaches(changes.getLast().after().positions());
  }

  /**
   * A change.
   *
   * @param image empty for a delete
   * @param after how far the log is read behind it
   */
  private record Change(ImageId id, Optional<IndexedImage> image, Progress after) {

    boolean isBelow(Positions positions) {
      int partition = id.partition(TestImages.PARTITIONS);
      return after.positions().offset(partition) <= positions.offset(partition);
    }
  }
}
