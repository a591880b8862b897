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

  /** The scores, the loss and its gradient with respect to what was projected. */
  void compare(int worker);

  /** The unweighted loss of the last comparison. */
  double loss();

  /** Gradients of the critic's parameters and of both sides, weighted. */
  void backward(int worker);

  /** The gradient with respect to z, (image, dimension). */
  NativeFloats leftGradient();

  /** The gradient with respect to the other side, (image and location, dimension). */
  NativeFloats rightGradient();
}
