package infomax.trainer.bench;

import java.util.List;

/**
 * What the quality benchmark found.
 *
 * @param schema 1
 * @param images number of images searched and trained on
 * @param queries number of queries
 * @param classes number of labels
 * @param input height and width of an encoder's input in pixels
 * @param threads threads of training and inference
 * @param precision of the trainings' convolutions
 * @param seed of weights and trainings
 * @param budgetSeconds training time of each preset; 0 if it was given images instead
 * @param rows pixels, histogram, random weights, then each preset
 */
public record QualityReport(
    int schema,
    int images,
    int queries,
    int classes,
    int input,
    int threads,
    String precision,
    long seed,
    long budgetSeconds,
    List<QualityRow> rows) {

  /** Copies the rows. */
  public QualityReport {
    rows = List.copyOf(rows);
  }
}
