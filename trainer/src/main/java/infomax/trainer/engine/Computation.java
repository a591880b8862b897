package infomax.trainer.engine;

import infomax.trainer.network.Weights;
import java.util.List;
import java.util.Optional;

/**
 * What an engine does for a {@link Training}: it owns parameters, moments and running statistics,
 * and computes with them. To be used by one thread at a time. What every engine has to compute is
 * written down in the tests' plain reference.
 */
sealed interface Computation extends AutoCloseable permits Nd4jComputation, TorchComputation {

  /** Where it runs: {@code cpu} or {@code cuda}. */
  String device();

  /** What its convolutions multiply. */
  Precision precision();

  /**
   * The losses of a mini-batch, whose gradient is kept for {@link #update}; running statistics
   * follow it.
   *
   * @param pixels one mini-batch, as in {@link Training#step(byte[])}
   */
  StepLosses differentiate(byte[] pixels, StepRandomness randomness);

  /**
   * One Adam step along the kept gradient; an average of the weights follows.
   *
   * @param step number of this step, from 1
   * @return the gradient's squared length; not finite if the parameters are lost
   */
  double update(long step, double learningRate);

  /**
   * Embeddings of mini-batches, (picture, dimension) each, as inference of the network to export
   * computes them; weights do not change.
   */
  List<float[]> embed(List<byte[]> miniBatches);

  /** Parameters and running statistics. */
  Weights weights();

  /** The average of the weights over the steps, where the preset asks for one. */
  Optional<Weights> average();

  /** Adam's running means of the gradients. */
  float[] firstMoments();

  /** Adam's running means of the squared gradients. */
  float[] secondMoments();

  /** The kept gradient. */
  float[] gradient();

  /** Frees what it holds. Idempotent. */
  @Override
  void close();
}
