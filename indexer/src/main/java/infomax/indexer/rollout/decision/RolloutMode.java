package infomax.indexer.rollout.decision;

/** Who lets a verified candidate go live. */
public enum RolloutMode {
  /** The controller, as soon as every replica can serve it. */
  AUTOMATIC,

  /**
   * An operator: a candidate of another encoder than the live one waits until it is promoted or
   * rejected. What is built with the live encoder goes live by itself, and so does the very first
   * generation.
   */
  APPROVAL
}
