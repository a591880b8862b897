package infomax.trainer.export;

import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tribuo.util.onnx.ONNXAttribute;
import org.tribuo.util.onnx.ONNXOperator;
import org.tribuo.util.onnx.ONNXOperators;

/** The operators of the default ONNX domain that the encoder needs and Tribuo does not bring. */
enum EncoderOperators implements ONNXOperator {
  /** Inputs: images, kernel (out, in, rows, columns), bias. */
  CONV("Conv", 3, ints("kernel_shape"), ints("pads"), ints("strides")),
  /** Input: images. */
  MAX_POOL("MaxPool", 1, ints("kernel_shape"), ints("strides")),
  /** Input: anything. */
  LEAKY_RELU("LeakyRelu", 1, new ONNXAttribute("alpha", AttributeType.FLOAT, false)),
  /** Input: images; output (batch, channels, 1, 1). */
  GLOBAL_MAX_POOL("GlobalMaxPool", 1),
  /** Input: anything; output (batch, rest). */
  FLATTEN("Flatten", 1, new ONNXAttribute("axis", AttributeType.INT, false)),
  /** Inputs: anything, extents (0 keeps one, -1 takes the rest). */
  RESHAPE("Reshape", 2),
  /** Inputs: two stacks of matrices; output: their products. */
  MATMUL("MatMul", 2),
  /** Input: anything; output its largest value along {@code axes}. */
  REDUCE_MAX("ReduceMax", 1, ints("axes"), new ONNXAttribute("keepdims", AttributeType.INT, false)),
  /** Inputs: real numbers, scale, zero point; output: round(number / scale) + zero point. */
  QUANTIZE("QuantizeLinear", 3),
  /** Inputs: whole numbers, scales, zero points, one for each index of {@code axis} or just one. */
  DEQUANTIZE("DequantizeLinear", 3, new ONNXAttribute("axis", AttributeType.INT, false));

  private final String operatorName;
  private final int inputs;

  @SuppressWarnings("ImmutableEnumChecker") // List.of, of a Tribuo type without setters
  private final List<ONNXAttribute> attributes;

  EncoderOperators(String operatorName, int inputs, ONNXAttribute... attributes) {
    this.operatorName = operatorName;
    this.inputs = inputs;
    this.attributes = List.of(attributes);
  }

  private static ONNXAttribute ints(String name) {
    return new ONNXAttribute(name, AttributeType.INTS, false);
  }

  @Override
  public String getOpName() {
    return operatorName;
  }

  @Override
  public int getNumInputs() {
    return inputs;
  }

  @Override
  public int getNumOptionalInputs() {
    return 0;
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  @Override
  public Map<String, ONNXAttribute> getAttributes() {
    Map<String, ONNXAttribute> byName = new HashMap<>();
    attributes.forEach(attribute -> byName.put(attribute.getName(), attribute));
    return byName;
  }

  @Override
  public Set<String> getMandatoryAttributeNames() {
    return Set.of();
  }

  @Override
  public int getOpVersion() {
    return ONNXOperators.getOpsetVersion();
  }

  @Override
  public String getOpDomain() {
    return ONNXOperators.GEMM.getOpDomain();
  }
}
