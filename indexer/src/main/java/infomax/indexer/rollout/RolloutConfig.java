package infomax.indexer.rollout;

import infomax.events.Topic;
import infomax.events.control.IndexParameters;
import infomax.indexer.rollout.decision.RolloutPolicy;
import infomax.indexer.rollout.verification.VerificationLimits;
import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import java.time.Duration;

/**
 * How the rollout controller runs.
 *
 * @param instanceId who this process is among the candidates for controller, the same after a
 *     restart, different from every other process
 * @param sessionTimeout how long a silent controller keeps its office
 * @param policy how patient it is
 * @param limits what a candidate has to reach
 */
public record RolloutConfig(
    String instanceId, Duration sessionTimeout, RolloutPolicy policy, VerificationLimits limits) {

  /** What is used when nothing is configured. */
  public static final RolloutConfig DEFAULT =
      new RolloutConfig(
          "indexer-0", Duration.ofSeconds(10), RolloutPolicy.DEFAULT, VerificationLimits.DEFAULT);

  /**
   * The configuration under {@code indexer.rollout.} and {@code indexer.hnsw.}, {@code
   * indexer.shards}, {@code indexer.vector-format} and {@code encoder.precision}.
   *
   * @param instanceId who this process is, unless {@code indexer.rollout.instance-id} says so
   * @throws ConfigurationException naming what cannot be used
   */
  public static RolloutConfig from(Settings settings, String instanceId) {
    RolloutPolicy policy = RolloutPolicy.DEFAULT;
    VerificationLimits limits = VerificationLimits.DEFAULT;
    return new RolloutConfig(
        settings.text("indexer.rollout.instance-id", instanceId),
        settings.duration("indexer.rollout.session-timeout", DEFAULT.sessionTimeout()),
        new RolloutPolicy(
            settings.duration("indexer.rollout.heartbeat", policy.heartbeat()),
            settings.duration("indexer.rollout.step-deadline", policy.stepDeadline()),
            settings.duration(
                "indexer.rollout.verification-deadline", policy.verificationDeadline()),
            settings.whole("indexer.rollout.lag-max", policy.lagMax(), 0, RolloutPolicy.LAG_LIMIT),
            settings.duration("indexer.rollout.complete-within", policy.completeWithin()),
            settings.integer("indexer.rollout.attempts-max", policy.attemptsMax(), 1, 100),
            settings.duration("indexer.rollout.back-off", policy.backOff()),
            settings.duration("indexer.rollout.keep-finished", policy.keepFinished()),
            index(settings, policy.index()),
            settings.choice("encoder.precision", policy.precision()),
            settings.choice("indexer.rollout.mode", policy.mode()),
            settings.duration("indexer.rollout.comparison-deadline", policy.comparisonDeadline())),
        new VerificationLimits(
            settings.decimal("indexer.rollout.recall-floor", limits.recallFloor(), 0, 1),
            settings.integer(
                "indexer.rollout.recall-queries", limits.recallQueries(), 100, 100_000),
            settings.decimal(
                "indexer.rollout.golden-cosine-floor", limits.goldenCosineFloor(), -1, 1)));
  }

  private static IndexParameters index(Settings settings, IndexParameters defaults) {
    IndexParameters index =
        new IndexParameters(
            settings.integer("indexer.shards", defaults.shards(), 1, Topic.IMAGES.partitions()),
            settings.integer(
                "indexer.hnsw.max-conn",
                defaults.maxConn(),
                IndexParameters.MAX_CONN_MIN,
                IndexParameters.MAX_CONN_MAX),
            settings.integer(
                "indexer.hnsw.beam-width",
                defaults.beamWidth(),
                IndexParameters.MAX_CONN_MIN,
                IndexParameters.BEAM_WIDTH_MAX),
            settings.choice("indexer.vector-format", defaults.vectorFormat()));
    index
        .refusal(Topic.IMAGES.partitions())
        .ifPresent(
            refusal -> {
              throw new ConfigurationException(
                  "settings indexer.shards, indexer.hnsw.* and indexer.vector-format do not fit: "
                      + refusal.sentence());
            });
    return index;
  }
}
