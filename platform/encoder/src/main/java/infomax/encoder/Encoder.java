package infomax.encoder;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import infomax.events.Digest;
import infomax.imaging.EncoderPixels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * An encoder release, ready to embed images. The graph has one input {@code pixels}, float32
 * (batch, 3, s, s), value / 255 - 0.5, and one output {@code embedding}, float32 (batch, z), with a
 * dynamic batch dimension.
 *
 * <p>Thread-safe: calls run side by side, each on the caller's thread and the session's own ones.
 * Native memory of a call is freed before it returns. {@link #close()} waits for running calls;
 * later ones are refused.
 */
public final class Encoder implements AutoCloseable {

  /** Images per run of the graph; more are split, which bounds native memory. */
  public static final int BATCH_MAX = 256;

  private static final String INPUT = "pixels";
  private static final String OUTPUT = "embedding";
  private static final int CHANNELS = 3;

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final Digest digest;
  private final int inputSize;
  private final int dimensions;
  private final ReadWriteLock open = new ReentrantReadWriteLock();
  private boolean closed;

  private Encoder(
      OrtEnvironment environment,
      OrtSession session,
      Digest digest,
      int inputSize,
      int dimensions) {
    this.environment = environment;
    this.session = session;
    this.digest = digest;
    this.inputSize = inputSize;
    this.dimensions = dimensions;
  }

  /**
   * Opens an encoder from the bytes of its ONNX file: what is checked is what runs.
   *
   * @param onnx the ONNX file, in one piece without external data
   * @param expected SHA-256 it must have
   * @param inputSize s it must take
   * @param dimensions z it must give
   * @param threads threads one call may use, from 1
   * @throws EncoderException if the digest, the shapes or the output on a trial image are not as
   *     expected, or ONNX Runtime refuses the graph
   */
  public static Encoder open(
      byte[] onnx, Digest expected, int inputSize, int dimensions, int threads) {
    Digest found = Digest.of(onnx);
    if (!found.equals(expected)) {
      throw new EncoderException("encoder file has the digest " + found + ", expected " + expected);
    }
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = options(threads)) {
      Encoder encoder =
          new Encoder(
              environment,
              environment.createSession(onnx, options),
              expected,
              inputSize,
              dimensions);
      try {
        encoder.verifyShapes();
        encoder.verifyTrial();
        return encoder;
      } catch (OrtException | RuntimeException e) {
        encoder.close();
        throw e;
      }
    } catch (OrtException e) {
      throw new EncoderException("encoder " + expected + " cannot be opened: " + e.getMessage(), e);
    }
  }

  /** SHA-256 of the ONNX file. */
  public Digest digest() {
    return digest;
  }

  /** Side of the square input in pixels. */
  public int inputSize() {
    return inputSize;
  }

  /** Length of the embeddings. */
  public int dimensions() {
    return dimensions;
  }

  /** Embeds one image. */
  public Embedding embed(EncoderPixels pixels) {
    return embed(List.of(pixels)).getFirst();
  }

  /**
   * Embeds images; the embeddings are in the order of the images. One that is not finite says so
   * itself and does not disturb the others.
   *
   * @throws EncoderException if ONNX Runtime fails or the encoder is closed
   * @throws IllegalArgumentException if an image does not have the input size
   */
  public List<Embedding> embed(List<EncoderPixels> images) {
    open.readLock().lock();
    try {
      if (closed) {
        throw new EncoderException("encoder " + digest + " is closed");
      }
      List<Embedding> embeddings = new ArrayList<>(images.size());
      for (int from = 0; from < images.size(); from += BATCH_MAX) {
        run(images.subList(from, Math.min(images.size(), from + BATCH_MAX)), embeddings);
      }
      return embeddings;
    } catch (OrtException e) {
      throw new EncoderException("encoder " + digest + " failed: " + e.getMessage(), e);
    } finally {
      open.readLock().unlock();
    }
  }

  /** Waits for running calls, then frees the session. */
  @Override
  public void close() {
    open.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        session.close();
      }
    } catch (OrtException e) {
      throw new EncoderException("encoder " + digest + " cannot be closed: " + e.getMessage(), e);
    } finally {
      open.writeLock().unlock();
    }
  }

  private void run(List<EncoderPixels> images, List<Embedding> embeddings) throws OrtException {
    try (OnnxTensor input =
            OnnxTensor.createTensor(
                environment,
                pixels(images),
                new long[] {images.size(), CHANNELS, inputSize, inputSize});
        OrtSession.Result result = session.run(Map.of(INPUT, input))) {
      FloatBuffer output = output(result.get(0), images.size());
      for (int ordinal = 0; ordinal < images.size(); ordinal++) {
        float[] components = new float[dimensions];
        output.get(components);
        embeddings.add(Embedding.owning(components));
      }
    }
  }

  private FloatBuffer pixels(List<EncoderPixels> images) {
    int perImage = CHANNELS * inputSize * inputSize;
    // Direct, so that ONNX Runtime reads it in place; freed with the call by the collector.
    FloatBuffer buffer =
        ByteBuffer.allocateDirect(images.size() * perImage * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (EncoderPixels image : images) {
      if (image.size() != inputSize) {
        throw new IllegalArgumentException(
            "image has "
                + image.size()
                + " x "
                + image.size()
                + " pixels, expected "
                + inputSize
                + " x "
                + inputSize);
      }
      image.putTo(buffer);
    }
    return buffer.flip();
  }

  private FloatBuffer output(OnnxValue value, int images) {
    long[] expected = {images, dimensions};
    if (value instanceof OnnxTensor tensor
        && tensor.getInfo().type == OnnxJavaType.FLOAT
        && Arrays.equals(tensor.getInfo().getShape(), expected)) {
      return tensor.getFloatBuffer();
    }
    throw new EncoderException(
        "encoder gave " + value + ", expected float32 of shape " + Arrays.toString(expected));
  }

  private void verifyShapes() throws OrtException {
    verifyShape(session.getInputInfo(), INPUT, new long[] {-1, CHANNELS, inputSize, inputSize});
    verifyShape(session.getOutputInfo(), OUTPUT, new long[] {-1, dimensions});
  }

  private static void verifyShape(Map<String, NodeInfo> nodes, String name, long[] expected) {
    NodeInfo node = nodes.get(name);
    if (nodes.size() == 1
        && node != null
        && node.getInfo() instanceof TensorInfo tensor
        && tensor.type == OnnxJavaType.FLOAT
        && Arrays.equals(tensor.getShape(), expected)) {
      return;
    }
    throw new EncoderException(
        "encoder has "
            + nodes.values()
            + ", expected exactly one "
            + name
            + ", float32 of shape "
            + Arrays.toString(expected)
            + " where -1 is any");
  }

  /** A mid-grey image must give finite numbers; two of it must give them twice. */
  private void verifyTrial() {
    byte[] grey = new byte[CHANNELS * inputSize * inputSize];
    Arrays.fill(grey, (byte) 128);
    EncoderPixels image = EncoderPixels.ofBytes(inputSize, grey);
    for (Embedding embedding : embed(List.of(image, image))) {
      if (!Double.isFinite(embedding.norm())) {
        throw new EncoderException(
            "encoder gives numbers that are not finite for a grey image: " + embedding);
      }
    }
  }

  private static OrtSession.SessionOptions options(int threads) throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    options.setIntraOpNumThreads(threads);
    options.setInterOpNumThreads(1);
    // Threads that spin between calls would take the cores from everyone else.
    options.addConfigEntry("session.intra_op.allow_spinning", "0");
    return options;
  }
}
