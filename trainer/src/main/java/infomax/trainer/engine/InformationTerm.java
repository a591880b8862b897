package infomax.trainer.engine;

/**
 * One term of the objective: a left side, which is z of every picture, against a right side, which
 * is z again or the whole feature map (global), the locations of the feature map (local), those of
 * the map before it (earlier), or the picture itself (reconstruction); or locations of the feature
 * map on both sides (within).
 *
 * <p>Order of calls: every worker {@link #project}s; every worker {@link #compare}s, which may read
 * what others projected; {@link #loss}; every worker {@link #backward}s, which may read what others
 * compared. In between the caller waits for all workers.
 */
sealed interface InformationTerm
    permits AbsentTerm,
        DotTerm,
        LocationProjectionTerm,
        MlpTerm,
        ProjectionTerm,
        ReconstructionTerm {

  /**
   * What the next step is about; borrowed until it is over.
   *
   * @param pixels the pictures
   * @param pairing what is paired, where the estimator or the term draws it
   */
  void read(byte[] pixels, Pairing pairing);

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

  /** The gradient with respect to the left side, (row, dimension). */
  NativeFloats leftGradient();

  /** The gradient with respect to the right side, (row, dimension). */
  NativeFloats rightGradient();
}
