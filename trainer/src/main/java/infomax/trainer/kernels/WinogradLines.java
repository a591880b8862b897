package infomax.trainer.kernels;

import static infomax.trainer.kernels.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The one-dimensional transforms of F(4, 3): four outputs of a filter of three taps, by six
 * products in place of twelve (Winograd 1980; Lavin and Gray 2015, arXiv 1509.09308). With d the
 * six inputs, g the taps and y the outputs, y = A^T [(G g) * (B^T d)], and gradients go back
 * through the transposed matrices.
 *
 * <p>The polynomials are interpolated at 0, +-5/8, +-3/2 and infinity. The customary 0, +-1, +-2
 * round twice as badly.
 *
 * <p>Each method reads a line of vectors, {@code fromStep} floats apart, and writes one, {@code
 * toStep} floats apart.
 */
final class WinogradLines {

  /** The points, their squares, and what the squares add up and multiply to. */
  private static final float P = 0.625f;

  private static final float Q = 1.5f;
  private static final float P2 = P * P;
  private static final float Q2 = Q * Q;
  private static final float SUM = P2 + Q2;
  private static final float PRODUCT = P2 * Q2;

  /** What each point's row of G is divided by: its differences from the others, multiplied. */
  private static final float AT_ZERO = (float) (1 / ((double) P2 * Q2));

  private static final float AT_P = (float) (1 / (2.0 * P2 * ((double) P2 - Q2)));
  private static final float AT_Q = (float) (1 / (2.0 * Q2 * ((double) Q2 - P2)));

  // What is the same in every lane is made once: each broadcast is much for the compiler to read.
  private static final FloatVector BY_PRODUCT = FloatVector.broadcast(SPECIES, PRODUCT);
  private static final FloatVector BY_MINUS_SUM = FloatVector.broadcast(SPECIES, -SUM);
  private static final FloatVector BY_MINUS_Q2 = FloatVector.broadcast(SPECIES, -Q2);
  private static final FloatVector BY_P = FloatVector.broadcast(SPECIES, P);
  private static final FloatVector BY_MINUS_P = FloatVector.broadcast(SPECIES, -P);
  private static final FloatVector BY_MINUS_P2 = FloatVector.broadcast(SPECIES, -P2);
  private static final FloatVector BY_Q = FloatVector.broadcast(SPECIES, Q);
  private static final FloatVector BY_MINUS_Q = FloatVector.broadcast(SPECIES, -Q);
  private static final FloatVector BY_MINUS_PQ2 = FloatVector.broadcast(SPECIES, -P * Q2);
  private static final FloatVector BY_MINUS_QP2 = FloatVector.broadcast(SPECIES, -Q * P2);
  private static final FloatVector BY_P2 = FloatVector.broadcast(SPECIES, P2);
  private static final FloatVector BY_P3 = FloatVector.broadcast(SPECIES, P * P2);
  private static final FloatVector BY_Q3 = FloatVector.broadcast(SPECIES, Q * Q2);
  private static final FloatVector BY_Q2 = FloatVector.broadcast(SPECIES, Q2);
  private static final FloatVector BY_AT_ZERO = FloatVector.broadcast(SPECIES, AT_ZERO);

  private WinogradLines() {}

  /** B^T: six inputs to six components. */
  static void input(float[] from, int at, int fromStep, float[] to, int toAt, int toStep) {
    FloatVector d1 = FloatVector.fromArray(SPECIES, from, at + fromStep);
    FloatVector d2 = FloatVector.fromArray(SPECIES, from, at + 2 * fromStep);
    FloatVector d3 = FloatVector.fromArray(SPECIES, from, at + 3 * fromStep);
    FloatVector d4 = FloatVector.fromArray(SPECIES, from, at + 4 * fromStep);
    FloatVector.fromArray(SPECIES, from, at)
        .fma(BY_PRODUCT, d2.fma(BY_MINUS_SUM, d4))
        .intoArray(to, toAt);
    FloatVector even = d2.fma(BY_MINUS_Q2, d4);
    FloatVector odd = d1.fma(BY_MINUS_Q2, d3);
    odd.fma(BY_P, even).intoArray(to, toAt + toStep);
    odd.fma(BY_MINUS_P, even).intoArray(to, toAt + 2 * toStep);
    even = d2.fma(BY_MINUS_P2, d4);
    odd = d1.fma(BY_MINUS_P2, d3);
    odd.fma(BY_Q, even).intoArray(to, toAt + 3 * toStep);
    odd.fma(BY_MINUS_Q, even).intoArray(to, toAt + 4 * toStep);
    FloatVector last = FloatVector.fromArray(SPECIES, from, at + 5 * fromStep);
    d1.fma(BY_PRODUCT, d3.fma(BY_MINUS_SUM, last)).intoArray(to, toAt + 5 * toStep);
  }

  /** B: the gradient of six components to that of six inputs. */
  static void inputGradient(float[] from, int at, int fromStep, float[] to, int toAt, int toStep) {
    FloatVector first = FloatVector.fromArray(SPECIES, from, at);
    FloatVector last = FloatVector.fromArray(SPECIES, from, at + 5 * fromStep);
    FloatVector left = FloatVector.fromArray(SPECIES, from, at + fromStep);
    FloatVector right = FloatVector.fromArray(SPECIES, from, at + 2 * fromStep);
    FloatVector evenP = left.add(right);
    FloatVector oddP = left.sub(right);
    left = FloatVector.fromArray(SPECIES, from, at + 3 * fromStep);
    right = FloatVector.fromArray(SPECIES, from, at + 4 * fromStep);
    FloatVector evenQ = left.add(right);
    FloatVector oddQ = left.sub(right);
    first.mul(PRODUCT).intoArray(to, toAt);
    oddP.fma(BY_MINUS_PQ2, oddQ.fma(BY_MINUS_QP2, last.mul(PRODUCT))).intoArray(to, toAt + toStep);
    evenP
        .fma(BY_MINUS_Q2, evenQ.fma(BY_MINUS_P2, first.mul(-SUM)))
        .intoArray(to, toAt + 2 * toStep);
    oddP.fma(BY_P, oddQ.fma(BY_Q, last.mul(-SUM))).intoArray(to, toAt + 3 * toStep);
    first.add(evenP).add(evenQ).intoArray(to, toAt + 4 * toStep);
    last.intoArray(to, toAt + 5 * toStep);
  }

  /** A^T: six components to four outputs. */
  static void output(float[] from, int at, int fromStep, float[] to, int toAt, int toStep) {
    FloatVector left = FloatVector.fromArray(SPECIES, from, at + fromStep);
    FloatVector right = FloatVector.fromArray(SPECIES, from, at + 2 * fromStep);
    FloatVector evenP = left.add(right);
    FloatVector oddP = left.sub(right);
    left = FloatVector.fromArray(SPECIES, from, at + 3 * fromStep);
    right = FloatVector.fromArray(SPECIES, from, at + 4 * fromStep);
    FloatVector evenQ = left.add(right);
    FloatVector oddQ = left.sub(right);
    FloatVector.fromArray(SPECIES, from, at).add(evenP).add(evenQ).intoArray(to, toAt);
    oddP.fma(BY_P, oddQ.mul(Q)).intoArray(to, toAt + toStep);
    evenP.fma(BY_P2, evenQ.mul(Q2)).intoArray(to, toAt + 2 * toStep);
    FloatVector last = FloatVector.fromArray(SPECIES, from, at + 5 * fromStep);
    oddP.fma(BY_P3, oddQ.fma(BY_Q3, last)).intoArray(to, toAt + 3 * toStep);
  }

  /** A: the gradient of four outputs to that of six components. */
  static void outputGradient(float[] from, int at, int fromStep, float[] to, int toAt, int toStep) {
    FloatVector y0 = FloatVector.fromArray(SPECIES, from, at);
    FloatVector y1 = FloatVector.fromArray(SPECIES, from, at + fromStep);
    FloatVector y2 = FloatVector.fromArray(SPECIES, from, at + 2 * fromStep);
    FloatVector y3 = FloatVector.fromArray(SPECIES, from, at + 3 * fromStep);
    y0.intoArray(to, toAt);
    FloatVector even = y2.fma(BY_P2, y0);
    FloatVector odd = y3.fma(BY_P2, y1);
    odd.fma(BY_P, even).intoArray(to, toAt + toStep);
    odd.fma(BY_MINUS_P, even).intoArray(to, toAt + 2 * toStep);
    even = y2.fma(BY_Q2, y0);
    odd = y3.fma(BY_Q2, y1);
    odd.fma(BY_Q, even).intoArray(to, toAt + 3 * toStep);
    odd.fma(BY_MINUS_Q, even).intoArray(to, toAt + 4 * toStep);
    y3.intoArray(to, toAt + 5 * toStep);
  }

  /** G: three taps to six components. */
  static void filter(float[] from, int at, int fromStep, float[] to, int toAt, int toStep) {
    FloatVector g0 = FloatVector.fromArray(SPECIES, from, at);
    FloatVector g1 = FloatVector.fromArray(SPECIES, from, at + fromStep);
    FloatVector g2 = FloatVector.fromArray(SPECIES, from, at + 2 * fromStep);
    g0.mul(AT_ZERO).intoArray(to, toAt);
    FloatVector even = g2.fma(BY_P2, g0);
    g1.fma(BY_P, even).mul(AT_P).intoArray(to, toAt + toStep);
    g1.fma(BY_MINUS_P, even).mul(AT_P).intoArray(to, toAt + 2 * toStep);
    even = g2.fma(BY_Q2, g0);
    g1.fma(BY_Q, even).mul(AT_Q).intoArray(to, toAt + 3 * toStep);
    g1.fma(BY_MINUS_Q, even).mul(AT_Q).intoArray(to, toAt + 4 * toStep);
    g2.intoArray(to, toAt + 5 * toStep);
  }

  /** G^T: the gradient of six components to that of three taps. */
  static void filterGradient(float[] from, int at, int fromStep, float[] to, int toAt, int toStep) {
    FloatVector left = FloatVector.fromArray(SPECIES, from, at + fromStep);
    FloatVector right = FloatVector.fromArray(SPECIES, from, at + 2 * fromStep);
    FloatVector evenP = left.add(right).mul(AT_P);
    FloatVector oddP = left.sub(right).mul(AT_P);
    left = FloatVector.fromArray(SPECIES, from, at + 3 * fromStep);
    right = FloatVector.fromArray(SPECIES, from, at + 4 * fromStep);
    FloatVector evenQ = left.add(right).mul(AT_Q);
    FloatVector oddQ = left.sub(right).mul(AT_Q);
    FloatVector.fromArray(SPECIES, from, at).fma(BY_AT_ZERO, evenP.add(evenQ)).intoArray(to, toAt);
    oddP.fma(BY_P, oddQ.mul(Q)).intoArray(to, toAt + toStep);
    FloatVector last = FloatVector.fromArray(SPECIES, from, at + 5 * fromStep);
    evenP.fma(BY_P2, evenQ.fma(BY_Q2, last)).intoArray(to, toAt + 2 * toStep);
  }
}
