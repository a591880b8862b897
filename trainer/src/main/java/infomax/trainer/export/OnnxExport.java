package infomax.trainer.export;

import ai.onnx.proto.OnnxMl;
import infomax.trainer.network.Convolution;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.Weights;
import infomax.trainer.statistics.Whitening;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.tribuo.util.onnx.ONNXContext;
import org.tribuo.util.onnx.ONNXInitializer;
import org.tribuo.util.onnx.ONNXNode;
import org.tribuo.util.onnx.ONNXOperators;
import org.tribuo.util.onnx.ONNXPlaceholder;
import org.tribuo.util.onnx.ONNXRef;

/**
 * Writes an encoder as an ONNX file (operator set 13): input {@code pixels} float32 (batch, 3, s,
 * s), value / 255 - 0.5; output {@code embedding} float32 (batch, z), the mean of p(z|x). Batch
 * normalisations are folded into the convolutions, a whitening into the last dense layer. Equal
 * arguments give equal bytes.
 */
public final class OnnxExport {

  /** Name of the graph's input. */
  public static final String INPUT = "pixels";

  /** Name of the graph's output. */
  public static final String OUTPUT = "embedding";

  private static final int IR_VERSION = 8;

  private OnnxExport() {}

  /**
   * The ONNX file of an encoder.
   *
   * @param weights its network; critics are left out
   * @param whitening applied to z, or empty to leave z as it is
   * @param properties free text by key, kept in the file's metadata
   */
  public static OnnxFile write(
      Weights weights, Optional<Whitening> whitening, SortedMap<String, String> properties) {
    OnnxMl.ModelProto.Builder model =
        OnnxMl.ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName("infomax")
            .setDomain("infomax")
            .setModelVersion(1)
            .setDocString("embedding = mean of p(z|x); pixels = value / 255 - 0.5")
            .setGraph(graph(weights, whitening))
            .addOpsetImport(ONNXOperators.getOpsetProto());
    properties.forEach(
        (key, value) ->
            model.addMetadataProps(
                OnnxMl.StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    return OnnxFile.of(model.build().toByteArray());
  }

  private static OnnxMl.GraphProto graph(Weights weights, Optional<Whitening> whitening) {
    NetworkShape shape = weights.shape();
    ONNXContext context = new ONNXContext();
    context.setName("encoder");
    ONNXPlaceholder input = context.floatInput(INPUT, shape.imageBytes());
    ONNXPlaceholder output = context.floatOutput(OUTPUT, shape.dimensions());
    ONNXRef<?> reached = input;
    for (Convolution convolution : shape.convolutions()) {
      reached = convolve(context, reached, FoldedConvolution.of(weights, convolution));
    }
    ONNXNode pooled = reached.apply(EncoderOperators.GLOBAL_MAX_POOL, "pooled");
    ONNXNode flat =
        context.operation(EncoderOperators.FLATTEN, List.of(pooled), "features", Map.of("axis", 1));
    MeanLayer mean = MeanLayer.of(weights, whitening);
    ONNXInitializer matrix =
        context.floatTensor(
            "mean.weight",
            List.of(shape.dimensions(), shape.dimensions()),
            buffer -> buffer.put(mean.weight()));
    ONNXInitializer bias = context.array("mean.bias", mean.bias());
    context
        .operation(ONNXOperators.GEMM, List.of(flat, matrix, bias), "mean", Map.of("transB", 1))
        .assignTo(output);
    return withImageInput(context.buildGraph(), shape);
  }

  private static ONNXRef<?> convolve(
      ONNXContext context, ONNXRef<?> input, FoldedConvolution folded) {
    Convolution convolution = folded.convolution();
    String name = "conv" + convolution.ordinal();
    ONNXInitializer kernel =
        context.floatTensor(
            name + ".weight",
            List.of(
                convolution.outputChannels(),
                convolution.inputChannels(),
                Convolution.KERNEL,
                Convolution.KERNEL),
            buffer -> buffer.put(folded.kernel()));
    ONNXInitializer bias = context.array(name + ".bias", folded.bias());
    ONNXNode convolved =
        context.operation(
            EncoderOperators.CONV,
            List.of(input, kernel, bias),
            name,
            Map.of(
                "kernel_shape",
                new int[] {Convolution.KERNEL, Convolution.KERNEL},
                "pads",
                new int[] {1, 1, 1, 1},
                "strides",
                new int[] {1, 1}));
    ONNXNode activated =
        context.operation(
            EncoderOperators.LEAKY_RELU,
            List.of(convolved),
            name + ".activation",
            Map.of("alpha", NetworkShape.LEAKY_SLOPE));
    return convolution.pooled()
        ? context.operation(
            EncoderOperators.MAX_POOL,
            List.of(activated),
            name + ".pool",
            Map.of("kernel_shape", new int[] {2, 2}, "strides", new int[] {2, 2}))
        : activated;
  }

  /** Tribuo declares inputs as (batch, n); ours is an image. */
  private static OnnxMl.GraphProto withImageInput(OnnxMl.GraphProto graph, NetworkShape shape) {
    OnnxMl.TensorShapeProto.Builder dimensions = OnnxMl.TensorShapeProto.newBuilder();
    dimensions.addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimParam("batch"));
    for (int extent : List.of(NetworkShape.COLOURS, shape.inputSize(), shape.inputSize())) {
      dimensions.addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(extent));
    }
    OnnxMl.GraphProto.Builder changed = graph.toBuilder();
    changed.getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder().setShape(dimensions);
    return changed.build();
  }
}
