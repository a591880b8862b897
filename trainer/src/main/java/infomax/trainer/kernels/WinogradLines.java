package infomax.trainer.kernels;

import static infomax.trainer.kernels.Lanes.load;
import static infomax.trainer.kernels.Lanes.repeat;
import static infomax.trainer.kernels.Lanes.store;

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

  private WinogradLines() {}

  /** B^T: six inputs to six components. */
  static void input(float[] from, int at, int fromStep, float[] to, int toAt, int toStep) {
    FloatVector d1 = load(from, at + fromStep);
    FloatVector d2 = load(from, at + 2 * fromStep);
    FloatVector d3 = load(from, at + 3 * fromStep);
    FloatVector d4 = load(from, at + 4 * fromStep);
    store(load(from, at).fma(repeat(PRODUCT), d2.fma(repeat(-SUM), d4)), to, toAt);
    FloatVector even = d2.fma(repeat(-Q2), d4);
    FloatVector odd = d1.fma(repeat(-Q2), d3);
    store(odd.fma(repeat(P), even), to, toAt + toStep);
    store(odd.fma(repeat(-P), even), to, toAt + 2 * toStep);
    even = d2.fma(repeat(-P2), d4);
    odd = d1.fma(repeat(-P2), d3);
    store(odd.fma(repeat(Q), even), to, toAt + 3 * toStep);
    store(odd.fma(repeat(-Q), even), to, toAt + 4 * toStep);
    FloatVector last = load(from, at + 5 * fromStep);
    store(d1.fma(repeat(PRODUCT), d3.fma(repeat(-SUM), last)), to, toAt + 5 * toStep);
  }

  /** B: the gradient of six components to that of six inputs. */
  static void inputGradient(float[] from, int at, int fromStep, float[] to, int toAt, int toStep) {
    FloatVector first = load(from, at);
    FloatVector last = load(from, at + 5 * fromStep);
    FloatVector left = load(from, at + fromStep);
    FloatVector right = load(from, at + 2 * fromStep);
    FloatVector evenP = left.add(right);
    FloatVector oddP = left.sub(right);
    left = load(from, at + 3 * fromStep);
    right = load(from, at + 4 * fromStep);
    FloatVector evenQ = left.add(right);
    FloatVector oddQ = left.sub(right);
    store(first.mul(PRODUCT), to, toAt);
    store(
        oddP.fma(repeat(-P * Q2), oddQ.fma(repeat(-Q * P2), last.mul(PRODUCT))), to, toAt + toStep);
    store(evenP.fma(repeat(-Q2), evenQ.fma(repeat(-P2), first.mul(-SUM))), to, toAt + 2 * toStep);
    store(oddP.fma(repeat(P), oddQ.fma(repeat(Q), last.mul(-SUM))), to, toAt + 3 * toStep);
    store(first.add(evenP).add(evenQ), to, toAt + 4 * toStep);
    store(last, to, toAt + 5 * toStep);
  }

  /** A^T: six components to four outputs. */
  static void output(float[] from, int at, int fromStep, float[] to, int toAt, int toStep) {
    FloatVector left = load(from, at + fromStep);
    FloatVector right = load(from, at + 2 * fromStep);
    FloatVector evenP = left.add(right);
    FloatVector oddP = left.sub(right);
    left = load(from, at + 3 * fromStep);
    right = load(from, at + 4 * fromStep);
    FloatVector evenQ = left.add(right);
    FloatVector oddQ = left.sub(right);
    store(load(from, at).add(evenP).add(evenQ), to, toAt);
    store(oddP.fma(repeat(P), oddQ.mul(Q)), to, toAt + toStep);
    store(evenP.fma(repeat(P2), evenQ.mul(Q2)), to, toAt + 2 * toStep);
    FloatVector last = load(from, at + 5 * fromStep);
    store(oddP.fma(repeat(P * P2), oddQ.fma(repeat(Q * Q2), last)), to, toAt + 3 * toStep);
  }

  /** A: the gradient of four outputs to that of six components. */
  static void outputGradient(float[] from, int at, int fromStep, float[] to, int toAt, int toStep) {
    FloatVector y0 = load(from, at);
    FloatVector y1 = load(from, at + fromStep);
    FloatVector y2 = load(from, at + 2 * fromStep);
    FloatVector y3 = load(from, at + 3 * fromStep);
    store(y0, to, toAt);
    FloatVector even = y2.fma(repeat(P2), y0);
    FloatVector odd = y3.fma(repeat(P2), y1);
    store(odd.fma(repeat(P), even), to, toAt + toStep);
    store(odd.fma(repeat(-P), even), to, toAt + 2 * toStep);
    even = y2.fma(repeat(Q2), y0);
    odd = y3.fma(repeat(Q2), y1);
    store(odd.fma(repeat(Q), even), to, toAt + 3 * toStep);
    store(odd.fma(repeat(-Q), even), to, toAt + 4 * toStep);
    store(y3, to, toAt + 5 * toStep);
  }

  /** G: three taps to six components. */
  static void filter(float[] from, int at, int fromStep, float[] to, int toAt, int toStep) {
    FloatVector g0 = load(from, at);
    FloatVector g1 = load(from, at + fromStep);
    FloatVector g2 = load(from, at + 2 * fromStep);
    store(g0.mul(AT_ZERO), to, toAt);
    FloatVector even = g2.fma(repeat(P2), g0);
    store(g1.fma(repeat(P), even).mul(AT_P), to, toAt + toStep);
    store(g1.fma(repeat(-P), even).mul(AT_P), to, toAt + 2 * toStep);
    even = g2.fma(repeat(Q2), g0);
    store(g1.fma(repeat(Q), even).mul(AT_Q), to, toAt + 3 * toStep);
    store(g1.fma(repeat(-Q), even).mul(AT_Q), to, toAt + 4 * toStep);
    store(g2, to, toAt + 5 * toStep);
  }

  /** G^T: the gradient of six components to that of three taps. */
  static void filterGradient(float[] from, int at, int fromStep, float[] to, int toAt, int toStep) {
    FloatVector left = load(from, at + fromStep);
    FloatVector right = load(from, at + 2 * fromStep);
    FloatVector evenP = left.add(right).mul(AT_P);
    FloatVector oddP = left.sub(right).mul(AT_P);
    left = load(from, at + 3 * fromStep);
    right = load(from, at + 4 * fromStep);
    FloatVector evenQ = left.add(right).mul(AT_Q);
    FloatVector oddQ = left.sub(right).mul(AT_Q);
    store(load(from, at).fma(repeat(AT_ZERO), evenP.add(evenQ)), to, toAt);
    store(oddP.fma(repeat(P), oddQ.mul(Q)), to, toAt + toStep);
    FloatVector last = load(from, at + 5 * fromStep);
    store(evenP.fma(repeat(P2), evenQ.fma(repeat(Q2), last)), to, toAt + 2 * toStep);
  }
}
