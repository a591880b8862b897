package infomax.trainer.engine;

import infomax.trainer.engine.DenseProduct.WeightRows;
import infomax.trainer.kernels.DenseKernels;
import infomax.trainer.kernels.Matrix;
import java.util.Arrays;

/**
 * The mean squared error of the picture that a decoder (dense, ReLU, dense) makes of z: no estimate
 * of information, but what information is compared with.
 */
final class ReconstructionTerm implements InformationTerm {

  private static final float HALF = 0.5f;

  private final TermWiring wiring;
  private final DenseKernels kernels;
  private final Workers workers;
  private final Variable left;
  private final Variable hidden;
  private final Variable picture;
  private final DenseProduct hiddenProduct;
  private final DenseProduct pictureProduct;
  private final NativeFloats rightGradient;
  private final double[] lossParts;
  private byte[] pixels = {};

  /**
   * Wires the term.
   *
   * @param width outputs of the decoder's first layer
   * @param imageBytes length of a picture
   */
  ReconstructionTerm(TermWiring wiring, int width, int imageBytes) {
    this.wiring = wiring;
    this.kernels = wiring.kernels();
    this.workers = wiring.workers();
    NativeArena arena = wiring.arena();
    int pictures = wiring.pictures();
    int dimensions = wiring.left().columns();
    this.left = new Variable(wiring.left(), arena.floats(pictures, dimensions));
    this.hidden = arena.variable(pictures, width);
    this.picture = arena.variable(pictures, imageBytes);
    this.hiddenProduct = product(new WeightRows(name("d1.w"), 0, dimensions), left, hidden);
    this.pictureProduct = product(new WeightRows(name("d2.w"), 0, width), hidden, picture);
    this.rightGradient = arena.floats(wiring.right().rows(), wiring.right().columns());
    this.lossParts = new double[workers.count()];
  }

  @Override
  public void read(byte[] newPixels, Pairing pairing) {
    pixels = newPixels;
  }

  @Override
  public void project(int worker) {
    int from = workers.from(worker);
    int to = workers.to(worker);
    hiddenProduct.forward(worker);
    kernels.addBiasRelu(hidden.values().matrix(), from, to, row("d1.b"));
    pictureProduct.forward(worker);
    kernels.addBias(picture.values().matrix(), from, to, row("d2.b"));
  }

  @Override
  public void compare(int worker) {
    int length = picture.values().columns();
    double factor = 2 * wiring.weight() / values();
    double loss = 0;
    for (int i = workers.from(worker) * length; i < workers.to(worker) * length; i++) {
      float difference = picture.values().get(i) - ((pixels[i] & 0xff) / 255f - HALF);
      loss += difference * (double) difference;
      picture.gradient().set(i, (float) (factor * difference));
    }
    lossParts[worker] = loss;
  }

  @Override
  public double loss() {
    return Arrays.stream(lossParts).sum() / values();
  }

  @Override
  public void backward(int worker) {
    int from = workers.from(worker);
    int to = workers.to(worker);
    kernels.columnSums(picture.gradient().matrix(), from, to, rowGradient(worker, "d2.b"));
    pictureProduct.backward(worker);
    Matrix hiddenGradient = hidden.gradient().matrix();
    kernels.reluGradient(hiddenGradient, hidden.values().matrix(), from, to);
    kernels.columnSums(hiddenGradient, from, to, rowGradient(worker, "d1.b"));
    hiddenProduct.backward(worker);
  }

  @Override
  public NativeFloats leftGradient() {
    return left.gradient();
  }

  /** Stays 0: only z is decoded. */
  @Override
  public NativeFloats rightGradient() {
    return rightGradient;
  }

  private double values() {
    return picture.values().rows() * (double) picture.values().columns();
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
