package infomax.trainer.release;

import infomax.events.Digest;
import infomax.events.control.EncoderRelease;
import infomax.runtime.control.ControlWriter;
import infomax.store.ObjectStore;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes releases: objects first, so that nobody ever reads of a release whose files are not
 * there, then the decision on {@code control}. Thread-safe.
 */
public final class ReleasePublisher {

  /** Artifact: {@link GoldenImages} as JSON. */
  public static final String GOLDEN = EncoderRelease.GOLDEN;

  /** Artifact: neighbour sheet by cosine, PNG. */
  public static final String SHEET_COSINE = "sheet-cosine";

  /** Artifact: neighbour sheet by Euclidean distance, PNG. */
  public static final String SHEET_EUCLIDEAN = "sheet-euclidean";

  /** Artifact: {@link LossHistory} as JSON. */
  public static final String LOSSES = "losses";

  /** Artifact: the loss curves, PNG. */
  public static final String LOSS_CHART = "loss-chart";

  /** Artifact: mean and standard deviation of every dimension of z, JSON. */
  public static final String MOMENTS = "z-moments";

  /** Artifact: embeddings of some hundred images of the snapshot, JSON. */
  public static final String SAMPLE = "sample";

  /** Artifact: the training checkpoint, to begin another training with. */
  public static final String CHECKPOINT = "checkpoint";

  private static final Logger LOG = LoggerFactory.getLogger(ReleasePublisher.class);

  private final ObjectStore store;
  private final ControlWriter control;

  /** A publisher to that store and topic, which the caller closes. */
  public ReleasePublisher(ObjectStore store, ControlWriter control) {
    this.store = store;
    this.control = control;
  }

  /** Puts objects into the store and says where each is. */
  public Map<String, Digest> put(Map<String, byte[]> objects) {
    Map<String, Digest> digests = new TreeMap<>();
    objects.forEach((name, bytes) -> digests.put(name, store.put(bytes)));
    return digests;
  }

  /**
   * Appends a release whose objects are in the store.
   *
   * @throws IllegalArgumentException if one is not
   */
  public void publish(EncoderRelease release) throws InterruptedException {
    release.objects().forEach(this::requireStored);
    control.append(release);
    LOG.info(
        "release version={} verdict={} sha256={} preset={} reasons={}",
        release.version(),
        release.verdict(),
        release.onnx(),
        release.preset(),
        release.reasons());
  }

  private void requireStored(String name, Digest digest) {
    if (!store.contains(digest)) {
      throw new IllegalArgumentException(
          "object %s (%s) is not in the store, expected it to be put before the release"
              .formatted(digest, name));
    }
  }
}
