package infomax.trainer.engine;

import infomax.trainer.kernels.Kernels;
import infomax.trainer.kernels.Matrix;
import infomax.trainer.network.Convolution;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.NormStatistics;
import infomax.trainer.network.Pooling;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;

/**
 * The convolutions with their batch normalisations, from bytes to the feature map C and the pooled
 * features h. Every phase ends when all workers have finished it, because a normalisation needs the
 * whole mini-batch.
 */
final class EncoderGraph {

  private final Workers workers;
  private final Kernels kernels;
  private final int featureMapLayer;
  private final ConvolutionProduct.OfImages images;
  private final List<ConvolutionProduct> products = new ArrayList<>();
  private final List<NormLayer> norms = new ArrayList<>();
  private final List<Variable> outputs = new ArrayList<>();
  private final Optional<AttentionPool> attention;

  EncoderGraph(
      Kernels kernels,
      Workers workers,
      NativeArena arena,
      ParameterBuffers buffers,
      int miniBatch,
      Precision precision) {
    this.workers = workers;
    this.kernels = kernels;
    NetworkShape shape = buffers.layout().shape();
    this.featureMapLayer = shape.blocks() - 1;
    List<Convolution> convolutions = shape.convolutions();
    MapConvolutions maps = new MapConvolutions(kernels, workers, arena, buffers, precision);
    ConvolutionProduct.OfImages first = null;
    for (Convolution convolution : convolutions) {
      int i = convolution.ordinal();
      int side = convolution.side();
      int channels = convolution.outputChannels();
      boolean toOnePixel = i == convolutions.size() - 1 && shape.pooling() == Pooling.MAX;
      int outSide = toOnePixel ? 1 : convolution.pooledSide();
      NativeFloats convolved = arena.floats(miniBatch * side * side, channels);
      Variable out = arena.variable(miniBatch * outSide * outSide, channels);
      if (first == null) {
        first = new ConvolutionProduct.OfImages(workers, arena, buffers, convolved, side);
        products.add(first);
      } else {
        products.add(maps.product(convolution, outputs.getLast(), convolved));
      }
      norms.add(
          new NormLayer(kernels.norm(), workers, buffers, convolution, convolved, out, outSide));
      outputs.add(out);
    }
    this.attention =
        switch (shape.pooling()) {
          case MAX -> Optional.empty();
          case ATTENTION ->
              Optional.of(
                  new AttentionPool(
                      kernels.dense(),
                      workers,
                      buffers,
                      outputs.getLast(),
                      arena.variable(miniBatch, shape.dimensions())));
        };
    this.images = Objects.requireNonNull(first, "a network has convolutions");
  }

  /** C, (image and location, channel). */
  Variable featureMap() {
    return outputs.get(featureMapLayer);
  }

  /** The map before C, (image and location, channel). */
  Variable earlierMap() {
    return outputs.get(featureMapLayer - 1);
  }

  /** h, (image, channel). */
  Variable pooled() {
    return attention.map(AttentionPool::pooled).orElseGet(outputs::getLast);
  }

  /** Forward pass that normalises by the mini-batch and updates the running statistics. */
  void forwardTraining(byte[] pixels, double momentum) {
    forward(
        pixels,
        ConvolutionProduct::prepareForward,
        ConvolutionProduct::forward,
        layer -> layer.useMiniBatch(momentum));
  }

  /** Forward pass in single precision that normalises by the running statistics. */
  void forwardInference(byte[] pixels) {
    forward(
        pixels,
        ConvolutionProduct::prepareInference,
        ConvolutionProduct::infer,
        NormLayer::useRunning);
  }

  private void forward(
      byte[] pixels,
      ObjIntConsumer<ConvolutionProduct> prepare,
      ObjIntConsumer<ConvolutionProduct> convolve,
      Consumer<NormLayer> normalise) {
    images.read(pixels);
    workers.run(worker -> products.forEach(product -> prepare.accept(product, worker)));
    for (int i = 0; i < products.size(); i++) {
      int layer = i;
      workers.run(
          worker -> {
            if (layer > 0) {
              norms.get(layer - 1).activate(worker);
            }
            convolve.accept(products.get(layer), worker);
            norms.get(layer).collect(worker);
          });
      normalise.accept(norms.get(layer));
    }
    workers.run(
        worker -> {
          norms.getLast().activate(worker);
          attention.ifPresent(pool -> pool.forward(worker));
        });
  }

  /**
   * Backward pass from the gradient of h.
   *
   * @param ofFeatureMap what the terms add to the gradient of C
   * @param ofEarlierMap what they add to the gradient of the map before it
   */
  void backward(List<NativeFloats> ofFeatureMap, List<NativeFloats> ofEarlierMap) {
    workers.run(
        worker -> {
          attention.ifPresent(pool -> pool.backward(worker));
          norms.getLast().collectGradient(worker);
          products.forEach(product -> product.prepareBackward(worker));
        });
    for (int i = products.size() - 1; i >= 0; i--) {
      int layer = i;
      norms.get(layer).shareGradient();
      workers.run(
          worker -> {
            norms.get(layer).applyGradient(worker);
            products.get(layer).backward(worker);
            if (layer - 1 == featureMapLayer) {
              ofFeatureMap.forEach(each -> add(each, featureMap(), worker));
            }
            if (layer == featureMapLayer) {
              ofEarlierMap.forEach(each -> add(each, earlierMap(), worker));
            }
            if (layer > 0) {
              norms.get(layer - 1).collectGradient(worker);
            }
          });
    }
  }

  private void add(NativeFloats ofTerm, Variable map, int worker) {
    int locations = ofTerm.rows() / workers.to(workers.count() - 1);
    int from = workers.from(worker) * locations;
    int rows = workers.to(worker) * locations - from;
    Matrix gradient = map.gradient().matrix();
    kernels.dense().add(gradient, from, ofTerm.matrix(), from, rows, gradient, from);
  }

  NormStatistics statistics(NetworkShape shape) {
    float[][] means = new float[norms.size()][];
    float[][] variances = new float[norms.size()][];
    for (int i = 0; i < norms.size(); i++) {
      means[i] = norms.get(i).running().mean();
      variances[i] = norms.get(i).running().variance();
    }
    return NormStatistics.of(shape, means, variances);
  }

  void restore(NormStatistics statistics) {
    for (int i = 0; i < norms.size(); i++) {
      norms.get(i).running().set(statistics.mean(i), statistics.variance(i));
    }
  }
}
