package infomax.index;

import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.Position;
import infomax.events.Positions;
import infomax.events.control.IndexParameters;
import infomax.events.image.ImageFormat;
import infomax.events.image.Metadata;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Images for tests, made from a seed: clustered vectors with lengths of their own. */
final class TestImages {

  static final int DIMENSIONS = 32;
  static final int PARTITIONS = 3;
  static final IndexSpec SPEC =
      new IndexSpec(
          1,
          0,
          Digest.of(new byte[] {1}),
          DIMENSIONS,
          "topic-id",
          PARTITIONS,
          IndexParameters.DEFAULT,
          IndexSpec.FORMAT);

  private static final int CLUSTERS = 50;

  private final Random random;
  private final int dimensions;
  private final float[][] centres;
  private final long[] next = new long[PARTITIONS];

  TestImages(long seed) {
    this(seed, DIMENSIONS);
  }

  TestImages(long seed, int dimensions) {
    this.random = new Random(seed);
    this.dimensions = dimensions;
    this.centres = new float[CLUSTERS][dimensions];
    for (float[] centre : centres) {
      fill(centre, 1);
    }
  }

  /** What an index of these images is built from. */
  IndexSpec spec() {
    return spec(SPEC.index());
  }

  /** The same, laid out in another way. */
  IndexSpec spec(IndexParameters index) {
    return new IndexSpec(
        1, 0, SPEC.encoder(), dimensions, SPEC.topicId(), PARTITIONS, index, SPEC.format());
  }

  /** An image under {@code id} at the next offset of its partition. */
  IndexedImage image(String id) {
    return image(id, Metadata.of(Map.of("label", "class-" + next[0] % 7)));
  }

  /** The same with this metadata. */
  IndexedImage image(String id, Metadata metadata) {
    ImageId imageId = new ImageId(id);
    float[] vector = centres[random.nextInt(CLUSTERS)].clone();
    float[] noise = new float[dimensions];
    fill(noise, 0.5);
    for (int ordinal = 0; ordinal < dimensions; ordinal++) {
      vector[ordinal] += noise[ordinal];
    }
    int partition = imageId.partition(PARTITIONS);
    long offset = next[partition]++;
    return new IndexedImage(
        imageId,
        Digest.of((id + "@" + offset).getBytes(StandardCharsets.UTF_8)),
        ImageFormat.JPEG,
        partition,
        offset,
        Instant.ofEpochMilli(1_000_000 + offset),
        metadata,
        UnitVector.direction(vector),
        (float) (1 + 3 * random.nextDouble()));
  }

  /** A delete takes an offset too. */
  void skip(ImageId id) {
    next[id.partition(PARTITIONS)]++;
  }

  VectorQuery query(int k, boolean exact, Metric metric) {
    float[] vector = centres[random.nextInt(CLUSTERS)].clone();
    float[] noise = new float[dimensions];
    fill(noise, 0.5);
    for (int ordinal = 0; ordinal < dimensions; ordinal++) {
      vector[ordinal] += noise[ordinal];
    }
    return VectorQuery.nearest(
        new QueryVector(UnitVector.direction(vector), 1 + 3 * random.nextDouble()),
        k,
        exact,
        metric);
  }

  /** How far everything made so far has come. */
  Progress progress() {
    TreeMap<Integer, Position> positions = new TreeMap<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      positions.put(partition, Position.of(next[partition]));
    }
    return new Progress(
        new Positions(positions),
        new TreeMap<>(Map.of(0, Instant.ofEpochMilli(5))),
        Instant.ofEpochMilli(1_000_000),
        Instant.ofEpochMilli(2_000_000));
  }

  private void fill(float[] vector, double scale) {
    for (int ordinal = 0; ordinal < vector.length; ordinal++) {
      vector[ordinal] = (float) (scale * random.nextGaussian());
    }
  }
}
