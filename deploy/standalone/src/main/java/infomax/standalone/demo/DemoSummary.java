package infomax.standalone.demo;

import infomax.events.Digest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one run of the demo measured; the file that {@code --summary} writes. Counts are for a fresh
 * data folder.
 *
 * @param schema version of this form
 * @param complete false if the run ended early
 * @param imagesProduced distinct ids whose upload the broker acknowledged, bad ones included
 * @param imagesRejected records in {@code images.rejected}
 * @param imagesDeleted ids deleted by the demo
 * @param imagesInLog ids with a non-null newest value in {@code images}
 * @param imagesIndexed live documents in a newly opened reader of the live generation's last
 *     publication
 * @param idsMissing ids, or newest versions of them, in the log but not in the index
 * @param idsExtra ids in the index but not in the log
 * @param firstAnswerSeconds command start to the first answer with a hit
 * @param freshnessP50Ms record timestamp to visible in the live searcher, median
 * @param freshnessP99Ms the same, 99th percentile
 * @param freshnessSamples images behind the freshness
 * @param queries queries sent
 * @param queryP99Ms their duration, 99th percentile
 * @param queriesFailed not 200, over 2 s, too few hits, or provenance missing
 * @param queriesDuringRoll sent from the beginning of encoder 2's generation to 5 s after its alias
 *     moved
 * @param imagesProducedDuringRoll the same for images
 * @param answersChecked answers whose scores were recomputed
 * @param answersMixed those with a score that the named encoder does not give
 * @param embedImagesPerSecond encoder 2's generation, from its beginning to caught up
 * @param encoders trained releases that were live
 * @param trainings trained releases, oldest first
 * @param precisionAt10 exact cosine on held-out images; null without labels
 */
record DemoSummary(
    int schema,
    boolean complete,
    long imagesProduced,
    long imagesRejected,
    long imagesDeleted,
    long imagesInLog,
    long imagesIndexed,
    long idsMissing,
    long idsExtra,
    @Nullable Double firstAnswerSeconds,
    @Nullable Long freshnessP50Ms,
    @Nullable Long freshnessP99Ms,
    long freshnessSamples,
    long queries,
    @Nullable Double queryP99Ms,
    long queriesFailed,
    long queriesDuringRoll,
    long imagesProducedDuringRoll,
    int answersChecked,
    int answersMixed,
    @Nullable Double embedImagesPerSecond,
    int encoders,
    List<TrainingRow> trainings,
    @Nullable PrecisionRow precisionAt10) {

  /** The current form. */
  static final int SCHEMA = 1;

  /**
   * One training.
   *
   * @param release release version
   * @param sha256 digest of the ONNX file
   * @param preset training preset
   * @param snapshotImages images in the snapshot
   * @param imagesSeen images passed through the network
   * @param seconds duration of the training steps
   * @param imagesPerSecond imagesSeen over seconds
   * @param lossFirst mean total loss over the first tenth of the steps
   * @param lossLast mean total loss over the last tenth of the steps
   * @param verdict what the gate said
   * @param reasons why
   */
  record TrainingRow(
      int release,
      Digest sha256,
      String preset,
      long snapshotImages,
      long imagesSeen,
      double seconds,
      double imagesPerSecond,
      double lossFirst,
      double lossLast,
      String verdict,
      List<String> reasons) {}

  /**
   * precision@10 of everybody on the same queries and gallery.
   *
   * @param untrained release 0
   * @param encoder1 the first trained encoder that was live; null if there was none
   * @param encoder2 the second; null if there was none
   * @param pixels the pixels themselves
   * @param queries number of queries
   * @param gallery number of images searched
   */
  record PrecisionRow(
      @Nullable Double untrained,
      @Nullable Double encoder1,
      @Nullable Double encoder2,
      double pixels,
      int queries,
      int gallery) {}
}
