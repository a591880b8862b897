package infomax.trainer.engine;

import infomax.trainer.network.Convolution;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.NormStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Convolutions, batch normalisations and pools: from bytes to the feature map and the pooled
 * features. Owns the running statistics. Not safe for use by several threads.
 */
final class TorchEncoder implements AutoCloseable {

  private static final double HALF = 0.5;
  private static final double WHITE = 255;
  private static final TorchProducts EXACT = new TorchProducts(Precision.FLOAT32);

  private final NetworkShape shape;
  private final TorchProducts products;
  private final TorchArrays arrays;
  private final List<Tensor> means = new ArrayList<>();
  private final List<Tensor> variances = new ArrayList<>();

  /**
   * What the encoder makes of a mini-batch.
   *
   * @param featureMap C, (picture x location, channel)
   * @param earlierMap the map before it, likewise
   * @param pooled h, (picture, channel)
   */
  record Features(Tensor featureMap, Tensor earlierMap, Tensor pooled) {}

  TorchEncoder(
      NetworkShape shape, NormStatistics statistics, TorchProducts products, TorchArrays arrays) {
    this.shape = shape;
    this.products = products;
    this.arrays = arrays;
    try (PointerScope _ = new PointerScope()) {
      for (int layer = 0; layer < statistics.layers(); layer++) {
        float[] mean = statistics.mean(layer);
        float[] variance = statistics.variance(layer);
        means.add(arrays.floats(mean, mean.length).retainReference());
        variances.add(arrays.floats(variance, variance.length).retainReference());
      }
    }
  }

  /** value / 255 - 0.5, (picture, colour, y, x). */
  Tensor images(byte[] pixels) {
    int side = shape.inputSize();
    int colours = NetworkShape.COLOURS;
    int pictures = pixels.length / shape.imageBytes();
    return arrays
        .bytes(pixels, pictures, colours, side, side)
        .to(ScalarType.Float)
        .div_(new Scalar(WHITE))
        .sub_(new Scalar(HALF));
  }

  /** With the mini-batch's own statistics, which the running ones follow by this momentum. */
  Features forwardTraining(Tensor images, Map<String, Tensor> parameters, double momentum) {
    return forward(images, parameters, products, true, momentum);
  }

  /** With the running statistics, in single precision. */
  Features forwardInference(Tensor images, Map<String, Tensor> parameters) {
    return forward(images, parameters, EXACT, false, 1);
  }

  private Features forward(
      Tensor images,
      Map<String, Tensor> parameters,
      TorchProducts convolutions,
      boolean training,
      double momentum) {
    Tensor features = images.contiguous(MemoryFormat.ChannelsLast);
    Tensor featureMap = features;
    Tensor earlierMap = features;
    for (Convolution convolution : shape.convolutions()) {
      int layer = convolution.ordinal();
      Tensor normalised =
          torch.batch_norm(
              convolutions.convolve(features, named(parameters, "conv" + layer + ".w")),
              new TensorOptional(named(parameters, "bn" + layer + ".g")),
              new TensorOptional(named(parameters, "bn" + layer + ".b")),
              new TensorOptional(means.get(layer)),
              new TensorOptional(variances.get(layer)),
              training,
              1 - momentum,
              NetworkShape.NORM_EPSILON,
              true);
      features = torch.leaky_relu_(normalised, new Scalar((double) NetworkShape.LEAKY_SLOPE));
      if (convolution.pooled()) {
        features = torch.max_pool2d(features, 2, 2);
      }
      if (layer == shape.blocks() - 1) {
        featureMap = features;
      }
      if (layer == shape.blocks() - 2) {
        earlierMap = features;
      }
    }
    Tensor pooled =
        switch (shape.pooling()) {
          case MAX -> largest(features);
          case ATTENTION -> attended(features, named(parameters, "pool.w"));
        };
    return new Features(rows(featureMap), rows(earlierMap), pooled);
  }

  private static Tensor largest(Tensor map) {
    long side = map.size(2);
    return torch.max_pool2d(map, side, side).flatten(1, -1);
  }

  private static Tensor attended(Tensor map, Tensor weights) {
    Tensor rows = rows(map);
    Tensor attention = rows.matmul(weights).view(map.size(0), -1, 1).softmax(1);
    return rows.view(map.size(0), -1, map.size(1)).mul(attention).sum(1);
  }

  /** From (picture, channel, y, x) to (picture x location, channel). */
  private static Tensor rows(Tensor map) {
    return map.permute(0, 2, 3, 1).reshape(-1, map.size(1));
  }

  static Tensor named(Map<String, Tensor> parameters, String name) {
    Tensor tensor = parameters.get(name);
    if (tensor == null) {
      throw new IllegalStateException(
          "no parameter %s, expected one of %s".formatted(name, parameters.keySet()));
    }
    return tensor;
  }

  NormStatistics statistics() {
    return NormStatistics.of(
        shape,
        means.stream().map(TorchArrays::toArray).toArray(float[][]::new),
        variances.stream().map(TorchArrays::toArray).toArray(float[][]::new));
  }

  @Override
  public void close() {
    means.forEach(Tensor::close);
    variances.forEach(Tensor::close);
  }
}
