package infomax.encoder;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an encoder's ONNX file may hold, checked before native code sees it: one graph, all in the
 * file, of the operators that the trainer writes, with the input and the output of an encoder. A
 * file that refers to others could make ONNX Runtime read any of the machine's (CVE-2022-25882 and
 * its successors); an operator of another domain could be anything.
 *
 * <p>Field numbers are those of onnx.proto, IR version 4 to 13.
 */
final class EncoderFile {

  /** Most bytes of a file; the largest network has some 10 MB. */
  static final int BYTES_MAX = 128 * 1024 * 1024;

  /** An operator joins with the exporter that writes it. */
  private static final Set<String> OPERATORS =
      new TreeSet<>(
          List.of(
              "Add",
              "Cast",
              "Concat",
              "Conv",
              "DequantizeLinear",
              "Flatten",
              "Floor",
              "Gather",
              "Gemm",
              "GlobalMaxPool",
              "Identity",
              "LeakyRelu",
              "MatMul",
              "MaxPool",
              "Mul",
              "QuantizeLinear",
              "ReduceMax",
              "ReduceMean",
              "ReduceMin",
              "ReduceSum",
              "Reshape",
              "Softmax"));

  private static final int MODEL_OPSET_IMPORT = 8;
  private static final int MODEL_GRAPH = 7;
  private static final int MODEL_TRAINING = 20;
  private static final int MODEL_FUNCTIONS = 25;
  private static final int OPSET_DOMAIN = 1;
  private static final int GRAPH_NODE = 1;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int GRAPH_INPUT = 11;
  private static final int GRAPH_OUTPUT = 12;
  private static final int GRAPH_SPARSE_INITIALIZER = 15;
  private static final int NODE_OPERATOR = 4;
  private static final int NODE_ATTRIBUTE = 5;
  private static final int NODE_DOMAIN = 7;
  private static final int ATTRIBUTE_TENSOR = 5;
  private static final int ATTRIBUTE_GRAPH = 6;
  private static final int ATTRIBUTE_TENSORS = 10;
  private static final int ATTRIBUTE_GRAPHS = 11;
  private static final int ATTRIBUTE_SPARSE_TENSOR = 22;
  private static final int ATTRIBUTE_SPARSE_TENSORS = 23;
  private static final int TENSOR_EXTERNAL_DATA = 13;
  private static final int TENSOR_DATA_LOCATION = 14;
  private static final int VALUE_NAME = 1;
  private static final int VALUE_TYPE = 2;
  private static final int TYPE_TENSOR = 1;
  private static final int TENSOR_TYPE_ELEMENT = 1;
  private static final int TENSOR_TYPE_SHAPE = 2;
  private static final int SHAPE_DIMENSION = 1;
  private static final int DIMENSION_VALUE = 1;
  private static final int FLOAT32 = 1;
  private static final String DEFAULT_DOMAIN = "ai.onnx";

  private final Value input;
  private final Value output;
  private final List<Value> inputs = new ArrayList<>();
  private final List<Value> outputs = new ArrayList<>();
  private boolean hasGraph;

  private EncoderFile(Value input, Value output) {
    this.input = input;
    this.output = output;
  }

  /**
   * A value that goes in or out.
   *
   * @param extents -1 for any
   */
  private record Value(String name, long elementType, List<Long> extents) {
    @Override
    public String toString() {
      return "%s, %s of shape %s"
          .formatted(
              name, elementType == FLOAT32 ? "float32" : "element type " + elementType, extents);
    }
  }

  /**
   * Checks a file.
   *
   * @param inputSize s of the input (any, 3, s, s)
   * @param dimensions z of the output (any, z)
   * @throws EncoderException naming the first thing that an encoder may not have
   */
  static void verify(byte[] onnx, int inputSize, int dimensions) {
    if (onnx.length > BYTES_MAX) {
      throw new EncoderException(
          "encoder file has %,d bytes, expected at most %,d".formatted(onnx.length, BYTES_MAX));
    }
    new EncoderFile(
            new Value("pixels", FLOAT32, List.of(-1L, 3L, (long) inputSize, (long) inputSize)),
            new Value("embedding", FLOAT32, List.of(-1L, (long) dimensions)))
        .read(ProtoMessage.of(onnx));
  }

  private void read(ProtoMessage model) {
    while (model.next()) {
      switch (model.field()) {
        case MODEL_GRAPH -> readGraph(model.message());
        case MODEL_OPSET_IMPORT -> readOpset(model.message());
        case MODEL_TRAINING -> throw refused("a training graph");
        case MODEL_FUNCTIONS -> throw refused("functions of its own");
        default -> {}
      }
    }
    if (!hasGraph) {
      throw refused("no graph");
    }
    verifyOnly(inputs, input);
    verifyOnly(outputs, output);
  }

  private static void verifyOnly(List<Value> found, Value expected) {
    if (!found.equals(List.of(expected))) {
      throw new EncoderException(
          "encoder has " + found + ", expected exactly one " + expected + " where -1 is any");
    }
  }

  private static void readOpset(ProtoMessage opset) {
    while (opset.next()) {
      if (opset.field() == OPSET_DOMAIN) {
        requireDefault(opset.text(), "operators");
      }
    }
  }

  private void readGraph(ProtoMessage graph) {
    if (hasGraph) {
      throw refused("two graphs");
    }
    hasGraph = true;
    while (graph.next()) {
      switch (graph.field()) {
        case GRAPH_NODE -> readNode(graph.message());
        case GRAPH_INITIALIZER -> readTensor(graph.message());
        case GRAPH_SPARSE_INITIALIZER -> throw refused("sparse weights");
        case GRAPH_INPUT -> inputs.add(readValue(graph.message()));
        case GRAPH_OUTPUT -> outputs.add(readValue(graph.message()));
        default -> {}
      }
    }
  }

  private static void readNode(ProtoMessage node) {
    String operator = "";
    while (node.next()) {
      switch (node.field()) {
        case NODE_OPERATOR -> operator = node.text();
        case NODE_DOMAIN -> requireDefault(node.text(), "an operator");
        case NODE_ATTRIBUTE -> readAttribute(node.message());
        default -> {}
      }
    }
    if (!OPERATORS.contains(operator)) {
      throw new EncoderException(
          "encoder file has the operator '" + operator + "', expected one of " + OPERATORS);
    }
  }

  private static void readAttribute(ProtoMessage attribute) {
    while (attribute.next()) {
      switch (attribute.field()) {
        case ATTRIBUTE_TENSOR, ATTRIBUTE_TENSORS -> readTensor(attribute.message());
        case ATTRIBUTE_GRAPH, ATTRIBUTE_GRAPHS -> throw refused("a graph inside of an operator");
        case ATTRIBUTE_SPARSE_TENSOR, ATTRIBUTE_SPARSE_TENSORS ->
            throw refused("sparse numbers in an operator");
        default -> {}
      }
    }
  }

  private static void readTensor(ProtoMessage tensor) {
    while (tensor.next()) {
      boolean elsewhere =
          tensor.field() == TENSOR_EXTERNAL_DATA
              || (tensor.field() == TENSOR_DATA_LOCATION && tensor.whole() != 0);
      if (elsewhere) {
        throw refused("weights in another file");
      }
    }
  }

  private static Value readValue(ProtoMessage value) {
    String name = "";
    long elementType = 0;
    List<Long> extents = new ArrayList<>();
    while (value.next()) {
      if (value.field() == VALUE_NAME) {
        name = value.text();
      } else if (value.field() == VALUE_TYPE) {
        ProtoMessage type = value.message();
        while (type.next()) {
          if (type.field() != TYPE_TENSOR) {
            continue;
          }
          ProtoMessage tensor = type.message();
          while (tensor.next()) {
            if (tensor.field() == TENSOR_TYPE_ELEMENT) {
              elementType = tensor.whole();
            } else if (tensor.field() == TENSOR_TYPE_SHAPE) {
              readShape(tensor.message(), extents);
            }
          }
        }
      }
    }
    return new Value(name, elementType, extents);
  }

  private static void readShape(ProtoMessage shape, List<Long> extents) {
    while (shape.next()) {
      if (shape.field() == SHAPE_DIMENSION) {
        ProtoMessage dimension = shape.message();
        long extent = -1;
        while (dimension.next()) {
          if (dimension.field() == DIMENSION_VALUE) {
            extent = dimension.whole();
          }
        }
        extents.add(extent);
      }
    }
  }

  private static void requireDefault(String domain, String what) {
    if (!domain.isEmpty() && !domain.equals(DEFAULT_DOMAIN)) {
      throw refused(what + " of the domain '" + domain + "'");
    }
  }

  private static EncoderException refused(String what) {
    return new EncoderException("encoder file has " + what + ", which an encoder may not have");
  }
}
