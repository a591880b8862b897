package infomax.trainer.training;

import infomax.events.Digest;
import infomax.events.control.ControlRequest;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.SnapshotSummary;
import infomax.trainer.release.ReleasePublisher;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The training of a release, repeated: what to ask for, and whether the same came of it. Pure.
 *
 * <p>A range of a compacted topic is no fixed set of records: what was overwritten or deleted since
 * is gone from it sooner or later. So the snapshots are compared by digest.
 */
final class Repetition {

  /** Configuration key under which a release says whether it equals what it repeats. */
  static final String KEY = "repetition";

  private static final String IMAGES_SEEN = "imagesSeen";
  private static final String THREADS = "threads";

  private Repetition() {}

  /** The parameters of a request for the same training. */
  static Map<String, String> parameters(EncoderRelease release) {
    Map<String, String> parameters = new TreeMap<>();
    parameters.put(ControlRequest.PRESET, release.preset());
    parameters.put(ControlRequest.SEED, Long.toString(release.seed()));
    String imagesSeen = release.configuration().get(IMAGES_SEEN);
    if (imagesSeen != null) {
      parameters.put(ControlRequest.IMAGES_SEEN, imagesSeen);
    }
    Integer warmStart = release.warmStartedFrom();
    if (warmStart != null) {
      parameters.put(ControlRequest.WARM_START, Integer.toString(warmStart));
    }
    return parameters;
  }

  /**
   * Whether a training came to the same, for people.
   *
   * @param release what was repeated
   * @param snapshot what was trained on
   * @param checkpoint of the training
   * @param threads of the training
   */
  static String outcome(
      EncoderRelease release, SnapshotSummary snapshot, Digest checkpoint, int threads) {
    SnapshotSummary before = Objects.requireNonNull(release.snapshot(), "only trained ones repeat");
    String again = "repeats encoder " + release.version() + ": ";
    if (!snapshot.digest().equals(before.digest())) {
      return again
          + "the snapshot differs, %s of %,d images against %s of %,d: %s"
              .formatted(
                  snapshot.digest(),
                  snapshot.images(),
                  before.digest(),
                  before.images(),
                  "the topic is compacted, so images overwritten or deleted since are gone from the"
                      + " same offsets, unless input size or the most images of a snapshot have"
                      + " been set otherwise");
    }
    if (checkpoint.equals(release.artifacts().get(ReleasePublisher.CHECKPOINT))) {
      return again + "the snapshot is the same and so are the weights, bit for bit";
    }
    String threadsBefore = release.configuration().getOrDefault(THREADS, "unknown");
    return again
        + "the snapshot is the same but the weights differ: "
        + (threadsBefore.equals(Integer.toString(threads))
            ? "another kind of processor, engine, precision or version has trained"
            : "trained with %d threads, before with %s".formatted(threads, threadsBefore));
  }
}
