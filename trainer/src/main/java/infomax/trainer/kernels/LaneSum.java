package infomax.trainer.kernels;

import jdk.incubator.vector.FloatVector;

/**
 * The sum of a vector's lanes in their order. {@code reduceLanes} may add in another order once its
 * method is compiled, and a training would depend on when that happens.
 */
final class LaneSum {

  private LaneSum() {}

  static float of(FloatVector vector) {
    float sum = 0;
    for (float lane : vector.toArray()) {
      sum += lane;
    }
    return sum;
  }
}
