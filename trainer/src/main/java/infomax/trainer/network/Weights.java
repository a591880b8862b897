package infomax.trainer.network;

import infomax.trainer.network.ParameterTensor.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * The values of a network: encoder and critic parameters in one flat buffer, and the batch
 * normalisations' running statistics. Immutable; owns its arrays, so accessors copy.
 */
public final class Weights {

  private final ParameterLayout layout;
  private final float[] parameters;
  private final NormStatistics statistics;

  private Weights(ParameterLayout layout, float[] parameters, NormStatistics statistics) {
    this.layout = layout;
    this.parameters = parameters;
    this.statistics = statistics;
  }

  /** An untrained network with the usual two critics. */
  public static Weights initial(NetworkShape shape, Critics critics, long seed) {
    return initial(ParameterLayout.of(shape, critics), seed);
  }

  /**
   * An untrained network: Glorot-uniform weights, zero biases, unit scales. Plain Java, a few tens
   * of milliseconds. The encoder's values depend on the shape and the seed alone, not on the
   * critics.
   */
  public static Weights initial(ParameterLayout layout, long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    float[] parameters = new float[layout.size()];
    for (ParameterTensor tensor : layout.tensors()) {
      if (tensor.kind() == Kind.WEIGHT) {
        float limit = glorotLimit(tensor);
        int end = tensor.end();
        for (int i = tensor.offset(); i < end; i++) {
          parameters[i] = (2 * random.nextFloat() - 1) * limit;
        }
      } else if (tensor.kind() == Kind.SCALE) {
        Arrays.fill(parameters, tensor.offset(), tensor.end(), 1);
      }
    }
    return new Weights(layout, parameters, NormStatistics.initial(layout.shape()));
  }

  /**
   * Copies the values given.
   *
   * @throws IllegalArgumentException if the number of parameters differs from the layout's
   */
  public static Weights of(ParameterLayout layout, float[] parameters, NormStatistics statistics) {
    if (parameters.length != layout.size()) {
      throw new IllegalArgumentException(
          "%d parameters, expected %d for %s".formatted(parameters.length, layout.size(), layout));
    }
    return new Weights(layout, parameters.clone(), statistics);
  }

  /**
   * The same network for images of another size.
   *
   * @throws IllegalArgumentException if the encoder needs another number of blocks for them, or its
   *     critics other parameters
   */
  public Weights at(int inputSize) {
    ParameterLayout other =
        ParameterLayout.of(shape().at(inputSize), layout.critics(), layout.sides());
    if (other.size() != parameters.length) {
      throw new IllegalArgumentException(
          "critics %s cannot change from images of %d px to %d px"
              .formatted(layout.critics(), shape().inputSize(), inputSize));
    }
    return new Weights(other, parameters, statistics);
  }

  /** The encoder's shape. */
  public NetworkShape shape() {
    return layout.shape();
  }

  /** Where each parameter lies in {@link #parameters()}. */
  public ParameterLayout layout() {
    return layout;
  }

  /** A copy of the flat parameter buffer. */
  public float[] parameters() {
    return parameters.clone();
  }

  /**
   * A copy of one tensor's values, row-major in the layout's shape.
   *
   * @throws IllegalArgumentException if the layout has no tensor of that name
   */
  public float[] tensor(String name) {
    ParameterTensor tensor = layout.tensor(name);
    return Arrays.copyOfRange(parameters, tensor.offset(), tensor.end());
  }

  /** The batch normalisations' running mean and variance. */
  public NormStatistics statistics() {
    return statistics;
  }

  /** SHA-256 over all values, as lower-case hexadecimal digits: equal digest, equal network. */
  public String digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(layout.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
      digest.update(bytes(parameters));
      for (int layer = 0; layer < statistics.layers(); layer++) {
        digest.update(bytes(statistics.mean(layer)));
        digest.update(bytes(statistics.variance(layer)));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static byte[] bytes(float[] values) {
    ByteBuffer buffer =
        ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(values);
    return buffer.array();
  }

  private static float glorotLimit(ParameterTensor tensor) {
    int rank = tensor.shape().size();
    int receptiveField = 1;
    for (int extent : tensor.shape().subList(0, rank - 2)) {
      receptiveField *= extent;
    }
    int in = tensor.shape().get(rank - 2);
    int out = tensor.shape().get(rank - 1);
    return (float) Math.sqrt(6.0 / ((double) receptiveField * (in + out)));
  }
}
