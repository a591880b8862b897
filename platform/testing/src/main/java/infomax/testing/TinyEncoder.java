package infomax.testing;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;
import java.util.Random;

/**
 * Real ONNX encoders that are small enough for tests: one dense layer with random weights, so that
 * similar images get similar embeddings. Input {@code pixels} (batch, 3, s, s), output {@code
 * embedding} (batch, z), as every encoder release has.
 */
public final class TinyEncoder {

  private static final int CHANNELS = 3;
  private static final long IR_VERSION = 8;
  private static final long OPSET = 17;
  private static final String BATCH = "batch";

  private TinyEncoder() {}

  /**
   * The bytes of an ONNX file.
   *
   * @param inputSize s
   * @param dimensions z
   * @param seed the same seed gives the same bytes
   */
  public static byte[] onnx(int inputSize, int dimensions, long seed) {
    int inputs = CHANNELS * inputSize * inputSize;
    Random random = new Random(seed);
    double scale = 1 / Math.sqrt(inputs);
    return onnx(
        inputSize, dimensions, () -> (float) (scale * random.nextGaussian()), Fragility.NONE);
  }

  /**
   * As {@link #onnx(int, int, long)}, but ONNX Runtime fails on every batch with an image that is
   * white all over.
   */
  public static byte[] failingOnWhite(int inputSize, int dimensions, long seed) {
    Random random = new Random(seed);
    double scale = 1 / Math.sqrt(CHANNELS * inputSize * inputSize);
    return onnx(
        inputSize, dimensions, () -> (float) (scale * random.nextGaussian()), Fragility.WHITE);
  }

  /** As {@link #onnx(int, int, long)}, but every embedding is made of numbers that are not. */
  public static byte[] broken(int inputSize, int dimensions) {
    return onnx(inputSize, dimensions, () -> Float.NaN, Fragility.NONE);
  }

  private static byte[] onnx(int inputSize, int dimensions, Weights weights, Fragility fragility) {
    int inputs = CHANNELS * inputSize * inputSize;
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("tiny-encoder")
            .addInput(value("pixels", CHANNELS, inputSize, inputSize))
            .addOutput(value("embedding", dimensions))
            .addInitializer(tensor("weights", weights, inputs, dimensions))
            .addInitializer(tensor("bias", weights, dimensions))
            .addNode(
                NodeProto.newBuilder()
                    .setOpType("Flatten")
                    .addInput("pixels")
                    .addOutput("flat")
                    .addAttribute(
                        AttributeProto.newBuilder()
                            .setName("axis")
                            .setType(AttributeProto.AttributeType.INT)
                            .setI(1)))
            .addNode(
                NodeProto.newBuilder()
                    .setOpType("Gemm")
                    .addInput("flat")
                    .addInput("weights")
                    .addInput("bias")
                    .addOutput(fragility == Fragility.NONE ? "embedding" : "sound"));
    if (fragility == Fragility.WHITE) {
      addFailureOnWhite(graph, dimensions);
    }
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  /**
   * Adds row floor(2 x mean) of a table of one row, all 0. A mean is -0.5 to 0.5, and below 0.5
   * that is row -1, the last, or row 0; for white it is row 1.
   */
  private static void addFailureOnWhite(GraphProto.Builder graph, int dimensions) {
    graph
        .addInitializer(tensor("table", () -> 0, 1, dimensions))
        .addInitializer(tensor("two", () -> 2))
        .addNode(
            NodeProto.newBuilder()
                .setOpType("ReduceMean")
                .addInput("flat")
                .addOutput("mean")
                .addAttribute(
                    AttributeProto.newBuilder()
                        .setName("axes")
                        .setType(AttributeProto.AttributeType.INTS)
                        .addInts(1))
                .addAttribute(integer("keepdims", 0)))
        .addNode(node("Mul", "doubled", "mean", "two"))
        .addNode(node("Floor", "floor", "doubled"))
        .addNode(
            node("Cast", "row", "floor")
                .addAttribute(integer("to", TensorProto.DataType.INT64.getNumber())))
        .addNode(node("Gather", "zero", "table", "row"))
        .addNode(node("Add", "embedding", "sound", "zero"));
  }

  private static NodeProto.Builder node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  private static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private static ValueInfoProto value(String name, int... dimensions) {
    TensorShapeProto.Builder shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(BATCH));
    for (int dimension : dimensions) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(dimension));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT.getNumber())
                        .setShape(shape)))
        .build();
  }

  private static TensorProto tensor(String name, Weights weights, int... dimensions) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT.getNumber());
    int count = 1;
    for (int dimension : dimensions) {
      tensor.addDims(dimension);
      count *= dimension;
    }
    for (int ordinal = 0; ordinal < count; ordinal++) {
      tensor.addFloatData(weights.next());
    }
    return tensor.build();
  }

  private enum Fragility {
    NONE,
    WHITE
  }

  @FunctionalInterface
  private interface Weights {
    float next();
  }
}
