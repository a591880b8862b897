package infomax.events.control;

import java.time.Instant;
import java.util.Map;

/**
 * What somebody asked for, and what became of it. Written pending by whoever asks and taken to a
 * final status by the one service that executes it; a finished request is never executed again.
 *
 * @param id unique, such as a UUID
 * @param kind what is asked for
 * @param parameters by name; which ones apply is said at {@link Kind}
 * @param who who asked
 * @param why why
 * @param createdAt when it was asked
 * @param expiresAt after this instant a request that is still pending is not begun
 * @param status where it is
 * @param outcome one sentence; empty while pending
 */
public record ControlRequest(
    String id,
    Kind kind,
    Map<String, String> parameters,
    String who,
    String why,
    Instant createdAt,
    Instant expiresAt,
    Status status,
    String outcome)
    implements ControlEvent {

  /** Prefix of the keys of requests. */
  public static final String KEY_PREFIX = "request/";

  /** Parameter of {@link Kind#TRAIN}: the preset's name. */
  public static final String PRESET = "preset";

  /** Parameter of {@link Kind#TRAIN}: images to pass through the network, with repetition. */
  public static final String IMAGES_SEEN = "imagesSeen";

  /** Parameter of {@link Kind#TRAIN}: release version whose weights to begin with. */
  public static final String WARM_START = "warmStart";

  /** Parameter of {@link Kind#TRAIN}: seed of weights and training. */
  public static final String SEED = "seed";

  /**
   * Parameter of {@link Kind#TRAIN}: release version whose training to repeat. Preset, images seen,
   * seed, beginning and positions are those of that release.
   */
  public static final String LIKE = "like";

  /**
   * Parameter of {@link Kind#TRAIN}: {@code true} to accept what the gate rejects, unless it is
   * broken.
   */
  public static final String FORCE = "force";

  /** Parameter of {@link Kind#PROMOTE} and {@link Kind#REJECT}: number of the generation. */
  public static final String GENERATION = "generation";

  /** Parameter of {@link Kind#REINDEX}: see {@link IndexParameters#shards}. */
  public static final String SHARDS = "shards";

  /** Parameter of {@link Kind#REINDEX}: see {@link IndexParameters#maxConn}. */
  public static final String MAX_CONN = "maxConn";

  /** Parameter of {@link Kind#REINDEX}: see {@link IndexParameters#beamWidth}. */
  public static final String BEAM_WIDTH = "beamWidth";

  /** Parameter of {@link Kind#REINDEX}: {@code float32} or {@code int8}. */
  public static final String VECTOR_FORMAT = "vectorFormat";

  /**
   * Parameter of {@link Kind#RESTORE}: SHA-256 of the backup's description, an object in the store.
   */
  public static final String BACKUP = "backup";

  /** Parameter of {@link Kind#CANCEL}: id of the training's request. */
  public static final String REQUEST = "request";

  /** Copies the parameters. */
  public ControlRequest {
    parameters = Map.copyOf(parameters);
  }

  @Override
  public String key() {
    return KEY_PREFIX + id;
  }

  /** This request in another status. */
  public ControlRequest as(Status next, String nextOutcome) {
    return new ControlRequest(
        id, kind, parameters, who, why, createdAt, expiresAt, next, nextOutcome);
  }

  /** What can be asked for. */
  public enum Kind {
    /**
     * Train an encoder; executed by the trainer. Parameters, all optional: preset, imagesSeen,
     * warmStart, seed, force; or like and force.
     */
    TRAIN,
    /**
     * End a training that has not made its release yet; executed by the trainer. Parameter:
     * request, the id of what asked for it.
     */
    CANCEL,
    /** Move the alias back to the previous generation; executed by the rollout controller. */
    ROLLBACK,
    /**
     * Move the alias to a standby generation, or to a verified one once replicas have it loaded,
     * and resume automatic rolls; executed by the rollout controller. Parameter: generation.
     */
    PROMOTE,
    /**
     * End a generation that is on its way to go live, and bar its encoder from automatic rolls
     * unless it is the live one; executed by the rollout controller. Parameter: generation.
     */
    REJECT,
    /** Apply no further records to any index; executed by the rollout controller. */
    PAUSE,
    /** Go on applying records where a pause stopped; executed by the rollout controller. */
    RESUME,
    /**
     * Build a generation of the live encoder with other index parameters and make it live; executed
     * by the rollout controller, once no other generation is being built. Runs until the generation
     * is live or has failed. Parameters, all optional: shards, maxConn, beamWidth, vectorFormat;
     * those not given are the configured ones.
     */
    REINDEX,
    /**
     * Begin a generation with what a backup holds instead of with nothing; executed by the rollout
     * controller. Parameter: backup.
     */
    RESTORE
  }

  /** Where a request is. */
  public enum Status {
    /** Nobody has begun it. */
    PENDING,
    /** Being executed. */
    RUNNING,
    /** Done; the outcome says what came of it. */
    DONE,
    /** Ended without effect; the outcome says why. */
    FAILED,
    /** Nobody began it in time. */
    EXPIRED;

    /** True if it will not change any more. */
    public boolean isFinal() {
      return this != PENDING && this != RUNNING;
    }
  }
}
