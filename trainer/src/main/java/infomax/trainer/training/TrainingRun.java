package infomax.trainer.training;

import infomax.events.Digest;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.SnapshotSummary;
import infomax.events.control.EncoderRelease.TrainingSummary;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.Int8Variant;
import infomax.imaging.EncoderPixels;
import infomax.store.ObjectStore;
import infomax.trainer.engine.ComputeTarget;
import infomax.trainer.evaluation.EncoderScores;
import infomax.trainer.evaluation.Gate;
import infomax.trainer.export.OnnxFile;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.Weights;
import infomax.trainer.release.LossHistory;
import infomax.trainer.release.ReleasePublisher;
import infomax.trainer.release.UntrainedEncoder;
import infomax.trainer.snapshot.SnapshotReader;
import infomax.trainer.snapshot.TrainingSnapshot;
import infomax.trainer.training.Progress.Phase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes training requests, one at a time: snapshot, steps, export, comparison, release. What an
 * interrupted execution left on disk is used by the next one of the same request. Used by one
 * thread.
 */
public final class TrainingRun {

  /** Configuration key of a release that names the request it answers. */
  public static final String REQUEST = "request";

  private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);
  private static final int IMAGES_MIN = 100;

  private final Settings settings;
  private final SnapshotReader snapshots;
  private final ObjectStore store;
  private final ReleasePublisher publisher;
  private final Progress progress;
  private final InstantSource clock;

  /**
   * What all trainings have in common.
   *
   * @param shape of the networks
   * @param randomSeed seed of the untrained network that candidates are compared with
   * @param threads threads of steps and inference
   * @param target what computes the steps, where and in which precision
   * @param root where run folders are
   */
  public record Settings(
      NetworkShape shape, long randomSeed, int threads, ComputeTarget target, Path root) {}

  /** Runs of trainings with these settings. */
  public TrainingRun(
      Settings settings,
      SnapshotReader snapshots,
      ObjectStore store,
      ReleasePublisher publisher,
      Progress progress,
      InstantSource clock) {
    this.settings = settings;
    this.snapshots = snapshots;
    this.store = store;
    this.publisher = publisher;
    this.progress = progress;
    this.clock = clock;
  }

  /**
   * Trains and publishes the release.
   *
   * @param control everything decided so far, whenever it is asked: what the candidate has to beat
   *     may go live during the training
   * @param cancelled asked after every step; true ends the training
   * @throws CancelledTrainingException if it was cancelled before its last step
   * @throws RefusedTrainingException if it cannot be done as asked
   * @throws IOException if it failed for a reason that may pass
   * @throws InterruptedException if the thread was interrupted; a later execution goes on
   */
  public EncoderRelease execute(
      TrainingOrder order, Supplier<ControlState> control, BooleanSupplier cancelled)
      throws RefusedTrainingException,
          CancelledTrainingException,
          IOException,
          InterruptedException {
    progress.begin(order);
    try {
      ComputeTarget target = target();
      RunFolder folder = RunFolder.open(settings.root(), order.request());
      // Before the work, which would be in vain.
      Optional<Incumbent> _ = incumbent(control.get());
      Weights initial = initial(order, control.get());
      try (TrainingSnapshot snapshot = snapshot(folder, order)) {
        progress.enter(Phase.TRAINING);
        TrainedNetwork trained =
            new TrainingSteps(
                    order, snapshot, folder, progress, settings.threads(), target, cancelled)
                .run(initial);
        EncoderRelease release = release(order, control.get(), snapshot, trained, folder);
        publisher.publish(release);
        return release;
      }
    } finally {
      progress.end();
    }
  }

  private ComputeTarget target() throws RefusedTrainingException {
    try {
      return settings.target().settled();
    } catch (IllegalArgumentException e) {
      throw new RefusedTrainingException("setting trainer.precision: " + e.getMessage());
    }
  }

  /** Whether a release equals the one whose training it repeats; empty if it repeats none. */
  public static Optional<String> repetition(EncoderRelease release) {
    return Optional.ofNullable(release.configuration().get(Repetition.KEY));
  }

  /** Deletes what a finished request left on disk. */
  public void clean(String request) throws IOException {
    RunFolder.open(settings.root(), request).delete();
  }

  private TrainingSnapshot snapshot(RunFolder folder, TrainingOrder order)
      throws IOException, InterruptedException, RefusedTrainingException {
    TrainingSnapshot snapshot = reopened(folder);
    if (snapshot == null) {
      snapshot =
          snapshots.read(
              folder.snapshot(),
              order.like().map(EncoderRelease::snapshot).map(SnapshotSummary::positions));
    }
    if (snapshot.images() < IMAGES_MIN) {
      int images = snapshot.images();
      snapshot.close();
      throw new RefusedTrainingException(
          "there are %d images to train on, expected at least %d: add images and ask again"
              .formatted(images, IMAGES_MIN));
    }
    return snapshot;
  }

  private @Nullable TrainingSnapshot reopened(RunFolder folder) {
    if (!TrainingSnapshot.exists(folder.snapshot())) {
      return null;
    }
    try {
      TrainingSnapshot kept = TrainingSnapshot.open(folder.snapshot());
      if (kept.facts().inputSize() == settings.shape().inputSize()
          && kept.facts().pixelPipeline() == EncoderPixels.PIPELINE_VERSION) {
        LOG.info("snapshot kept images={} digest={}", kept.images(), kept.facts().digest());
        return kept;
      }
      kept.close();
    } catch (IOException e) {
      LOG.warn("snapshot is read anew: {}", e.getMessage());
    }
    return null;
  }

  private Optional<Incumbent> incumbent(ControlState control) throws RefusedTrainingException {
    Optional<Incumbent> incumbent = Incumbent.of(control);
    if (incumbent.isPresent()
        && incumbent.get().release().inputSize() != settings.shape().inputSize()) {
      EncoderRelease release = incumbent.get().release();
      throw new RefusedTrainingException(
          "the %s encoder %d takes %d px and this trainer is set to %d px, so they cannot be"
                  .formatted(
                      incumbent.get().live() ? "live" : "accepted",
                      release.version(),
                      release.inputSize(),
                      settings.shape().inputSize())
              + " compared: set trainer.input-size to that encoder's, or start with an empty"
              + " data folder");
    }
    return incumbent;
  }

  private Weights initial(TrainingOrder order, ControlState control)
      throws RefusedTrainingException, IOException {
    return order.warmStart().isPresent()
        ? WarmStart.weights(
            order.warmStart().get(), control, store, settings.root(), settings.shape(), order)
        : Weights.initial(order.preset().layout(settings.shape()), order.seed());
  }

  private EncoderRelease release(
      TrainingOrder order,
      ControlState control,
      TrainingSnapshot snapshot,
      TrainedNetwork trained,
      RunFolder folder)
      throws IOException, RefusedTrainingException {
    progress.enter(Phase.EVALUATION);
    int version = control.encoders().isEmpty() ? 1 : control.encoders().lastKey() + 1;
    long startNanos = System.nanoTime();
    CandidateFile file = CandidateFile.of(trained, order, version, snapshot, settings.threads());
    Comparison comparison =
        Comparison.of(
            snapshot,
            settings.shape(),
            new Comparison.Files(
                UntrainedEncoder.onnx(settings.shape(), settings.randomSeed()),
                incumbent(control).map(this::comparable),
                file.onnx()),
            EstimatedInformation.nats(
                order, trained.losses(), trained.lastEpoch(), trained.weights().shape()),
            order.seed(),
            settings.threads());
    LOG.info(
        "compared rows={} ms={}",
        comparison.rows().size(),
        (System.nanoTime() - startNanos) / 1_000_000);
    Gate.Ruling judged =
        trained.divergence().map(Gate.Ruling::broken).orElseGet(comparison::ruling);
    Gate.Ruling ruling = order.forcedBy().map(judged::forced).orElse(judged);
    progress.enter(Phase.PUBLISHING);
    Map<String, Digest> artifacts =
        new TreeMap<>(
            publisher.put(
                Artifacts.of(snapshot, settings.shape(), file, trained, settings.threads())));
    Digest checkpoint = store.putFile(folder.checkpointFile());
    artifacts.put(ReleasePublisher.CHECKPOINT, checkpoint);
    Map<String, String> configuration = configuration(order, trained, file);
    order
        .like()
        .map(like -> Repetition.outcome(like, snapshot.summary(), checkpoint, settings.threads()))
        .ifPresent(outcome -> configuration.put(Repetition.KEY, outcome));
    Int8Variant int8 =
        ruling.accepted()
            ? Int8Candidate.of(
                    trained.weights(), file, order, version, snapshot, settings.threads())
                .stored(store)
            : null;
    return new EncoderRelease(
        version,
        store.put(file.onnx().bytes()),
        file.onnx().length(),
        settings.shape().inputSize(),
        settings.shape().dimensions(),
        EncoderPixels.PIPELINE_VERSION,
        ruling.accepted() ? Verdict.ACCEPTED : Verdict.REJECTED,
        ruling.reasons(),
        order.preset().name(),
        order.seed(),
        configuration,
        order.warmStart().orElse(null),
        summary(order, trained),
        snapshot.summary(),
        comparison.rows().stream().map(EncoderScores::row).toList(),
        artifacts,
        clock.instant(),
        int8);
  }

  private Comparison.Other comparable(Incumbent incumbent) {
    EncoderRelease release = incumbent.release();
    return new Comparison.Other(
        incumbent.name(),
        OnnxFile.of(store.read(release.onnx())),
        new NetworkShape(release.inputSize(), release.dimensions()));
  }

  private Map<String, String> configuration(
      TrainingOrder order, TrainedNetwork trained, CandidateFile file) {
    Map<String, String> configuration = new TreeMap<>();
    configuration.put(REQUEST, order.request());
    configuration.put("imagesSeen", Long.toString(order.imagesSeen()));
    configuration.put("objective", order.preset().objective().toString());
    configuration.put("adam", order.preset().adam().toString());
    configuration.put("miniBatch", Integer.toString(order.preset().miniBatch()));
    configuration.put("views", order.preset().views().toString());
    configuration.put("pooling", order.preset().pooling().text());
    configuration.put("normMomentum", Double.toString(order.preset().normMomentum()));
    configuration.put("computedBy", trained.computedBy());
    configuration.put("threads", Integer.toString(settings.threads()));
    configuration.put("precision", trained.precision().text());
    configuration.put(
        "whitening",
        file.whitening().isPresent() ? Double.toString(WhitenedExport.REGULARISATION) : "none");
    configuration.put("parityEngine", Double.toString(file.parity().engineDifference()));
    configuration.put("parityTribuo", Double.toString(file.parity().tribuoDifference()));
    return configuration;
  }

  private static TrainingSummary summary(TrainingOrder order, TrainedNetwork trained) {
    long seen = trained.steps() * order.preset().miniBatch();
    double seconds = trained.seconds();
    return new TrainingSummary(
        seen,
        trained.steps(),
        seconds,
        seconds > 0 ? seen / seconds : 0,
        trained.losses().meanOfFirstTenth(LossHistory.Point::total),
        trained.losses().meanOfLastTenth(LossHistory.Point::total));
  }
}
