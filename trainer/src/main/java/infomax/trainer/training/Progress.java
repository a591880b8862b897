package infomax.trainer.training;

import infomax.events.signal.Signal.TrainingProgressed;
import infomax.trainer.engine.StepLosses;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far the training at hand is: written by the thread that trains, read by whoever tells others.
 * Thread-safe.
 */
public final class Progress {

  /** Share of an old value in the running means of speed and losses. */
  private static final double MEMORY = 0.9;

  private @Nullable State state;

  /** A stage of a training, by the name signals give it. */
  public enum Phase {
    /** The log is read. */
    SNAPSHOT("snapshot"),
    /** Optimiser steps are made. */
    TRAINING("training"),
    /** Encoders are compared. */
    EVALUATION("evaluation"),
    /** Objects and decision are written. */
    PUBLISHING("publishing");

    private final String signalName;

    Phase(String signalName) {
      this.signalName = signalName;
    }
  }

  private record State(
      String request,
      Phase phase,
      int epoch,
      int epochs,
      long step,
      long steps,
      double imagesPerSecond,
      Map<String, Double> losses,
      double secondsLeft) {}

  /** A training begins. */
  public synchronized void begin(TrainingOrder order) {
    state = new State(order.request(), Phase.SNAPSHOT, 0, 0, 0, order.steps(), 0, Map.of(), 0);
  }

  /** The training enters a stage. */
  public synchronized void enter(Phase phase) {
    State now = state;
    if (now != null) {
      double left = phase == Phase.TRAINING ? now.secondsLeft() : 0;
      state =
          new State(
              now.request(),
              phase,
              now.epoch(),
              now.epochs(),
              now.step(),
              now.steps(),
              now.imagesPerSecond(),
              now.losses(),
              left);
    }
  }

  /** Whether a training is at hand and in that stage. */
  public synchronized boolean isIn(Phase phase) {
    State now = state;
    return now != null && now.phase() == phase;
  }

  /** No training is at hand any more. */
  public synchronized void end() {
    state = null;
  }

  /**
   * A step was made.
   *
   * @param step steps done
   * @param epoch its epoch, from 1
   * @param epochs epochs in all
   * @param images images of the step
   * @param seconds time it took
   */
  synchronized void stepped(
      long step, int epoch, int epochs, int images, double seconds, StepLosses losses) {
    State now = state;
    if (now == null) {
      return;
    }
    double speed = blend(now.imagesPerSecond(), images / Math.max(seconds, 1e-6));
    state =
        new State(
            now.request(),
            now.phase(),
            epoch,
            epochs,
            step,
            now.steps(),
            speed,
            blend(now.losses(), losses),
            (now.steps() - step) * images / speed);
  }

  /** The signal that tells it; empty when nothing is trained. */
  public synchronized Optional<TrainingProgressed> signal(Instant at) {
    State now = state;
    return now == null
        ? Optional.empty()
        : Optional.of(
            new TrainingProgressed(
                at,
                now.request(),
                now.phase().signalName,
                now.epoch(),
                now.epochs(),
                now.step(),
                now.steps(),
                now.imagesPerSecond(),
                now.losses(),
                now.secondsLeft()));
  }

  private static Map<String, Double> blend(Map<String, Double> before, StepLosses losses) {
    Map<String, Double> blended = new TreeMap<>();
    losses.byName().forEach((name, now) -> blended.put(name, blend(before.get(name), now)));
    return Map.copyOf(blended);
  }

  private static double blend(@Nullable Double before, double now) {
    return before == null || before == 0 ? now : MEMORY * before + (1 - MEMORY) * now;
  }
}
