package infomax.trainer.engine;

import infomax.trainer.objective.Estimator;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * InfoNCE over all pairs with a projection head on each side. The comparison of all with all is
 * small (images x images x locations x projection length) and done by one worker.
 */
final class ProjectionTerm implements InformationTerm {

  private final TermWiring wiring;
  private final ProjectionHead left;
  private final ProjectionHead right;
  private final int comparer;
  private final NativeFloats cosines;
  private final float[] scratch;
  private final ContrastiveLoss contrastive;
  private final CustomOp compare;
  private final CustomOp leftGradient;
  private final CustomOp rightGradient;
  private double loss;

  /**
   * Wires the term.
   *
   * @param comparer ordinal of the worker that compares; taken modulo their number
   */
  ProjectionTerm(TermWiring wiring, Estimator.InfoNce estimator, int comparer) {
    this.wiring = wiring;
    this.comparer = comparer % wiring.workers().count();
    this.left = new ProjectionHead(wiring, "left", wiring.left(), estimator.critics());
    this.right = new ProjectionHead(wiring, "right", wiring.right(), estimator.critics());
    int images = wiring.images();
    int columns = wiring.right().rows();
    this.cosines = wiring.arena().floats(images, columns);
    this.scratch = new float[images * columns];
    this.contrastive = new ContrastiveLoss(images, wiring.locations(), estimator.temperature());
    NativeFloats leftUnit = left.unit().values();
    NativeFloats rightUnit = right.unit().values();
    this.compare =
        Products.transposedRight(
            leftUnit.matrix(0, images), rightUnit.matrix(0, columns), cosines.matrix(0, images));
    this.leftGradient =
        Products.product(
            cosines.matrix(0, images),
            rightUnit.matrix(0, columns),
            left.unit().gradient().matrix(0, images));
    this.rightGradient =
        Products.transposedLeft(
            cosines.matrix(0, images),
            leftUnit.matrix(0, images),
            right.unit().gradient().matrix(0, columns));
  }

  @Override
  public void read(int[] partners) {
    // Every other image of the mini-batch is a negative: nothing to draw.
  }

  @Override
  public void project(int worker) {
    left.forward(worker);
    right.forward(worker);
  }

  @Override
  public void compare(int worker) {
    if (worker != comparer) {
      return;
    }
    Nd4j.exec(compare);
    MemorySegment.copy(cosines.segment(), ValueLayout.JAVA_FLOAT, 0, scratch, 0, scratch.length);
    loss = contrastive.apply(scratch, wiring.weight());
    cosines.copyFrom(scratch);
    Nd4j.exec(leftGradient);
    Nd4j.exec(rightGradient);
  }

  @Override
  public double loss() {
    return loss;
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
}
