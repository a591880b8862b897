package infomax.trainer.training;

import infomax.trainer.engine.ComputeTarget;
import infomax.trainer.engine.StepLosses;
import infomax.trainer.engine.StepOutcome;
import infomax.trainer.engine.Training;
import infomax.trainer.engine.TrainingPlan;
import infomax.trainer.network.TrainingCheckpoint;
import infomax.trainer.network.Weights;
import infomax.trainer.release.LossHistory;
import infomax.trainer.release.LossHistory.Point;
import infomax.trainer.snapshot.TrainingSnapshot;
import infomax.trainer.statistics.VectorSet;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the optimiser steps of one training, from the beginning or from the last checkpoint, with a
 * checkpoint after every epoch and when interrupted. Used once, by one thread.
 */
final class TrainingSteps {

  /** Held-out images whose embeddings the exported file is compared on. */
  static final int PARITY_IMAGES = 256;

  private static final Logger LOG = LoggerFactory.getLogger(TrainingSteps.class);
  private static final int POINTS = 300;
  private static final String WAY_OUT =
      "ask again with a lower rate, a clip or another seed, such as --preset default+rate=3e-4";

  private final TrainingOrder order;
  private final TrainingSnapshot snapshot;
  private final RunFolder folder;
  private final Progress progress;
  private final int threads;
  private final ComputeTarget target;
  private final BooleanSupplier cancelled;
  private final MiniBatches batches;

  TrainingSteps(
      TrainingOrder order,
      TrainingSnapshot snapshot,
      RunFolder folder,
      Progress progress,
      int threads,
      ComputeTarget target,
      BooleanSupplier cancelled) {
    this.order = order;
    this.snapshot = snapshot;
    this.folder = folder;
    this.progress = progress;
    this.threads = threads;
    this.target = target;
    this.cancelled = cancelled;
    this.batches = new MiniBatches(TrainingImages.of(snapshot), order.preset(), order.seed());
  }

  /**
   * Trains to the end.
   *
   * @param initial the network to begin with when there is no checkpoint to go on from
   * @return the network after the last step, or that of the last checkpoint if a later step
   *     diverged
   * @throws RefusedTrainingException if the engine cannot train the preset, or if the training
   *     diverges before its first checkpoint
   * @throws CancelledTrainingException if somebody does not want it any more
   * @throws InterruptedException if the thread is interrupted; a checkpoint has been written
   */
  TrainedNetwork run(Weights initial)
      throws IOException,
          InterruptedException,
          RefusedTrainingException,
          CancelledTrainingException {
    TrainingPlan plan =
        new TrainingPlan(order.preset(), order.seed(), order.steps(), threads, target);
    Optional<TrainingCheckpoint> kept = folder.checkpoint().filter(this::fits);
    TrainingCheckpoint checkpoint = kept.orElseGet(() -> beginning(initial));
    LossHistory losses =
        kept.isPresent() ? folder.losses(checkpoint.progress().step()) : LossHistory.EMPTY;
    try {
      while (checkpoint.progress().step() < order.steps()) {
        int side = side(checkpoint.progress().step());
        try (Training training = open(plan, checkpoint.at(side))) {
          losses = advance(training, side, losses);
          checkpoint = whole(training);
        }
      }
    } catch (DivergenceException e) {
      return lastGood(plan, e);
    }
    folder.keep(checkpoint, losses);
    return trained(plan, checkpoint, losses, Optional.empty());
  }

  private TrainedNetwork lastGood(TrainingPlan plan, DivergenceException divergence)
      throws RefusedTrainingException {
    Optional<TrainingCheckpoint> kept = folder.checkpoint().filter(this::fits);
    if (kept.isEmpty()) {
      throw new RefusedTrainingException(
          divergence.getMessage() + ", before the first checkpoint: " + WAY_OUT);
    }
    long step = kept.get().progress().step();
    return trained(
        plan,
        kept.get(),
        folder.losses(step),
        Optional.of(
            "%s; this is the network after step %d: %s"
                .formatted(divergence.getMessage(), step, WAY_OUT)));
  }

  private TrainedNetwork trained(
      TrainingPlan plan,
      TrainingCheckpoint checkpoint,
      LossHistory losses,
      Optional<String> divergence)
      throws RefusedTrainingException {
    try (Training training = open(plan, checkpoint)) {
      return new TrainedNetwork(
          checkpoint,
          losses,
          batches.stepsPerEpoch(),
          parityEmbeddings(training),
          training.computedBy(),
          training.precision(),
          divergence);
    }
  }

  private static Training open(TrainingPlan plan, TrainingCheckpoint checkpoint)
      throws RefusedTrainingException {
    try {
      return Training.resume(plan, checkpoint);
    } catch (IllegalArgumentException e) {
      throw new RefusedTrainingException(String.valueOf(e.getMessage()));
    }
  }

  private TrainingCheckpoint beginning(Weights initial) {
    int size = initial.layout().size();
    return TrainingCheckpoint.of(
        new TrainingCheckpoint.Progress(order.preset().name(), order.seed(), 0),
        initial,
        new float[size],
        new float[size]);
  }

  /** Height and width of a step's pictures. */
  private int side(long step) {
    return order.preset().views().side(snapshot.facts().inputSize(), (double) step / order.steps());
  }

  /** The checkpoint of a training, whatever size it sees just now, for images of the full size. */
  private TrainingCheckpoint whole(Training training) {
    return training.checkpoint().at(snapshot.facts().inputSize());
  }

  private boolean fits(TrainingCheckpoint checkpoint) {
    return checkpoint.progress().preset().equals(order.preset().name())
        && checkpoint.progress().seed() == order.seed()
        && checkpoint.progress().step() <= order.steps()
        && checkpoint.weights().layout().equals(order.preset().layout(checkpoint.weights().shape()))
        && checkpoint.weights().shape().imageBytes() == snapshot.imageBytes();
  }

  /** Makes all steps from here on that see pictures of that side. */
  private LossHistory advance(Training training, int side, LossHistory before)
      throws IOException, InterruptedException, DivergenceException, CancelledTrainingException {
    MiniBatches pictures =
        new MiniBatches(TrainingImages.of(snapshot), side, order.preset(), order.seed());
    int epochs = (int) batches.epoch(order.steps() - 1) + 1;
    LossHistory.Recorder recorder =
        new LossHistory.Recorder(before, (int) (order.steps() / POINTS));
    double secondsBefore = before.points().isEmpty() ? 0 : before.points().getLast().seconds();
    long startNanos = System.nanoTime();
    long lastNanos = startNanos;
    while (training.stepsDone() < order.steps() && side(training.stepsDone()) == side) {
      if (Thread.interrupted()) {
        folder.keep(whole(training), recorder.history());
        throw new InterruptedException("training stopped at step " + training.stepsDone());
      }
      long step = training.stepsDone();
      if (cancelled.getAsBoolean()) {
        throw new CancelledTrainingException("training cancelled at step " + step);
      }
      StepOutcome outcome = training.step(pictures.batch(step));
      long nowNanos = System.nanoTime();
      int epoch = (int) batches.epoch(step) + 1;
      StepLosses losses = outcome.losses();
      switch (outcome) {
        case StepOutcome.Diverged diverged ->
            throw new DivergenceException(
                "the training diverged at step %d (%s)".formatted(step, diverged.reason()));
        case StepOutcome.Advanced advanced -> {
          boolean lastOfEpoch =
              advanced.step() % batches.stepsPerEpoch() == 0 || advanced.step() == order.steps();
          recorder.add(
              new Point(
                  advanced.step(),
                  epoch,
                  1,
                  losses.total(),
                  losses.global(),
                  losses.local(),
                  losses.prior(),
                  advanced.learningRate(),
                  secondsBefore + (nowNanos - startNanos) / 1e9,
                  losses.within(),
                  losses.earlier()),
              lastOfEpoch);
          progress.stepped(
              advanced.step(),
              epoch,
              epochs,
              order.preset().miniBatch(),
              (nowNanos - lastNanos) / 1e9,
              losses);
          if (lastOfEpoch && advanced.step() < order.steps()) {
            folder.keep(whole(training), recorder.history());
            LOG.info(
                "epoch={}/{} step={}/{} loss={} global={} local={}",
                epoch,
                epochs,
                advanced.step(),
                order.steps(),
                losses.total(),
                losses.global(),
                losses.local());
          }
        }
      }
      lastNanos = nowNanos;
    }
    return recorder.history();
  }

  private VectorSet parityEmbeddings(Training training) {
    int images = Math.min(PARITY_IMAGES, snapshot.heldOut());
    byte[] pixels = new byte[images * snapshot.imageBytes()];
    for (int image = 0; image < images; image++) {
      snapshot.copyPixels(image, pixels, image * snapshot.imageBytes());
    }
    List<float[]> embeddings = training.embed(pixels);
    return VectorSet.filled(
        images,
        embeddings.getFirst().length,
        (row, target, offset) -> {
          float[] embedding = embeddings.get(row);
          System.arraycopy(embedding, 0, target, offset, embedding.length);
        });
  }

  /** A step left the numbers; says which one and how. */
  private static final class DivergenceException extends Exception {
    DivergenceException(String message) {
      super(message);
    }
  }
}
