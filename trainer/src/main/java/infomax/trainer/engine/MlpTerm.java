package infomax.trainer.engine;

import infomax.trainer.engine.DenseProduct.WeightRows;
import infomax.trainer.kernels.DenseKernels;
import infomax.trainer.kernels.Matrix;
import infomax.trainer.network.Critics;
import infomax.trainer.objective.Estimator;
import java.lang.foreign.ValueLayout;

/**
 * Estimators that score pairs with an MLP, one shuffled negative per positive.
 *
 * <p>The critic's first layer is linear in the concatenation of its two sides, so it is computed
 * per side and once per row; a pair is then a sum of two rows, and a negative just another row
 * number. The pairs of a left row lie together: first its positives, then as many negatives.
 */
final class MlpTerm implements InformationTerm {

  private final TermWiring wiring;
  private final DenseKernels kernels;
  private final Workers workers;
  private final Variable left;
  private final Variable right;
  private final Variable leftPart;
  private final Variable rightPart;
  private final Variable first;
  private final Variable second;
  private final Variable third;
  private final DenseProduct leftProduct;
  private final DenseProduct rightProduct;
  private final DenseProduct secondProduct;
  private final DenseProduct thirdProduct;
  private final PairLoss pairLoss;
  private final PairScores scores;
  private final float[] scoreGradient;
  private Pairing pairing = Pairing.NONE;

  MlpTerm(TermWiring wiring, Estimator.OfPairs estimator, Critics.Mlp critics) {
    int width = critics.width();
    this.wiring = wiring;
    this.pairLoss = PairLoss.of(estimator);
    this.kernels = wiring.kernels();
    this.workers = wiring.workers();
    NativeArena arena = wiring.arena();
    int leftRows = wiring.left().rows();
    int rightRows = wiring.right().rows();
    int leftLength = wiring.left().columns();
    int rightLength = wiring.right().columns();
    int pairs = 2 * rightRows;
    this.left = new Variable(wiring.left(), arena.floats(leftRows, leftLength));
    this.right = new Variable(wiring.right(), arena.floats(rightRows, rightLength));
    this.leftPart = arena.variable(leftRows, width);
    this.rightPart = arena.variable(rightRows, width);
    this.first = arena.variable(pairs, width);
    this.second = arena.variable(pairs, width);
    NativeFloats last = arena.floats(pairs, width);
    this.third = new Variable(last, last);
    this.leftProduct = product(new WeightRows(name("d1.w"), 0, leftLength), left, leftPart);
    this.rightProduct =
        product(
            new WeightRows(name("d1.w"), leftLength, leftLength + rightLength), right, rightPart);
    this.secondProduct = product(new WeightRows(name("d2.w"), 0, width), first, second);
    this.thirdProduct = product(new WeightRows(name("d3.w"), 0, width), second, third);
    this.scores = new PairScores(new float[pairs], wiring.locations());
    this.scoreGradient = new float[pairs];
  }

  @Override
  public void read(byte[] pixels, Pairing newPairing) {
    pairing = newPairing;
  }

  @Override
  public void project(int worker) {
    leftProduct.forward(worker);
    rightProduct.forward(worker);
  }

  @Override
  public void compare(int worker) {
    Matrix bias = row("d1.b");
    for (int row = wiring.firstRow(worker); row < wiring.lastRow(worker); row++) {
      pair(row, pairing.positive(row), bias, positiveRow(row));
      pair(row, pairing.negative(row), bias, negativeRow(row));
    }
    int from = positiveRow(wiring.firstRow(worker));
    int to = positiveRow(wiring.lastRow(worker));
    secondProduct.forward(worker);
    kernels.addBiasRelu(second.values().matrix(), from, to, row("d2.b"));
    thirdProduct.forward(worker);
    kernels.addBiasRelu(third.values().matrix(), from, to, row("d3.b"));
    kernels.dot(third.values().matrix(), from, to, row("d4.w"), scores.values());
    float scoreBias = row("d4.b").values().get(ValueLayout.JAVA_FLOAT, 0);
    for (int i = from; i < to; i++) {
      scores.values()[i] += scoreBias;
    }
  }

  private void pair(int leftRow, int other, Matrix bias, int outRow) {
    int locations = wiring.locations();
    kernels.pairRelu(
        leftPart.values().matrix(),
        leftRow,
        rightPart.values().matrix(),
        other * locations,
        locations,
        bias,
        first.values().matrix(),
        outRow);
  }

  @Override
  public void settle(int worker) {
    PairLoss.Derivative derivative = pairLoss.derivative(scores);
    int from = positiveRow(wiring.firstRow(worker));
    int to = positiveRow(wiring.lastRow(worker));
    for (int i = from; i < to; i++) {
      double slope = derivative.at(scores.values()[i], scores.positive(i));
      scoreGradient[i] = (float) (wiring.weight() * slope);
    }
    backThroughLayers(worker, from, to);
  }

  private void backThroughLayers(int worker, int from, int to) {
    Matrix scoreWeightGradient = rowGradient(worker, "d4.w");
    scoreWeightGradient.values().fill((byte) 0);
    kernels.weightedSum(third.values().matrix(), from, to, scoreGradient, scoreWeightGradient);
    double scoreBiasGradient = 0;
    for (int i = from; i < to; i++) {
      scoreBiasGradient += scoreGradient[i];
    }
    rowGradient(worker, "d4.b").values().set(ValueLayout.JAVA_FLOAT, 0, (float) scoreBiasGradient);
    kernels.dotReluGradient(third.values().matrix(), from, to, scoreGradient, row("d4.w"));
    kernels.columnSums(third.gradient().matrix(), from, to, rowGradient(worker, "d3.b"));
    thirdProduct.backward(worker);
    kernels.reluGradient(second.gradient().matrix(), second.values().matrix(), from, to);
    kernels.columnSums(second.gradient().matrix(), from, to, rowGradient(worker, "d2.b"));
    secondProduct.backward(worker);
    kernels.reluGradient(first.gradient().matrix(), first.values().matrix(), from, to);
    kernels.columnSums(first.gradient().matrix(), from, to, rowGradient(worker, "d1.b"));
  }

  @Override
  public double loss() {
    return pairLoss.loss(scores);
  }

  @Override
  public void backward(int worker) {
    int locations = wiring.locations();
    Matrix pairs = first.gradient().matrix();
    Matrix leftGradient = leftPart.gradient().matrix();
    Matrix rightGradient = rightPart.gradient().matrix();
    for (int row = wiring.firstRow(worker); row < wiring.lastRow(worker); row++) {
      int positiveElsewhere = positiveRow(pairing.positiveOf(row));
      int negativeElsewhere = negativeRow(pairing.negativeOf(row));
      kernels.add(
          pairs,
          positiveElsewhere,
          pairs,
          negativeElsewhere,
          locations,
          rightGradient,
          row * locations);
      kernels.sumRows(pairs, positiveRow(row), positiveRow(row + 1), leftGradient, row);
    }
    leftProduct.backward(worker);
    rightProduct.backward(worker);
  }

  @Override
  public NativeFloats leftGradient() {
    return left.gradient();
  }

  @Override
  public NativeFloats rightGradient() {
    return right.gradient();
  }

  private int positiveRow(int leftRow) {
    return 2 * wiring.locations() * leftRow;
  }

  private int negativeRow(int leftRow) {
    return positiveRow(leftRow) + wiring.locations();
  }

  private DenseProduct product(WeightRows weights, Variable in, Variable out) {
    return new DenseProduct(workers, wiring.buffers(), weights, in, out);
  }

  private Matrix row(String parameter) {
    return wiring.buffers().row(name(parameter));
  }

  private Matrix rowGradient(int worker, String parameter) {
    return wiring.buffers().rowGradient(worker, name(parameter));
  }

  private String name(String parameter) {
    return wiring.name() + "." + parameter;
  }
}
