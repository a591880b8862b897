package infomax.trainer.export;

import infomax.trainer.network.Convolution;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.Weights;
import infomax.trainer.statistics.Whitening;
import java.util.Optional;
import java.util.SortedMap;
import org.tribuo.util.onnx.ONNXInitializer;
import org.tribuo.util.onnx.ONNXNode;
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

  static final String DESCRIPTION = "embedding = mean of p(z|x); pixels = value / 255 - 0.5";

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
    NetworkShape shape = weights.shape();
    GraphWriter graph = new GraphWriter(shape, shape.dimensions());
    ONNXRef<?> reached = graph.input();
    for (Convolution convolution : shape.convolutions()) {
      String name = "conv" + convolution.ordinal();
      ONNXNode convolved = convolve(graph, reached, FoldedConvolution.of(weights, convolution));
      ONNXNode activated = graph.activate(convolved, name + ".activation");
      reached = convolution.pooled() ? graph.pool(activated, name + ".pool") : activated;
    }
    graph.embed(reached, weights, whitening);
    return graph.file(DESCRIPTION, properties);
  }

  /** A convolution by real numbers. */
  static ONNXNode convolve(GraphWriter graph, ONNXRef<?> images, FoldedConvolution folded) {
    String name = "conv" + folded.convolution().ordinal();
    ONNXInitializer kernel = graph.floats(name + ".weight", folded.extents(), folded.kernel());
    ONNXInitializer bias = graph.floats(name + ".bias", folded.bias());
    return graph.convolve(images, kernel, bias, name);
  }
}
