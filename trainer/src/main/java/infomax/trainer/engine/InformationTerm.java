package infomax.trainer.engine;

/**
 * One term of the objective: z of every picture against the other side, which is z again (global),
 * the locations of the feature map (local), or the picture itself (reconstruction).
 *
 * <p>Order of calls: every worker {@link #project}s; every worker {@link #compare}s, which may read
 * what others projected; {@link #loss}; every worker {@link #backward}s, which may read what others
 * compared. In between the caller waits for all workers.
 */
sealed interface InformationTerm permits AbsentTerm, MlpTerm, ProjectionTerm, ReconstructionTerm {

  /**
   * What the next step is about; borrowed until it is over.
   *
   * @param pixels the pictures
   * @param partners which pictures are each other's negatives, where the estimator draws them
   */
  void read(byte[] pixels, int[] partners);

  /** The part of the critic that looks at one side alone, for a worker's images. */
  void project(int worker);

  /** The scores, and the loss. */
  void compare(int worker);

  /** From the loss, which may depend on all scores, to the gradient of what was projected. */
  default void settle(int worker) {
    // Terms that know their loss's gradient while they compare have nothing left to do.
  }

  /** The unweighted loss of the last comparison. */
  double loss();

  /** Gradients of the critic's parameters and of both sides, weighted. */
  void backward(int worker);

  /** The gradient with respect to z, (image, dimension). */
  NativeFloats leftGradient();

  /** The gradient with respect to the other side, (image and location, dimension). */
  NativeFloats rightGradient();
}
