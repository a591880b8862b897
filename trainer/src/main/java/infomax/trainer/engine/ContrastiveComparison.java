package infomax.trainer.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One InfoNCE comparison of every left projection with every right one: the loss, and the gradients
 * of both sides. Bound to its rows; to be run by one worker at a time.
 */
final class ContrastiveComparison {

  private final double weight;
  private final NativeFloats cosines;
  private final float[] scratch;
  private final ContrastiveLoss contrastive;
  private final CustomOp compare;
  private final CustomOp leftGradient;
  private final CustomOp rightGradient;
  private double loss;

  /**
   * Binds the comparison.
   *
   * @param left unit vectors, one per image
   * @param leftFrom row of the first image
   * @param right unit vectors, {@code locations} per image
   * @param rightFrom row of the first image's first location
   * @param weight of this comparison's loss in the total
   */
  ContrastiveComparison(
      NativeArena arena,
      Variable left,
      int leftFrom,
      Variable right,
      int rightFrom,
      ContrastiveLoss contrastive,
      double weight) {
    int images = contrastive.images();
    int columns = images * contrastive.locations();
    int leftTo = leftFrom + images;
    int rightTo = rightFrom + columns;
    this.weight = weight;
    this.cosines = arena.floats(images, columns);
    this.scratch = new float[images * columns];
    this.contrastive = contrastive;
    this.compare =
        Products.transposedRight(
            left.values().matrix(leftFrom, leftTo),
            right.values().matrix(rightFrom, rightTo),
            cosines.matrix(0, images));
    this.leftGradient =
        Products.product(
            cosines.matrix(0, images),
            right.values().matrix(rightFrom, rightTo),
            left.gradient().matrix(leftFrom, leftTo));
    this.rightGradient =
        Products.transposedLeft(
            cosines.matrix(0, images),
            left.values().matrix(leftFrom, leftTo),
            right.gradient().matrix(rightFrom, rightTo));
  }

  void run() {
    Nd4j.exec(compare);
    MemorySegment.copy(cosines.segment(), ValueLayout.JAVA_FLOAT, 0, scratch, 0, scratch.length);
    loss = contrastive.apply(scratch, weight);
    cosines.copyFrom(scratch);
    Nd4j.exec(leftGradient);
    Nd4j.exec(rightGradient);
  }

  /** The unweighted loss of the last run. */
  double loss() {
    return loss;
  }
}
