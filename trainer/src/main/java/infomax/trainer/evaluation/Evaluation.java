package infomax.trainer.evaluation;

import infomax.trainer.evaluation.Neighbours.Metric;
import infomax.trainer.snapshot.TrainingSnapshot;
import infomax.trainer.statistics.VectorSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Measures encoders on one snapshot: the same held-out queries, gallery and augmented views for
 * every one of them, so that figures compare. See {@link EvaluationSet} for what is drawn.
 */
public final class Evaluation {

  private static final double PROBE_RATE = 1e-2;
  private static final int PROBE_ITERATIONS = 160;
  private static final Duration PROBE_TIME_MAX = Duration.ofSeconds(10);
  private static final float HALF = 0.5f;
  private static final int PIXEL_SIDE_MAX = 32;

  private final EvaluationSet set;
  private final long seed;

  private Evaluation(EvaluationSet set, long seed) {
    this.set = set;
    this.seed = seed;
  }

  /**
   * An evaluation on a snapshot.
   *
   * @param seed seed of augmented views and linear probe
   * @throws IllegalArgumentException if the snapshot is too small
   */
  public static Evaluation of(TrainingSnapshot snapshot, long seed) {
    return new Evaluation(EvaluationSet.of(snapshot, seed), seed);
  }

  /** Maps images to embeddings. */
  @FunctionalInterface
  public interface Embedder {
    /**
     * Embeds images.
     *
     * @param images 3 x s x s bytes each
     * @return one vector per image, in order
     */
    VectorSet embed(List<byte[]> images);
  }

  /**
   * Measures the raw pixels, value / 255 - 0.5, as if they were embeddings. Images of 64 px are
   * averaged down to 32 px, which makes no difference to the figures and a large one to memory.
   */
  public EncoderScores pixels() {
    return score("pixels", Evaluation::rawPixels);
  }

  /** Measures colour histograms as if they were embeddings. */
  public EncoderScores histogram() {
    return score("histogram", ColourHistogram::of);
  }

  /** Measures an encoder. */
  public EncoderScores score(String name, Embedder encoder) {
    VectorSet queries = encoder.embed(set.queries());
    VectorSet gallery = encoder.embed(set.gallery());
    VectorSet views = encoder.embed(set.views());
    Spread spread = Spread.of(queries);
    Neighbours ofViews = Retrieval.ofViews(views, queries);
    QueryScores ownView = Retrieval.ownViewHitAt(1, ofViews);
    Map<String, Double> further = new TreeMap<>();
    further.put("ownViewHitAt10", Retrieval.ownViewHitAt(Retrieval.K, ofViews).mean());
    int[] labelledQueries = set.labelledQueries();
    int[] labelledGallery = set.labelledGallery();
    if (labelledQueries.length < Gate.LABELLED_MIN || labelledGallery.length < Retrieval.K) {
      return new EncoderScores(name, Optional.empty(), Optional.empty(), ownView, spread, further);
    }
    VectorSet from = select(queries, labelledQueries);
    VectorSet to = select(gallery, labelledGallery);
    List<String> fromLabels = select(set.queryLabels(), labelledQueries);
    List<String> toLabels = select(set.galleryLabels(), labelledGallery);
    NearestLabels byCosine =
        new NearestLabels(
            Neighbours.search(from, to, NearestLabels.VOTERS, Metric.COSINE), fromLabels, toLabels);
    NearestLabels byDistance =
        new NearestLabels(
            Neighbours.search(from, to, Retrieval.K, Metric.EUCLIDEAN), fromLabels, toLabels);
    further.put("precisionAt1Cosine", byCosine.precisionAt(1).mean());
    further.put("knnAccuracy", byCosine.accuracyOfVote());
    further.put("gallery", (double) to.count());
    new LinearProbe(seed, PROBE_RATE, PROBE_ITERATIONS, PROBE_TIME_MAX)
        .accuracy(to, toLabels, from, fromLabels)
        .ifPresent(accuracy -> further.put("linearProbeAccuracy", accuracy));
    return new EncoderScores(
        name,
        Optional.of(byCosine.precisionAt(Retrieval.K)),
        Optional.of(byDistance.precisionAt(Retrieval.K)),
        ownView,
        spread,
        further);
  }

  private static VectorSet rawPixels(List<byte[]> images) {
    int side = (int) Math.round(Math.sqrt(images.getFirst().length / 3.0));
    int block = Math.max(1, side / PIXEL_SIDE_MAX);
    int reduced = side / block;
    return VectorSet.filled(
        images.size(),
        3 * reduced * reduced,
        (row, target, offset) -> {
          byte[] image = images.get(row);
          for (int i = 0; i < 3 * reduced * reduced; i++) {
            int y = i / reduced * block;
            int x = i % reduced * block;
            int sum = 0;
            for (int pixel = 0; pixel < block * block; pixel++) {
              sum += image[(y + pixel / block) * side + x + pixel % block] & 0xff;
            }
            target[offset + i] = sum / (255f * block * block) - HALF;
          }
        });
  }

  private static VectorSet select(VectorSet set, int[] rows) {
    if (rows.length == set.count()) {
      return set;
    }
    return VectorSet.filled(
        rows.length,
        set.dimensions(),
        (row, target, offset) ->
            System.arraycopy(set.row(rows[row]), 0, target, offset, set.dimensions()));
  }

  private static List<String> select(List<String> labels, int[] rows) {
    List<String> selected = new ArrayList<>(rows.length);
    Arrays.stream(rows).forEach(row -> selected.add(labels.get(row)));
    return selected;
  }
}
