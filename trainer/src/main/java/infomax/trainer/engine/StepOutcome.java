package infomax.trainer.engine;

/** What became of one training step. */
public sealed interface StepOutcome {

  /** The losses of the step's mini-batch. */
  StepLosses losses();

  /**
   * The weights have been updated.
   *
   * @param step steps completed, this one included
   * @param losses before the update
   * @param learningRate the rate it used
   */
  record Advanced(long step, StepLosses losses, double learningRate) implements StepOutcome {}

  /**
   * The training has diverged and cannot go on: resume from an earlier checkpoint, or start anew
   * with another seed or a lower learning rate.
   *
   * @param step steps completed before this one
   * @param losses as computed, possibly not finite
   * @param reason what was seen, as a message
   */
  record Diverged(long step, StepLosses losses, String reason) implements StepOutcome {}
}
