package infomax.search.status;

import infomax.events.Positions;
import infomax.events.control.GenerationState;
import infomax.events.signal.Signal.TrainingProgressed;
import infomax.search.live.AsOf;
import infomax.search.live.Waiting;
import infomax.search.query.EncoderBody;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How everything is.
 *
 * @param at when
 * @param replica name of this replica
 * @param serving what answers; null if nothing is live yet
 * @param waiting what is to answer but does not yet; null if there is no such thing
 * @param loaded every generation that could answer
 * @param roll the generation on its way in; null if there is none
 * @param training the training that runs; null if none does
 * @param freshness of the publications of the last minute
 * @param rates per second
 * @param rejected records in the dead-letter topic, as far as it is kept
 * @param encoders releases so far
 * @param requestsOpen requests that are not final
 * @param automaticRolls false after a rollback; null before anything was live
 * @param previous generation a rollback goes back to; null if there is none
 * @param paused who let indexing stop, and when; null while images are indexed
 */
record StatusBody(
    Instant at,
    String replica,
    @Nullable Serving serving,
    @Nullable Waiting waiting,
    List<Loaded> loaded,
    @Nullable Roll roll,
    @Nullable TrainingProgressed training,
    FreshnessWindow.Summary freshness,
    Rates rates,
    long rejected,
    int encoders,
    int requestsOpen,
    @Nullable Boolean automaticRolls,
    @Nullable Integer previous,
    @Nullable Paused paused) {

  /**
   * A pause of indexing.
   *
   * @param since since when
   * @param who who asked for it
   * @param why why
   */
  record Paused(Instant since, String who, String why) {}

  /**
   * What answers.
   *
   * @param generation its number
   * @param encoder its encoder
   * @param sequence number of the publication; of several shards the sum of theirs, which grows
   *     with each
   * @param publication the publication, as {@code asOf} takes it
   * @param images searchable images
   * @param positions every record below is searchable
   * @param lag offset distance to the end of the log; null if the end is unknown
   * @param publishedAt when the publication was made
   */
  record Serving(
      int generation,
      EncoderBody encoder,
      long sequence,
      AsOf.Publication publication,
      long images,
      Positions positions,
      @Nullable Long lag,
      Instant publishedAt) {}

  /**
   * A generation that could answer.
   *
   * @param generation its number
   * @param serving true for the one that does
   * @param sequence number of the open publication; of several shards the sum of theirs
   * @param positions of that publication
   */
  record Loaded(int generation, boolean serving, long sequence, Positions positions) {}

  /**
   * A generation on its way in.
   *
   * @param generation its number
   * @param encoder version of its encoder
   * @param state where it is
   * @param since when it got there
   * @param reason why it got there
   * @param waitsFor what it waits for although it could go live; null if for nothing
   * @param images images indexed so far
   * @param ofImages images in the generation that answers; null if none does
   * @param lag offset distance to the end of the log; null before it was heard of
   * @param imagesPerSecond images embedded per second
   */
  record Roll(
      int generation,
      int encoder,
      GenerationState state,
      Instant since,
      String reason,
      @Nullable String waitsFor,
      long images,
      @Nullable Long ofImages,
      @Nullable Long lag,
      double imagesPerSecond) {}

  /**
   * Rates.
   *
   * @param imagesPerSecond images indexed by the generation that answers
   * @param queriesPerSecond searches this replica answers
   */
  record Rates(double imagesPerSecond, double queriesPerSecond) {}
}
