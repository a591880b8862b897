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
import org.tribuo.util.onnx.ONNXNode;
import org.tribuo.util.onnx.ONNXRef;

/**
 * Writes an encoder whose convolutions run on bytes: QuantizeLinear and DequantizeLinear nodes
 * around each operation, which ONNX Runtime fuses into whole-number ones.
 */
public final class Int8Export {

  static final int WEIGHT_MAX = Integer.getInteger("wmax", 127);
  static final boolean FIRST = Boolean.getBoolean("firstfloat");

  private Int8Export() {}

  public static OnnxFile write(
      Weights weights,
      Optional<Whitening> whitening,
      ActivationRanges ranges,
      SortedMap<String, String> properties) {
    NetworkShape shape = weights.shape();
    GraphWriter graph = new GraphWriter(shape, shape.dimensions());
    EightBits bits = EightBits.of(-0.5f, 0.5f);
    ONNXRef<?> reached = FIRST ? graph.input() : told(graph, graph.input(), bits, "input");
    for (Convolution convolution : shape.convolutions()) {
      String name = "conv" + convolution.ordinal();
      FoldedConvolution folded = FoldedConvolution.of(weights, convolution);
      boolean real = FIRST && convolution.ordinal() == 0;
      ONNXNode convolved = real ? OnnxExport.convolve(graph, reached, folded) : convolve(graph, reached, folded, bits);
      ONNXNode pooled;
      if (real) {
        pooled = graph.pool(convolved, name + ".pool");
      } else {
        EightBits output = ranges.convolved(convolution);
        pooled = told(graph, convolved, output, name);
        if (convolution.pooled()) {
          pooled = told(graph, graph.pool(pooled, name + ".pool"), output, name + ".pool");
        }
      }
      bits = ranges.activated(convolution);
      reached = told(graph, graph.activate(pooled, name + ".activation"), bits, name + ".activation");
    }
    graph.embed(reached, MeanLayer.of(weights, whitening));
    return graph.file(OnnxExport.DESCRIPTION, properties);
  }

  private static ONNXNode told(GraphWriter graph, ONNXRef<?> numbers, EightBits bits, String name) {
    List<ONNXRef<?>> map =
        List.of(
            graph.floats(name + ".scale", bits.scale()),
            graph.bytes(name + ".zero", DataType.UINT8, List.of(), (byte) bits.zeroPoint()));
    ONNXNode bytes =
        graph.operation(
            EncoderOperators.QUANTIZE,
            List.of(numbers, map.get(0), map.get(1)),
            name + ".bytes");
    return graph.operation(
        EncoderOperators.DEQUANTIZE, List.of(bytes, map.get(0), map.get(1)), name + ".numbers");
  }

  private static ONNXNode convolve(
      GraphWriter graph, ONNXRef<?> images, FoldedConvolution folded, EightBits input) {
    String name = "conv" + folded.convolution().ordinal();
    float[] kernel = folded.kernel();
    float[] bias = folded.bias();
    int perChannel = kernel.length / bias.length;
    byte[] kernelBytes = new byte[kernel.length];
    float[] scales = new float[bias.length];
    float[] biasScales = new float[bias.length];
    int[] biases = new int[bias.length];
    for (int channel = 0; channel < bias.length; channel++) {
      float largest = 0;
      for (int i = channel * perChannel; i < (channel + 1) * perChannel; i++) {
        largest = Math.max(largest, Math.abs(kernel[i]));
      }
      scales[channel] = largest > 0 ? largest / WEIGHT_MAX : 1;
      for (int i = channel * perChannel; i < (channel + 1) * perChannel; i++) {
        kernelBytes[i] = (byte) Math.round(kernel[i] / scales[channel]);
      }
      biasScales[channel] = scales[channel] * input.scale();
      biases[channel] = Math.round(bias[channel] / biasScales[channel]);
    }
    ONNXNode kernelNumbers =
        graph.operation(
            EncoderOperators.DEQUANTIZE,
            List.of(
                graph.bytes(name + ".weight", DataType.INT8, folded.extents(), kernelBytes),
                graph.floats(name + ".weight.scale", scales),
                graph.bytes(
                    name + ".weight.zero",
                    DataType.INT8,
                    List.of(bias.length),
                    new byte[bias.length])),
            name + ".weight.numbers",
            Map.of("axis", 0));
    ONNXNode biasNumbers =
        graph.operation(
            EncoderOperators.DEQUANTIZE,
            List.of(
                graph.ints(name + ".bias", biases),
                graph.floats(name + ".bias.scale", biasScales),
                graph.ints(name + ".bias.zero", new int[bias.length])),
            name + ".bias.numbers",
            Map.of("axis", 0));
    return graph.convolve(images, kernelNumbers, biasNumbers, name);
  }
}
