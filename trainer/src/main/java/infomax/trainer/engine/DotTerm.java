package infomax.trainer.engine;

import infomax.trainer.kernels.DenseKernels;
import infomax.trainer.kernels.Matrix;
import infomax.trainer.network.Critics;
import infomax.trainer.objective.Estimator;

/**
 * Estimators that score pairs by the mean product of two projections' values, one shuffled negative
 * per positive. A side is projected once per row; a pair is two row numbers.
 *
 * <p>Every right row is in one positive pair and in one negative one, so the pairs are numbered by
 * their right rows: all positives, then all negatives.
 */
final class DotTerm implements InformationTerm {

  private final TermWiring wiring;
  private final DenseKernels kernels;
  private final ProjectionHead left;
  private final ProjectionHead right;
  private final PairLoss pairLoss;
  private final PairScores scores;

  /** Dot products; from {@link #settle} on their gradients. */
  private final float[] positives;

  private final float[] negatives;
  private final double scale;
  private Pairing pairing = Pairing.NONE;

  DotTerm(TermWiring wiring, Estimator.OfPairs estimator, Critics.Projection critics) {
    this.wiring = wiring;
    this.kernels = wiring.kernels();
    this.pairLoss = PairLoss.of(estimator);
    this.left = ProjectionHead.ofAnyLength(wiring, "left", wiring.left(), critics);
    this.right = ProjectionHead.ofAnyLength(wiring, "right", wiring.right(), critics);
    int rightRows = wiring.right().rows();
    this.positives = new float[rightRows];
    this.negatives = new float[rightRows];
    this.scores = new PairScores(new float[2 * rightRows], rightRows);
    this.scale = 1.0 / critics.output();
  }

  @Override
  public void read(byte[] pixels, Pairing newPairing) {
    pairing = newPairing;
  }

  @Override
  public void project(int worker) {
    left.forward(worker);
    right.forward(worker);
  }

  @Override
  public void compare(int worker) {
    for (int row = wiring.firstRow(worker); row < wiring.lastRow(worker); row++) {
      score(row, pairing.positive(row), positives, 0);
      score(row, pairing.negative(row), negatives, negatives.length);
    }
  }

  private void score(int leftRow, int other, float[] products, int firstScore) {
    int from = other * wiring.locations();
    int to = from + wiring.locations();
    Matrix one = left.projections().values().row(leftRow);
    kernels.dot(right.projections().values().matrix(), from, to, one, products);
    for (int i = from; i < to; i++) {
      scores.values()[firstScore + i] = (float) (scale * products[i]);
    }
  }

  @Override
  public double loss() {
    return pairLoss.loss(scores);
  }

  @Override
  public void settle(int worker) {
    PairLoss.Derivative derivative = pairLoss.derivative(scores);
    for (int row = wiring.firstRow(worker); row < wiring.lastRow(worker); row++) {
      Matrix gradient = left.projections().gradient().row(row);
      gradient.values().fill((byte) 0);
      settle(derivative, pairing.positive(row), positives, 0, gradient);
      settle(derivative, pairing.negative(row), negatives, negatives.length, gradient);
    }
  }

  private void settle(
      PairLoss.Derivative derivative,
      int other,
      float[] products,
      int firstScore,
      Matrix leftGradient) {
    int from = other * wiring.locations();
    int to = from + wiring.locations();
    for (int i = from; i < to; i++) {
      int score = firstScore + i;
      double slope = derivative.at(scores.values()[score], scores.positive(score));
      products[i] = (float) (wiring.weight() * scale * slope);
    }
    kernels.weightedSum(right.projections().values().matrix(), from, to, products, leftGradient);
  }

  @Override
  public void backward(int worker) {
    Matrix lefts = left.projections().values().matrix();
    for (int row = wiring.firstRow(worker); row < wiring.lastRow(worker); row++) {
      kernels.combine(
          lefts,
          pairing.positiveOf(row),
          positives,
          lefts,
          pairing.negativeOf(row),
          negatives,
          row * wiring.locations(),
          (row + 1) * wiring.locations(),
          right.projections().gradient().matrix());
    }
    left.backward(worker);
    right.backward(worker);
  }

  @Override
  public NativeFloats leftGradient() {
    return left.inputGradient();
  }

  @Override
  public NativeFloats rightGradient() {
    return right.inputGradient();
  }
}
