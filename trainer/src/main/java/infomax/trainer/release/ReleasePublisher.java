package infomax.trainer.release;

import infomax.encoder.signature.ReleaseSigner;
import infomax.encoder.signature.ReleaseStatement;
import infomax.events.Digest;
import infomax.events.control.EncoderRelease;
import infomax.runtime.control.ControlWriter;
import infomax.store.ObjectStore;
import java.util.Map;
import java.util.Optional;
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
  private final Optional<ReleaseSigner> signer;

  /**
   * A publisher to that store and topic, which the caller closes.
   *
   * @param signer signs every release; empty to leave them unsigned
   */
  public ReleasePublisher(
      ObjectStore store, ControlWriter control, Optional<ReleaseSigner> signer) {
    this.store = store;
    this.control = control;
    this.signer = signer;
  }

  /** Puts objects into the store and says where each is. */
  public Map<String, Digest> put(Map<String, byte[]> objects) {
    Map<String, Digest> digests = new TreeMap<>();
    objects.forEach((name, bytes) -> digests.put(name, store.put(bytes)));
    return digests;
  }

  /**
   * Signs a release whose objects are in the store, and appends it.
   *
   * @throws IllegalArgumentException if one is not
   */
  public void publish(EncoderRelease release) throws InterruptedException {
    EncoderRelease published = signer.map(each -> signed(release, each)).orElse(release);
    published.objects().forEach(this::requireStored);
    control.append(published);
    LOG.info(
        "release version={} verdict={} sha256={} preset={} signed={} reasons={}",
        release.version(),
        release.verdict(),
        release.onnx(),
        release.preset(),
        signer.isPresent(),
        release.reasons());
  }

  private EncoderRelease signed(EncoderRelease release, ReleaseSigner by) {
    return release.withArtifacts(
        put(
            Map.of(
                EncoderRelease.STATEMENT,
                ReleaseStatement.of(release),
                EncoderRelease.SIGNATURE,
                by.sign(release))));
  }

  private void requireStored(String name, Digest digest) {
    if (!store.contains(digest)) {
      throw new IllegalArgumentException(
          "object %s (%s) is not in the store, expected it to be put before the release"
              .formatted(digest, name));
    }
  }
}
