package infomax.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import infomax.events.ImageId;
import infomax.events.control.IndexOverrides;
import infomax.events.control.IndexParameters;
import infomax.events.control.VectorFormat;
import infomax.index.PublishOutcome.Published;
import infomax.index.SearchAnswer.Hit;
import infomax.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.store.MMapDirectory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Quantised vectors lead to the same images with the same scores, and take less memory on the way.
 */
final class VectorFormatIT {

  private static final long SEED = 20_261_127;
  private static final int DIMENSIONS = 256;
  private static final int QUERIES = 200;
  private static final int K = 10;
  private static final double SCORE_TOLERANCE = 1e-6;

  @TempDir Path folder;

  @Test
  void int8FindsAndScoresAsFloat32Does() throws IOException {
    compare(2_500);
  }

  @Test
  @Tag("soak")
  void int8FindsAndScoresAsFloat32DoesInALargeIndex() throws IOException {
    compare(30_000);
  }

  private void compare(int size) throws IOException {
    System.out.println("seed " + SEED);
    TestImages images = new TestImages(SEED, DIMENSIONS);
    Map<ImageId, IndexedImage> put = new HashMap<>();
    IntStream.range(0, size)
        .mapToObj(number -> images.image("image-" + number))
        .forEach(image -> put.put(image.id(), image));
    List<VectorQuery> queries =
        IntStream.range(0, QUERIES).mapToObj(_ -> images.query(K, false, Metric.COSINE)).toList();
    try (Built float32 = build(VectorFormat.FLOAT32, images, put);
        Built int8 = build(VectorFormat.INT8, images, put)) {
      double recall = recall(float32.index, float32.index, queries, put);
      double recallInt8 = recall(int8.index, float32.index, queries, put);
      System.out.printf(
          "%d images of %d components: recall@10 %.4f with float32, %.4f with int8; searched bytes"
              + " an image %.0f and %.0f; %s and %s%n",
          size,
          DIMENSIONS,
          recall,
          recallInt8,
          (double) float32.searchedBytes() / size,
          (double) int8.searchedBytes() / size,
          float32.bytes,
          int8.bytes);
      assertThat(recallInt8).isGreaterThanOrEqualTo(0.98);
      assertThat(int8.searchedBytes()).isLessThan(float32.searchedBytes() * 35 / 100);
      assertThat(int8.index.checkIntegrity().detail()).isEmpty();
      assertThat(int8.index.contents()).isEqualTo(float32.index.contents());
    }
  }

  /** Share of the true ten, which the other index names, that a search along the graph finds. */
  private static double recall(
      PublishedIndex index,
      PublishedIndex reference,
      List<VectorQuery> queries,
      Map<ImageId, IndexedImage> put) {
    int found = 0;
    for (VectorQuery query : queries) {
      VectorQuery exact = VectorQuery.nearest(query.positive().getFirst(), K, true, query.metric());
      List<Hit> nearest = reference.search(exact).hits();
      assertThat(index.search(exact).hits()).isEqualTo(nearest);
      SearchAnswer answer = index.search(query);
      assertThat(answer.path()).isEqualTo(SearchAnswer.Path.GRAPH);
      for (Hit hit : answer.hits()) {
        UnitVector original = put.get(hit.image().id()).vector();
        assertThat(hit.score())
            .isCloseTo(
                query.positive().getFirst().direction().cosine(original), within(SCORE_TOLERANCE));
        assertThat(hit.image().vector()).isEqualTo(original);
      }
      Set<Hit> hits = new HashSet<>(answer.hits());
      hits.retainAll(nearest);
      found += hits.size();
    }
    return (double) found / (K * queries.size());
  }

  private Built build(VectorFormat format, TestImages images, Map<ImageId, IndexedImage> put)
      throws IOException {
    ObjectStore store = ObjectStore.open(folder.resolve("store-" + format));
    Publications publications = new Publications(store, InstantSource.system());
    Path local = folder.resolve("local-" + format);
    IndexParameters index =
        new IndexOverrides(null, null, null, format).on(IndexParameters.DEFAULT);
    try (ShardWriter writer =
        ShardWriter.open(
            publications, local, images.spec(index), InstantSource.system(), () -> {})) {
      put.values().forEach(writer::put);
      writer.commit(images.progress());
      Manifest manifest = ((Published) writer.publish()).manifest();
      assertThat(manifest.spec().index()).isEqualTo(index);
      return new Built(
          PublishedIndex.open(store, manifest, folder.resolve("cache-" + format)), bytes(local));
    }
  }

  /** Bytes of the vectors' files by the files' endings. */
  private static Map<String, Long> bytes(Path local) throws IOException {
    Map<String, Long> bytes = new TreeMap<>();
    try (DirectoryReader reader = DirectoryReader.open(new MMapDirectory(local))) {
      for (LeafReaderContext leaf : reader.leaves()) {
        FieldInfo field = leaf.reader().getFieldInfos().fieldInfo(ImageFields.VECTOR);
        ((SegmentReader) leaf.reader())
            .getVectorReader()
            .getOffHeapByteSize(field)
            .forEach((ending, count) -> bytes.merge(ending, count, Long::sum));
      }
    }
    return bytes;
  }

  private record Built(PublishedIndex index, Map<String, Long> bytes) implements AutoCloseable {

    /** What a walk along the graph reads: the graph, and the quantised vectors if there are any. */
    long searchedBytes() {
      return bytes.get("vex") + bytes.getOrDefault("veq", bytes.getOrDefault("vec", 0L));
    }

    @Override
    public void close() {
      index.close();
    }
  }
}
