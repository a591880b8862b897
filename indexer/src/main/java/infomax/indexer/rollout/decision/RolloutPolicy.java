package infomax.indexer.rollout.decision;

import infomax.events.control.IndexParameters;
import infomax.events.control.ServedPrecision;
import java.time.Duration;

/**
 * How patient and how strict the controller is.
 *
 * @param heartbeat how often a replica reports; readiness is judged after three of these
 * @param stepDeadline how long one step of a roll may take while a controller acts; building has
 *     none, since it depends on the length of the log
 * @param verificationDeadline how long one verification may run
 * @param lagMax offsets to the end of the log at which a candidate counts as caught up, at most
 *     {@value #LAG_LIMIT}
 * @param completeWithin a candidate also counts as caught up if it had reached the end of every
 *     partition within this time before it was published
 * @param attemptsMax how often a generation of one encoder is begun before giving up
 * @param backOff pause after the first failed attempt; doubles with every further one
 * @param keepFinished how long finished keys stay before their tombstone
 * @param index index parameters of new generations, where nobody asked for others
 * @param precision which file of a release new generations are built and searched with
 * @param mode who lets a verified candidate go live
 * @param comparisonDeadline how long replicas may take to compare a candidate they have loaded with
 *     the live generation on live queries; 0 to go without
 */
public record RolloutPolicy(
    Duration heartbeat,
    Duration stepDeadline,
    Duration verificationDeadline,
    long lagMax,
    Duration completeWithin,
    int attemptsMax,
    Duration backOff,
    Duration keepFinished,
    IndexParameters index,
    ServedPrecision precision,
    RolloutMode mode,
    Duration comparisonDeadline) {

  /**
   * In offsets. Farther behind, a candidate publishes its index before it is merged, in which
   * searches crawl: to take that for caught up would put it live.
   */
  public static final long LAG_LIMIT = 10_000;

  /** What is used when nothing is configured. */
  public static final RolloutPolicy DEFAULT =
      new RolloutPolicy(
          Duration.ofSeconds(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          200,
          Duration.ofSeconds(10),
          3,
          Duration.ofSeconds(10),
          Duration.ofDays(30),
          IndexParameters.DEFAULT,
          ServedPrecision.FLOAT32,
          RolloutMode.AUTOMATIC,
          Duration.ofSeconds(30));

  /** Checks the ranges. */
  public RolloutPolicy {
    if (!heartbeat.isPositive() || !stepDeadline.isPositive() || !backOff.isPositive()) {
      throw new IllegalArgumentException(
          "heartbeat "
              + heartbeat
              + ", step deadline "
              + stepDeadline
              + ", back-off "
              + backOff
              + ": expected all > 0");
    }
    if (attemptsMax < 1 || lagMax < 0 || lagMax > LAG_LIMIT) {
      throw new IllegalArgumentException(
          "attempts %d, lag %d: expected >= 1, and 0 to %d"
              .formatted(attemptsMax, lagMax, LAG_LIMIT));
    }
    if (comparisonDeadline.isNegative()) {
      throw new IllegalArgumentException(
          "comparison deadline is " + comparisonDeadline + ", expected >= 0");
    }
  }

  /** This policy with another precision. */
  RolloutPolicy with(ServedPrecision other) {
    return with(other, mode, comparisonDeadline);
  }

  /** This policy in another mode. */
  RolloutPolicy with(RolloutMode other) {
    return with(precision, other, comparisonDeadline);
  }

  /** This policy with another time for the comparison on live queries. */
  RolloutPolicy comparingWithin(Duration other) {
    return with(precision, mode, other);
  }

  private RolloutPolicy with(ServedPrecision file, RolloutMode who, Duration comparing) {
    return new RolloutPolicy(
        heartbeat,
        stepDeadline,
        verificationDeadline,
        lagMax,
        completeWithin,
        attemptsMax,
        backOff,
        keepFinished,
        index,
        file,
        who,
        comparing);
  }

  /** How long replicas are listened to before readiness is judged. */
  public Duration listening() {
    return heartbeat.multipliedBy(3);
  }

  /**
   * How far a candidate may be behind what is served when it goes live, so that answers do not grow
   * older by more than this. About the time between two commits: less would hardly ever be seen.
   */
  public Duration behindMax() {
    return heartbeat.dividedBy(2);
  }
}
