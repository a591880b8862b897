package infomax.trainer.export;

import infomax.trainer.network.Convolution;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.Weights;
import infomax.trainer.statistics.VectorSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tribuo.util.onnx.ONNXNode;
import org.tribuo.util.onnx.ONNXOperator;
import org.tribuo.util.onnx.ONNXOperators;
import org.tribuo.util.onnx.ONNXRef;

/**
 * Which numbers flow through an encoder: for each convolution the bytes its output is told by, and
 * those of the same after pooling and LeakyReLU. Learnt from images by a graph that gives, for each
 * of them, the lowest and the highest value at each of these places.
 */
public final class ActivationRanges {

  private static final int VALUES_PER_CONVOLUTION = 4;

  /**
   * Share of the images whose numbers all fit: clipping the extremes of the others costs less than
   * the coarser steps that would spare them.
   */
  private static final double FITTING = 0.95;

  private final List<EightBits> convolved;
  private final List<EightBits> activated;

  private ActivationRanges(List<EightBits> convolved, List<EightBits> activated) {
    this.convolved = List.copyOf(convolved);
    this.activated = List.copyOf(activated);
  }

  /** Length of the vectors that {@link #probe} gives. */
  public static int probeLength(NetworkShape shape) {
    return VALUES_PER_CONVOLUTION * shape.convolutions().size();
  }

  /** The ONNX file that measures a network's images; its vectors are for {@link #of}. */
  public static OnnxFile probe(Weights weights) {
    NetworkShape shape = weights.shape();
    GraphWriter graph = new GraphWriter(shape, probeLength(shape));
    List<ONNXNode> extremes = new ArrayList<>();
    ONNXRef<?> reached = graph.input();
    for (Convolution convolution : shape.convolutions()) {
      String name = "conv" + convolution.ordinal();
      ONNXNode convolved =
          OnnxExport.convolve(graph, reached, FoldedConvolution.of(weights, convolution));
      ONNXNode pooled = convolution.pooled() ? graph.pool(convolved, name + ".pool") : convolved;
      ONNXNode activated = graph.activate(pooled, name + ".activation");
      for (ONNXNode place : List.of(convolved, activated)) {
        extremes.add(extreme(graph, ONNXOperators.REDUCE_MIN, place));
        extremes.add(extreme(graph, EncoderOperators.REDUCE_MAX, place));
      }
      reached = activated;
    }
    ONNXNode joined = graph.operation(ONNXOperators.CONCAT, extremes, "joined", Map.of("axis", 1));
    graph.output(
        graph.operation(EncoderOperators.FLATTEN, List.of(joined), "extremes", Map.of("axis", 1)));
    return graph.file("lowest and highest value at each place", new TreeMap<>());
  }

  private static ONNXNode extreme(GraphWriter graph, ONNXOperator operator, ONNXNode place) {
    return graph.operation(
        operator,
        List.of(place),
        place.getBaseName() + (operator == ONNXOperators.REDUCE_MIN ? ".min" : ".max"),
        Map.of("axes", new int[] {1, 2, 3}, "keepdims", 1));
  }

  /**
   * The ranges of the images measured.
   *
   * @param extremes what the {@link #probe} gave for them
   */
  public static ActivationRanges of(VectorSet extremes) {
    List<EightBits> convolved = new ArrayList<>();
    List<EightBits> activated = new ArrayList<>();
    for (int place = 0; place < extremes.dimensions(); place += VALUES_PER_CONVOLUTION) {
      convolved.add(bits(extremes, place));
      activated.add(bits(extremes, place + 2));
    }
    return new ActivationRanges(convolved, activated);
  }

  /** From the columns of the lowest and, after it, the highest values. */
  private static EightBits bits(VectorSet extremes, int lowest) {
    return EightBits.of(-quantile(extremes, lowest, -1), quantile(extremes, lowest + 1, 1));
  }

  /** Of the column's values times {@code sign}. */
  private static float quantile(VectorSet extremes, int place, int sign) {
    float[] values = new float[extremes.count()];
    for (int row = 0; row < values.length; row++) {
      values[row] = sign * extremes.value(row, place);
    }
    Arrays.sort(values);
    return values[(int) Math.round(FITTING * (values.length - 1))];
  }

  /** Bytes of a convolution's output. */
  EightBits convolved(Convolution convolution) {
    return convolved.get(convolution.ordinal());
  }

  /** Bytes of the same after pooling, if it is pooled, and LeakyReLU. */
  EightBits activated(Convolution convolution) {
    return activated.get(convolution.ordinal());
  }
}
