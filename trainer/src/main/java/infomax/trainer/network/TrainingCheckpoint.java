package infomax.trainer.network;

import java.util.Optional;

/**
 * Everything a training needs to go on as if it had never stopped. Immutable; owns its arrays.
 *
 * <p>The randomness of a step is a function of seed and step number, so the two are the whole state
 * of the random numbers.
 */
public final class TrainingCheckpoint {

  private final Progress progress;
  private final Weights weights;
  private final float[] firstMoments;
  private final float[] secondMoments;
  private final Optional<Weights> average;

  private TrainingCheckpoint(
      Progress progress,
      Weights weights,
      float[] firstMoments,
      float[] secondMoments,
      Optional<Weights> average) {
    this.progress = progress;
    this.weights = weights;
    this.firstMoments = firstMoments;
    this.secondMoments = secondMoments;
    this.average = average;
  }

  /**
   * Copies the optimiser's moments, one value per parameter.
   *
   * @param progress which training, and how far it is
   * @throws IllegalArgumentException if a moment array's length differs from the parameters'
   */
  public static TrainingCheckpoint of(
      Progress progress, Weights weights, float[] firstMoments, float[] secondMoments) {
    int size = weights.layout().size();
    if (firstMoments.length != size || secondMoments.length != size) {
      throw new IllegalArgumentException(
          "%d and %d moments, expected %d each"
              .formatted(firstMoments.length, secondMoments.length, size));
    }
    return new TrainingCheckpoint(
        progress, weights, firstMoments.clone(), secondMoments.clone(), Optional.empty());
  }

  /** The same with the average of the weights over the steps. */
  public TrainingCheckpoint withAverage(Weights newAverage) {
    return new TrainingCheckpoint(
        progress, weights, firstMoments, secondMoments, Optional.of(newAverage));
  }

  /** The same training, going on with images of another size; see {@link Weights#at}. */
  public TrainingCheckpoint at(int inputSize) {
    return new TrainingCheckpoint(
        progress,
        weights.at(inputSize),
        firstMoments,
        secondMoments,
        average.map(each -> each.at(inputSize)));
  }

  /** Which training, and how far it is. */
  public Progress progress() {
    return progress;
  }

  /** The network after the last completed step. */
  public Weights weights() {
    return weights;
  }

  /** The average of the weights over the steps, of a training that keeps one. */
  public Optional<Weights> average() {
    return average;
  }

  /** The network to export: the average where there is one, else that of the last step. */
  public Weights trained() {
    return average.orElse(weights);
  }

  /** A copy of Adam's running means of the gradients, one per parameter. */
  public float[] firstMoments() {
    return firstMoments.clone();
  }

  /** A copy of Adam's running means of the squared gradients, one per parameter. */
  public float[] secondMoments() {
    return secondMoments.clone();
  }

  /**
   * Which training a checkpoint belongs to, and how far it is.
   *
   * @param preset name of the preset it was started with
   * @param seed seed of its noise and permutations
   * @param step completed steps, 0 or more
   */
  public record Progress(String preset, long seed, long step) {
    /** Validates the step. */
    public Progress {
      if (step < 0) {
        throw new IllegalArgumentException("step " + step + ", expected 0 or more");
      }
    }
  }
}
