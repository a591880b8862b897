package infomax.trainer.export;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import infomax.trainer.network.Convolution;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.Weights;
import infomax.trainer.statistics.Whitening;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tribuo.util.onnx.ONNXContext;
import org.tribuo.util.onnx.ONNXInitializer;
import org.tribuo.util.onnx.ONNXNode;
import org.tribuo.util.onnx.ONNXOperator;
import org.tribuo.util.onnx.ONNXOperators;
import org.tribuo.util.onnx.ONNXPlaceholder;
import org.tribuo.util.onnx.ONNXRef;

/**
 * Writes one graph (operator set 13) from images to vectors: the operations of the encoder, each
 * with its attributes, and what Tribuo's writer cannot say. Used by one thread, for one file.
 */
final class GraphWriter {

  private static final int IR_VERSION = 8;

  private final NetworkShape shape;
  private final ONNXContext context = new ONNXContext();
  private final ONNXPlaceholder input;
  private final ONNXPlaceholder output;

  /**
   * Tensors of bytes by name; Tribuo has none, so each stands in for an empty one until the end.
   */
  private final Map<String, OnnxMl.TensorProto> byteTensors = new HashMap<>();

  /**
   * A graph with an input and an output, and nothing between them yet.
   *
   * @param outputs length of a vector
   */
  GraphWriter(NetworkShape shape, int outputs) {
    this.shape = shape;
    context.setName("encoder");
    this.input = context.floatInput(OnnxExport.INPUT, shape.imageBytes());
    this.output = context.floatOutput(OnnxExport.OUTPUT, outputs);
  }

  ONNXRef<?> input() {
    return input;
  }

  /** A tensor of real numbers. */
  ONNXInitializer floats(String name, List<Integer> extents, float[] values) {
    return context.floatTensor(name, extents, buffer -> buffer.put(values));
  }

  /** A vector of real numbers. */
  ONNXInitializer floats(String name, float... values) {
    return context.array(name, values);
  }

  /** One real number. */
  ONNXInitializer number(String name, float value) {
    return context.constant(name, value);
  }

  /** A vector of 32-bit numbers. */
  ONNXInitializer ints(String name, int... values) {
    return context.array(name, values);
  }

  /** A tensor of bytes, {@code INT8} or {@code UINT8}. */
  ONNXInitializer bytes(
      String name, OnnxMl.TensorProto.DataType type, List<Integer> extents, byte... values) {
    ONNXInitializer placeholder = context.array(name, new int[0]);
    OnnxMl.TensorProto.Builder tensor =
        OnnxMl.TensorProto.newBuilder()
            .setName(placeholder.getReference())
            .setDataType(type.getNumber())
            .setRawData(ByteString.copyFrom(values));
    extents.forEach(tensor::addDims);
    byteTensors.put(placeholder.getReference(), tensor.build());
    return placeholder;
  }

  ONNXNode operation(ONNXOperator operator, List<? extends ONNXRef<?>> inputs, String name) {
    return context.operation(operator, inputs, name);
  }

  ONNXNode operation(
      ONNXOperator operator,
      List<? extends ONNXRef<?>> inputs,
      String name,
      Map<String, Object> attributes) {
    // In an order that does not change from one JVM to the next, as that of Map.of does.
    return context.operation(operator, inputs, name, new TreeMap<>(attributes));
  }

  /** 3 x 3, stride 1, as large as its input. */
  ONNXNode convolve(ONNXRef<?> images, ONNXRef<?> kernel, ONNXRef<?> bias, String name) {
    return operation(
        EncoderOperators.CONV,
        List.of(images, kernel, bias),
        name,
        Map.of(
            "kernel_shape",
            new int[] {Convolution.KERNEL, Convolution.KERNEL},
            "pads",
            new int[] {1, 1, 1, 1},
            "strides",
            new int[] {1, 1}));
  }

  ONNXNode activate(ONNXRef<?> images, String name) {
    return operation(
        EncoderOperators.LEAKY_RELU,
        List.of(images),
        name,
        Map.of("alpha", NetworkShape.LEAKY_SLOPE));
  }

  /** 2 x 2, stride 2. */
  ONNXNode pool(ONNXRef<?> images, String name) {
    return operation(
        EncoderOperators.MAX_POOL,
        List.of(images),
        name,
        Map.of("kernel_shape", new int[] {2, 2}, "strides", new int[] {2, 2}));
  }

  /** The pool over all locations, then the dense layer, then the output. */
  void embed(ONNXRef<?> map, Weights weights, Optional<Whitening> whitening) {
    ONNXNode flat =
        switch (shape.pooling()) {
          case MAX -> largest(map);
          case ATTENTION -> attended(map, weights.tensor("pool.w"));
        };
    MeanLayer mean = MeanLayer.of(weights, whitening);
    ONNXInitializer matrix =
        floats("mean.weight", List.of(shape.dimensions(), shape.dimensions()), mean.weight());
    ONNXInitializer bias = floats("mean.bias", mean.bias());
    output(operation(ONNXOperators.GEMM, List.of(flat, matrix, bias), "mean", Map.of("transB", 1)));
  }

  /** The largest value of each channel. */
  private ONNXNode largest(ONNXRef<?> map) {
    ONNXNode pooled = operation(EncoderOperators.GLOBAL_MAX_POOL, List.of(map), "pooled");
    return operation(EncoderOperators.FLATTEN, List.of(pooled), "features", Map.of("axis", 1));
  }

  /** Each channel's mean over the locations, weighted by the softmax of their scores. */
  private ONNXNode attended(ONNXRef<?> map, float[] weights) {
    int locations = 2;
    ONNXNode byLocation =
        operation(
            EncoderOperators.RESHAPE,
            List.of(map, context.array("pool.extents", new long[] {0, shape.dimensions(), -1})),
            "locations");
    ONNXInitializer row = floats("pool.weight", List.of(1, weights.length), weights);
    ONNXNode scores = operation(EncoderOperators.MATMUL, List.of(row, byLocation), "pool.scores");
    ONNXNode attention =
        operation(
            ONNXOperators.SOFTMAX, List.of(scores), "pool.attention", Map.of("axis", locations));
    ONNXNode shares = operation(ONNXOperators.MUL, List.of(byLocation, attention), "pool.shares");
    return operation(
        ONNXOperators.REDUCE_SUM,
        List.of(shares, context.array("pool.axes", new long[] {locations})),
        "features",
        Map.of("keepdims", 0));
  }

  /** Makes this the output. */
  void output(ONNXNode vectors) {
    vectors.assignTo(output);
  }

  /**
   * The file.
   *
   * @param description of input and output, for people
   * @param properties free text by key, kept in the file's metadata
   */
  OnnxFile file(String description, SortedMap<String, String> properties) {
    OnnxMl.ModelProto.Builder model =
        OnnxMl.ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName("infomax")
            .setDomain("infomax")
            .setModelVersion(1)
            .setDocString(description)
            .setGraph(graph())
            .addOpsetImport(ONNXOperators.getOpsetProto());
    properties.forEach(
        (key, value) ->
            model.addMetadataProps(
                OnnxMl.StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    return OnnxFile.of(model.build().toByteArray());
  }

  private OnnxMl.GraphProto graph() {
    OnnxMl.GraphProto.Builder graph = context.buildGraph().toBuilder();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      OnnxMl.TensorProto bytes = byteTensors.get(graph.getInitializer(i).getName());
      if (bytes != null) {
        graph.setInitializer(i, bytes);
      }
    }
    graph.getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder().setShape(imageShape());
    return graph.build();
  }

  /** Tribuo declares inputs as (batch, n); ours is an image. */
  private OnnxMl.TensorShapeProto imageShape() {
    OnnxMl.TensorShapeProto.Builder dimensions = OnnxMl.TensorShapeProto.newBuilder();
    dimensions.addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimParam("batch"));
    for (int extent : List.of(NetworkShape.COLOURS, shape.inputSize(), shape.inputSize())) {
      dimensions.addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(extent));
    }
    return dimensions.build();
  }
}
