package infomax.trainer.engine;

import infomax.trainer.objective.Estimator;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * InfoNCE over all pairs with a projection head on each side. The comparison of all with all is
 * small (images x images x locations x projection length), and each view's is done by one worker.
 */
final class ProjectionTerm implements InformationTerm {

  private final Workers workers;
  private final ProjectionHead left;
  private final ProjectionHead right;
  private final int firstComparer;
  private final List<Comparison> comparisons = new ArrayList<>();

  /**
   * Wires the term.
   *
   * @param firstComparer ordinal of the worker that compares the first view, the next one the next;
   *     taken modulo their number
   */
  ProjectionTerm(TermWiring wiring, Estimator.InfoNce estimator, int firstComparer) {
    this.workers = wiring.workers();
    this.firstComparer = firstComparer;
    this.left = new ProjectionHead(wiring, "left", wiring.left(), estimator.critics());
    this.right = new ProjectionHead(wiring, "right", wiring.right(), estimator.critics());
    for (int view = 0; view < wiring.views(); view++) {
      comparisons.add(
          new Comparison(wiring, left.unit(), right.unit(), view, estimator.temperature()));
    }
  }

  @Override
  public void read(byte[] pixels, int[] partners) {
    // Every other image of the mini-batch is a negative: nothing to draw.
  }

  @Override
  public void project(int worker) {
    left.forward(worker);
    right.forward(worker);
  }

  @Override
  public void compare(int worker) {
    for (int view = 0; view < comparisons.size(); view++) {
      if ((firstComparer + view) % workers.count() == worker) {
        comparisons.get(view).run();
      }
    }
  }

  @Override
  public double loss() {
    return comparisons.stream().mapToDouble(each -> each.loss).average().orElseThrow();
  }

  @Override
  public void backward(int worker) {
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

  /** The left sides of one view against the right sides of the next. */
  private static final class Comparison {
    private final double weight;
    private final NativeFloats cosines;
    private final float[] scratch;
    private final ContrastiveLoss contrastive;
    private final CustomOp compare;
    private final CustomOp leftGradient;
    private final CustomOp rightGradient;
    private double loss;

    Comparison(TermWiring wiring, Variable left, Variable right, int view, double temperature) {
      int images = wiring.images();
      int columns = images * wiring.locations();
      int rowsFrom = view * images;
      int rowsTo = rowsFrom + images;
      int columnsFrom = (view + 1) % wiring.views() * columns;
      int columnsTo = columnsFrom + columns;
      this.weight = wiring.weight() / wiring.views();
      this.cosines = wiring.arena().floats(images, columns);
      this.scratch = new float[images * columns];
      this.contrastive = new ContrastiveLoss(images, wiring.locations(), temperature);
      this.compare =
          Products.transposedRight(
              left.values().matrix(rowsFrom, rowsTo),
              right.values().matrix(columnsFrom, columnsTo),
              cosines.matrix(0, images));
      this.leftGradient =
          Products.product(
              cosines.matrix(0, images),
              right.values().matrix(columnsFrom, columnsTo),
              left.gradient().matrix(rowsFrom, rowsTo));
      this.rightGradient =
          Products.transposedLeft(
              cosines.matrix(0, images),
              left.values().matrix(rowsFrom, rowsTo),
              right.gradient().matrix(columnsFrom, columnsTo));
    }

    void run() {
      Nd4j.exec(compare);
      MemorySegment.copy(cosines.segment(), ValueLayout.JAVA_FLOAT, 0, scratch, 0, scratch.length);
      loss = contrastive.apply(scratch, weight);
      cosines.copyFrom(scratch);
      Nd4j.exec(leftGradient);
      Nd4j.exec(rightGradient);
    }
  }
}
