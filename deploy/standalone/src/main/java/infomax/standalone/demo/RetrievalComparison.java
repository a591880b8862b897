package infomax.standalone.demo;

import infomax.encoder.Embedding;
import infomax.encoder.Encoder;
import infomax.events.ImageId;
import infomax.imaging.EncoderPixels;
import infomax.imaging.UndecodableImageException;
import infomax.trainer.snapshot.HoldOut;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Compares encoders by precision@10 on the images of the log: queries are held-out images, which no
 * training has seen, the gallery is taken from the others, the same for everybody; neighbours by
 * exact cosine. Immutable.
 */
final class RetrievalComparison {

  private static final int NEIGHBOURS = 10;
  private static final int QUERIES_MAX = 500;
  private static final int GALLERY_MAX = 5_000;
  private static final int QUERIES_MIN = 20;

  private final List<Sample> queries;
  private final List<Sample> gallery;

  private record Sample(LogContents.Stored image, String label) {}

  private RetrievalComparison(List<Sample> queries, List<Sample> gallery) {
    this.queries = queries;
    this.gallery = gallery;
  }

  /** Chooses queries and gallery; empty where too few held-out images carry a label. */
  static Optional<RetrievalComparison> of(Map<ImageId, LogContents.Stored> images) {
    List<ImageId> labelled =
        images.entrySet().stream()
            .filter(entry -> entry.getValue().label().isPresent())
            .map(Map.Entry::getKey)
            .toList();
    HoldOut.Split split = HoldOut.DEFAULT.split(labelled);
    List<Sample> queries = samples(images, split.heldOut(), QUERIES_MAX);
    List<Sample> gallery = samples(images, split.training(), GALLERY_MAX);
    return queries.size() < QUERIES_MIN || gallery.size() < NEIGHBOURS
        ? Optional.empty()
        : Optional.of(new RetrievalComparison(queries, gallery));
  }

  /** Number of queries. */
  int queries() {
    return queries.size();
  }

  /** Number of images searched. */
  int gallery() {
    return gallery.size();
  }

  /** precision@10 of an encoder. */
  double precisionAt10(Encoder encoder) throws UndecodableImageException {
    return precisionAt10(vectors(queries, encoder), vectors(gallery, encoder));
  }

  /** precision@10 of the pixels themselves, value/255 - 0.5. */
  double precisionAt10OfPixels(int inputSize) throws UndecodableImageException {
    return precisionAt10(pixels(queries, inputSize), pixels(gallery, inputSize));
  }

  private double precisionAt10(float[][] queryVectors, float[][] galleryVectors) {
    return IntStream.range(0, queryVectors.length)
            .parallel()
            .mapToLong(
                query -> sameLabel(queries.get(query).label(), queryVectors[query], galleryVectors))
            .sum()
        / (double) (NEIGHBOURS * queryVectors.length);
  }

  private long sameLabel(String label, float[] query, float[][] galleryVectors) {
    double[] scores = new double[galleryVectors.length];
    for (int image = 0; image < scores.length; image++) {
      float[] vector = galleryVectors[image];
      float sum = 0;
      for (int dimension = 0; dimension < query.length; dimension++) {
        sum += query[dimension] * vector[dimension];
      }
      scores[image] = sum;
    }
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted((left, right) -> Double.compare(scores[right], scores[left]))
        .limit(NEIGHBOURS)
        .filter(image -> gallery.get(image).label().equals(label))
        .count();
  }

  private static List<Sample> samples(
      Map<ImageId, LogContents.Stored> images, List<ImageId> ids, int max) {
    return ids.stream()
        .limit(max)
        .map(images::get)
        .map(stored -> new Sample(stored, stored.label().orElseThrow()))
        .toList();
  }

  private static float[][] vectors(List<Sample> samples, Encoder encoder)
      throws UndecodableImageException {
    float[][] vectors = new float[samples.size()][];
    for (int start = 0; start < vectors.length; start += Encoder.BATCH_MAX) {
      List<EncoderPixels> batch = new ArrayList<>();
      for (Sample sample :
          samples.subList(start, Math.min(vectors.length, start + Encoder.BATCH_MAX))) {
        batch.add(EncoderPixels.of(sample.image().image(), encoder.inputSize()));
      }
      List<Embedding> embeddings = encoder.embed(batch);
      for (int index = 0; index < embeddings.size(); index++) {
        vectors[start + index] = embeddings.get(index).unit();
      }
    }
    return vectors;
  }

  private static float[][] pixels(List<Sample> samples, int inputSize)
      throws UndecodableImageException {
    float[][] vectors = new float[samples.size()][];
    for (int index = 0; index < vectors.length; index++) {
      byte[] bytes = EncoderPixels.of(samples.get(index).image().image(), inputSize).bytes();
      float[] values = new float[bytes.length];
      for (int value = 0; value < values.length; value++) {
        values[value] = (bytes[value] & 0xff) / 255f - 0.5f;
      }
      vectors[index] = Embedding.of(values).unit();
    }
    return vectors;
  }
}
