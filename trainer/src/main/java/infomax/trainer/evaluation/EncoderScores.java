package infomax.trainer.evaluation;

import infomax.events.control.EncoderRelease.EvaluationRow;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Everything measured of one encoder. Immutable.
 *
 * @param name {@code pixels}, {@code random-weights}, {@code live}, {@code encoder} and the version
 *     of one that is to go live, or {@code candidate}
 * @param precisionAt10Cosine per labelled held-out image; empty if too few carry a label
 * @param precisionAt10Euclidean likewise
 * @param ownViewHitAt1 per held-out image
 * @param spread of the held-out images' embeddings
 * @param further figures without a value per query, by name
 */
public record EncoderScores(
    String name,
    Optional<QueryScores> precisionAt10Cosine,
    Optional<QueryScores> precisionAt10Euclidean,
    QueryScores ownViewHitAt1,
    Spread spread,
    Map<String, Double> further) {

  /** Copies the map. */
  public EncoderScores {
    further = Map.copyOf(further);
  }

  /** The scores the gate compares: precision@10 by cosine if there is one, else own-view hit@1. */
  public QueryScores gateFigure() {
    return precisionAt10Cosine.orElse(ownViewHitAt1);
  }

  /** The name of {@link #gateFigure()}, for people. */
  public String gateFigureName() {
    return precisionAt10Cosine.isPresent() ? "precision@10" : "own-view hit@1";
  }

  /** These scores under another name. */
  public EncoderScores named(String other) {
    return new EncoderScores(
        other, precisionAt10Cosine, precisionAt10Euclidean, ownViewHitAt1, spread, further);
  }

  /** These scores with further figures. */
  public EncoderScores with(Map<String, Double> more) {
    Map<String, Double> all = new TreeMap<>(further);
    all.putAll(more);
    return new EncoderScores(
        name, precisionAt10Cosine, precisionAt10Euclidean, ownViewHitAt1, spread, all);
  }

  /** The row of a release's evaluation: every figure that is a finite number, by name. */
  public EvaluationRow row() {
    Map<String, Double> figures = new TreeMap<>(further);
    precisionAt10Cosine.ifPresent(scores -> figures.put("precisionAt10Cosine", scores.mean()));
    precisionAt10Euclidean.ifPresent(
        scores -> figures.put("precisionAt10Euclidean", scores.mean()));
    precisionAt10Cosine.ifPresent(
        scores -> figures.put("labelledQueries", (double) scores.count()));
    figures.put("ownViewHitAt1", ownViewHitAt1.mean());
    figures.put("effectiveRank", spread.effectiveRank());
    figures.put("meanCosine", spread.meanCosine());
    figures.put("zMean", spread.meanOfMeans());
    figures.put("zStdMin", spread.deviationMin());
    figures.put("zStdMean", spread.deviationMean());
    figures.put("zStdMax", spread.deviationMax());
    figures.values().removeIf(value -> !Double.isFinite(value));
    return new EvaluationRow(name, figures);
  }
}
