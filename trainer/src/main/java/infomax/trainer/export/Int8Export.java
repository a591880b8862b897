package infomax.trainer.export;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import infomax.trainer.network.Convolution;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.Weights;
import infomax.trainer.statistics.Whitening;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.tribuo.util.onnx.ONNXInitializer;
import org.tribuo.util.onnx.ONNXNode;
import org.tribuo.util.onnx.ONNXOperators;
import org.tribuo.util.onnx.ONNXRef;

/**
 * Writes an encoder that convolves bytes: static quantisation after Jacob et al. 2018 (arXiv
 * 1712.05877) as pairs of QuantizeLinear and DequantizeLinear, which ONNX Runtime fuses with the
 * operation between them into one on whole numbers. Input and output are those of {@link
 * OnnxExport}. Equal arguments give equal bytes.
 *
 * <p>Pooling comes before LeakyReLU, which is the same for a rising function and a quarter of the
 * work. The last convolution and the dense layer stay in float32: what they give is the embedding,
 * and nothing after them would even out a coarse step.
 */
public final class Int8Export {

  private static final float PIXEL_SCALE = 1f / 255;

  /**
   * Added to the pixels, value / 255 - 0.5, so that 0 is among them and every value is told exactly
   * by its own byte.
   */
  private static final float PIXEL_SHIFT = 0.5f * PIXEL_SCALE;

  private static final EightBits PIXELS = new EightBits(PIXEL_SCALE, 127);

  private Int8Export() {}

  /**
   * The ONNX file of an encoder.
   *
   * @param weights its network; critics are left out
   * @param whitening applied to z, or empty to leave z as it is
   * @param ranges of the numbers that flow through it
   * @param properties free text by key, kept in the file's metadata
   */
  public static OnnxFile write(
      Weights weights,
      Optional<Whitening> whitening,
      ActivationRanges ranges,
      SortedMap<String, String> properties) {
    NetworkShape shape = weights.shape();
    List<Convolution> convolutions = shape.convolutions();
    GraphWriter graph = new GraphWriter(shape, shape.dimensions());
    ONNXRef<?> reached = shiftedPixels(graph);
    EightBits input = PIXELS;
    float shift = PIXEL_SHIFT;
    for (Convolution convolution : convolutions.subList(0, convolutions.size() - 1)) {
      FoldedConvolution folded = FoldedConvolution.of(weights, convolution);
      EightBits convolved = ranges.convolved(convolution);
      EightBits activated = ranges.activated(convolution);
      String name = "conv" + convolution.ordinal();
      ONNXNode sums =
          convolve(graph, reached, name, folded, EightBitKernel.of(folded, input, shift));
      ONNXNode bytes = inBytes(graph, sums, convolved, name);
      if (convolution.pooled()) {
        bytes = inBytes(graph, graph.pool(bytes, name + ".pool"), convolved, name + ".pool");
      }
      String activation = name + ".activation";
      reached = inBytes(graph, graph.activate(bytes, activation), activated, activation);
      input = activated;
      shift = 0;
    }
    ONNXNode last =
        OnnxExport.convolve(graph, reached, FoldedConvolution.of(weights, convolutions.getLast()));
    graph.embed(graph.activate(last, "last.activation"), weights, whitening);
    return graph.file(OnnxExport.DESCRIPTION, properties);
  }

  private static ONNXNode shiftedPixels(GraphWriter graph) {
    ONNXInitializer shift = graph.number("pixels.shift", PIXEL_SHIFT);
    ONNXNode shifted =
        graph.operation(ONNXOperators.ADD, List.of(graph.input(), shift), "pixels.shifted");
    return inBytes(graph, shifted, PIXELS, "pixels");
  }

  /** The numbers that are left of some when they go through bytes. */
  private static ONNXNode inBytes(
      GraphWriter graph, ONNXNode numbers, EightBits bits, String name) {
    ONNXInitializer scale = graph.number(name + ".scale", bits.scale());
    ONNXInitializer zero =
        graph.bytes(name + ".zero", DataType.UINT8, List.of(), (byte) bits.zeroPoint());
    ONNXNode bytes =
        graph.operation(EncoderOperators.QUANTIZE, List.of(numbers, scale, zero), name + ".bytes");
    return graph.operation(
        EncoderOperators.DEQUANTIZE, List.of(bytes, scale, zero), name + ".numbers");
  }

  private static ONNXNode convolve(
      GraphWriter graph,
      ONNXRef<?> images,
      String name,
      FoldedConvolution folded,
      EightBitKernel kernel) {
    int channels = folded.convolution().outputChannels();
    String weight = name + ".weight";
    String bias = name + ".bias";
    ONNXNode weights =
        graph.operation(
            EncoderOperators.DEQUANTIZE,
            List.of(
                graph.bytes(weight, DataType.INT8, folded.extents(), kernel.weights()),
                graph.floats(weight + ".scale", kernel.scales()),
                graph.bytes(
                    weight + ".zero", DataType.INT8, List.of(channels), new byte[channels])),
            weight + ".numbers",
            Map.of("axis", 0));
    ONNXNode biases =
        graph.operation(
            EncoderOperators.DEQUANTIZE,
            List.of(
                graph.ints(bias, kernel.biases()),
                graph.floats(bias + ".scale", kernel.biasScales()),
                graph.ints(bias + ".zero", new int[channels])),
            bias + ".numbers",
            Map.of("axis", 0));
    return graph.convolve(images, weights, biases, name);
  }
}
