package infomax.encoder;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import infomax.imaging.EncoderPixels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A graph in ONNX Runtime. Native memory of a run is freed before it returns. */
final class OrtGraph implements Graph {

  static final String PROCESSOR = "cpu";

  private static final String CUDA = "cuda";
  private static final String INPUT = "pixels";
  private static final String OUTPUT = "embedding";
  private static final int CHANNELS = 3;

  private final String device;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final int inputSize;
  private final int dimensions;

  private OrtGraph(
      String device,
      OrtEnvironment environment,
      OrtSession session,
      int inputSize,
      int dimensions) {
    this.device = device;
    this.environment = environment;
    this.session = session;
    this.inputSize = inputSize;
    this.dimensions = dimensions;
  }

  /**
   * Opens a graph on the processor.
   *
   * @throws EncoderException if its shapes are not as expected
   */
  static OrtGraph onProcessor(byte[] onnx, int inputSize, int dimensions, int threads)
      throws OrtException {
    return open(PROCESSOR, onnx, inputSize, dimensions, threads);
  }

  /**
   * Opens a graph on the first CUDA device.
   *
   * @throws OrtException if this ONNX Runtime is not made for CUDA, or there is no fit device
   * @throws EncoderException if its shapes are not as expected
   */
  static OrtGraph onCuda(byte[] onnx, int inputSize, int dimensions, int threads)
      throws OrtException {
    return open(CUDA, onnx, inputSize, dimensions, threads);
  }

  private static OrtGraph open(
      String device, byte[] onnx, int inputSize, int dimensions, int threads) throws OrtException {
    OrtEnvironment environment = LastingEnvironment.get();
    try (OrtSession.SessionOptions options = options(threads)) {
      if (device.equals(CUDA)) {
        options.addCUDA(0);
      }
      OrtGraph graph =
          new OrtGraph(
              device, environment, environment.createSession(onnx, options), inputSize, dimensions);
      try {
        graph.verifyShapes();
        return graph;
      } catch (OrtException | RuntimeException e) {
        graph.close();
        throw e;
      }
    }
  }

  @Override
  public String device() {
    return device;
  }

  @Override
  public List<Embedding> run(List<EncoderPixels> images) throws OrtException {
    List<Embedding> embeddings = new ArrayList<>(images.size());
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
    return embeddings;
  }

  @Override
  public void close() throws OrtException {
    session.close();
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
