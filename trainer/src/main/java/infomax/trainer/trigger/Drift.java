package infomax.trainer.trigger;

import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.store.ObjectStoreException;
import infomax.trainer.snapshot.NewestImages;
import infomax.trainer.statistics.EnergyCoefficient;
import infomax.trainer.statistics.VectorSet;
import infomax.trainer.training.SnapshotSample;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest images look different from those the live encoder was trained on: their embeddings'
 * {@linkplain EnergyCoefficient energy coefficient} against those of the snapshot. Measured once a
 * minute while no training runs, whether it is to trigger or not.
 */
final class Drift implements Trigger {

  /** Fewer new images than this say nothing. */
  static final int IMAGES_MIN = 200;

  /** The newest images that are compared. */
  static final int IMAGES_MAX = 500;

  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final Logger LOG = LoggerFactory.getLogger(Drift.class);

  private final NewestImages newest;
  private final SnapshotSample samples;
  private final double most;
  private Instant lookAgain = Instant.MIN;
  private volatile double coefficient = Double.NaN;

  /**
   * @param most above this a training is due; 0 for never
   */
  Drift(NewestImages newest, SnapshotSample samples, double most) {
    this.newest = newest;
    this.samples = samples;
    this.most = most;
  }

  /** The last coefficient measured; NaN while there is none. Thread-safe. */
  double coefficient() {
    return coefficient;
  }

  @Override
  public Optional<String> due(ControlState state, TrainedUpTo progress, Instant now)
      throws InterruptedException {
    if (now.isBefore(lookAgain)) {
      return Optional.empty();
    }
    lookAgain = now.plus(PERIOD);
    coefficient = measure(state, progress);
    return most > 0 && coefficient > most
        ? Optional.of(
            String.format(
                Locale.ROOT,
                "the newest images drifted by %.3f from those the live encoder was trained on, at"
                    + " most %s is allowed",
                coefficient,
                most))
        : Optional.empty();
  }

  private double measure(ControlState state, TrainedUpTo progress) throws InterruptedException {
    Optional<EncoderRelease> live =
        state.live().map(generation -> state.encoders().get(generation.encoderVersion()));
    return live.isPresent() ? measure(live.get(), progress) : Double.NaN;
  }

  private double measure(EncoderRelease live, TrainedUpTo progress) throws InterruptedException {
    try {
      Optional<VectorSet> before = samples.embeddings(live);
      if (before.isEmpty()) {
        return Double.NaN;
      }
      List<byte[]> images = newest.read(progress.positions(), live.inputSize());
      if (images.size() < IMAGES_MIN) {
        return Double.NaN;
      }
      double drift = EnergyCoefficient.of(before.get(), samples.embed(live, images));
      LOG.debug("drift={} images={} encoder={}", drift, images.size(), live.version());
      return drift;
    } catch (ObjectStoreException e) {
      // A file that is gone must not keep the trainer from training.
      LOG.warn("drift cannot be measured: {}", e.getMessage());
      return Double.NaN;
    }
  }
}
