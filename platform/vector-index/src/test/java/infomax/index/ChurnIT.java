package infomax.index;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.ImageId;
import infomax.index.PublishOutcome.Published;
import infomax.index.SearchAnswer.Hit;
import infomax.store.ObjectStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Updates, deletes and merges, again and again, leave the graph as good as a new one. */
final class ChurnIT {

  private static final long SEED = 20_260_105;
  private static final int QUERIES = 200;
  private static final double CHANGED_PER_ROUND = 0.02;

  @TempDir Path folder;

  @Test
  void findsTheNearestThroughChurn() {
    churn(3_000, 64, 25);
  }

  @Test
  @Tag("soak")
  void findsTheNearestThroughChurnOfALargeIndex() {
    churn(20_000, 256, 50);
  }

  private void churn(int size, int dimensions, int rounds) {
    System.out.println("seed " + SEED);
    ObjectStore store = ObjectStore.open(folder.resolve("store"));
    Publications publications = new Publications(store, InstantSource.system());
    TestImages images = new TestImages(SEED, dimensions);
    Random random = new Random(SEED);
    Map<ImageId, IndexedImage> expected = new HashMap<>();
    try (ShardWriter writer =
        ShardWriter.open(
            publications,
            folder.resolve("local"),
            images.spec(),
            InstantSource.system(),
            () -> {})) {
      for (int ordinal = 0; ordinal < size; ordinal++) {
        put(writer, expected, images.image("image-" + ordinal));
        if (ordinal % (size / 10) == 0) {
          writer.commit(images.progress());
        }
      }
      for (int round = 0; round < rounds; round++) {
        for (int step = 0; step < size * CHANGED_PER_ROUND; step++) {
          ImageId id = new ImageId("image-" + random.nextInt(size));
          if (random.nextInt(4) == 0) {
            images.skip(id);
            writer.delete(id);
            expected.remove(id);
          } else {
            put(writer, expected, images.image(id.value()));
          }
        }
        writer.commit(images.progress());
      }
      Manifest manifest = ((Published) writer.publish()).manifest();
      try (PublishedIndex index = PublishedIndex.open(store, manifest, folder.resolve("cache"))) {
        Contents.Tally tally = new Contents.Tally();
        expected
            .values()
            .forEach(image -> tally.add(image.id(), image.partition(), image.offset()));
        assertThat(index.contents()).isEqualTo(tally.contents());
        assertThat(index.checkIntegrity().detail()).isEmpty();
        double recall = recall(index, images);
        System.out.printf(
            "%d images of %d components in %d files: recall@10 %.4f%n",
            index.images(), dimensions, manifest.files().size(), recall);
        assertThat(recall).isGreaterThanOrEqualTo(0.98);
      }
    }
  }

  private static void put(
      ShardWriter writer, Map<ImageId, IndexedImage> expected, IndexedImage image) {
    writer.put(image);
    expected.put(image.id(), image);
  }

  /** Share of the true ten that a search with the default candidates finds. */
  private static double recall(PublishedIndex index, TestImages images) {
    int found = 0;
    for (int query = 0; query < QUERIES; query++) {
      VectorQuery approximate = images.query(10, false, Metric.COSINE);
      VectorQuery exact =
          VectorQuery.nearest(approximate.positive().getFirst(), 10, true, Metric.COSINE);
      Set<Hit> nearest = new HashSet<>(index.search(exact).hits());
      SearchAnswer answer = index.search(approximate);
      assertThat(answer.exact()).isFalse();
      nearest.retainAll(answer.hits());
      found += nearest.size();
    }
    return found / (10.0 * QUERIES);
  }
}
