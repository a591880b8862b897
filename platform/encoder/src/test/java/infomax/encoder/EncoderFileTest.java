package infomax.encoder;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TrainingInfoProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import infomax.events.Digest;
import infomax.testing.TinyEncoder;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What an encoder's file may not hold is refused before ONNX Runtime sees it, with the reason. */
final class EncoderFileTest {

  private static final int SIZE = 8;
  private static final int DIMENSIONS = 4;
  private static final byte[] ONNX = TinyEncoder.onnx(SIZE, DIMENSIONS, 1);

  @Test
  void takesAnEncoder() {
    assertThatCode(() -> EncoderFile.verify(ONNX, SIZE, DIMENSIONS)).doesNotThrowAnyException();
    assertThatCode(
            () ->
                EncoderFile.verify(
                    changed(model -> model.getOpsetImportBuilder(0).setDomain("ai.onnx")),
                    SIZE,
                    DIMENSIONS))
        .doesNotThrowAnyException();
  }

  @Test
  void refusesWeightsInOtherFiles() {
    StringStringEntryProto location =
        StringStringEntryProto.newBuilder().setKey("location").setValue("../../etc/passwd").build();
    assertRefused(
        graph(graph -> graph.getInitializerBuilder(0).addExternalData(location)),
        "weights in another file");
    assertRefused(
        graph(
            graph ->
                graph.getInitializerBuilder(0).setDataLocation(TensorProto.DataLocation.EXTERNAL)),
        "weights in another file");
    assertRefused(
        node(
            node ->
                node.addAttribute(
                    AttributeProto.newBuilder()
                        .setName("value")
                        .setT(TensorProto.newBuilder().addExternalData(location)))),
        "weights in another file");
    assertRefused(
        graph(graph -> graph.addSparseInitializer(SparseTensorProto.getDefaultInstance())),
        "sparse weights");
  }

  @Test
  void refusesOperatorsThatTheTrainerDoesNotWrite() {
    assertRefused(node(node -> node.setOpType("Loop")), "the operator 'Loop', expected one of");
    assertRefused(node(node -> node.clearOpType()), "the operator ''");
    assertRefused(
        node(node -> node.setDomain("com.example")), "an operator of the domain 'com.example'");
    assertRefused(
        changed(
            model ->
                model.addOpsetImport(
                    OperatorSetIdProto.newBuilder().setDomain("com.microsoft").setVersion(1))),
        "operators of the domain 'com.microsoft'");
    assertRefused(
        node(
            node ->
                node.addAttribute(
                    AttributeProto.newBuilder()
                        .setName("body")
                        .setG(GraphProto.getDefaultInstance()))),
        "a graph inside of an operator");
    assertRefused(
        changed(model -> model.addFunctions(FunctionProto.getDefaultInstance())),
        "functions of its own");
    assertRefused(
        changed(model -> model.addTrainingInfo(TrainingInfoProto.getDefaultInstance())),
        "a training graph");
  }

  @Test
  void refusesOtherInputsAndOutputs() {
    assertRefused(
        graph(graph -> graph.getInputBuilder(0).setName("image")),
        "encoder has [image, float32 of shape [-1, 3, 8, 8]], expected exactly one pixels, float32");
    assertRefused(
        graph(
            graph ->
                graph.addOutput(
                    ValueInfoProto.newBuilder(graph.getOutput(0)).setName("second").build())),
        "expected exactly one embedding");
    assertRefused(
        graph(
            graph ->
                graph
                    .getInputBuilder(0)
                    .getTypeBuilder()
                    .getTensorTypeBuilder()
                    .setElemType(TensorProto.DataType.UINT8.getNumber())),
        "element type 2");
    assertRefused(changed(ModelProto.Builder::clearGraph), "no graph");
  }

  @Test
  void refusesWhatIsTooLargeOrNoFileOfOnnx() {
    assertRefused(new byte[EncoderFile.BYTES_MAX + 1], "expected at most 134,217,728");
    assertRefused("not a graph".getBytes(java.nio.charset.StandardCharsets.UTF_8), "no ONNX file");
    assertRefused(new byte[0], "no graph");
    assertRefused(Arrays.copyOf(ONNX, ONNX.length - 1), "no ONNX file: a length of");
  }

  @Test
  void anyDamageIsRefusedOrHarmlessAndNeverReadsBeyondTheFile() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      byte[] damaged = Arrays.copyOf(ONNX, 1 + random.nextInt(ONNX.length));
      for (int flip = random.nextInt(4); flip >= 0; flip--) {
        // The structure is in the first bytes and between the weights; most of the rest is weights.
        int place = random.nextBoolean() ? random.nextInt(Math.min(200, damaged.length)) : -1;
        damaged[place < 0 ? random.nextInt(damaged.length) : place] = (byte) random.nextInt();
      }
      try {
        EncoderFile.verify(damaged, SIZE, DIMENSIONS);
      } catch (EncoderException e) {
        // As it should be.
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
  }

  @Test
  void anEncoderIsNotOpenedFromSuchAFile() {
    byte[] onnx = node(node -> node.setDomain("com.example"));
    assertThatThrownBy(() -> Encoder.open(onnx, Digest.of(onnx), SIZE, DIMENSIONS, 1))
        .isInstanceOf(EncoderException.class)
        .hasMessageContaining("com.example");
  }

  private static void assertRefused(byte[] onnx, String reason) {
    assertThatThrownBy(() -> EncoderFile.verify(onnx, SIZE, DIMENSIONS))
        .isInstanceOf(EncoderException.class)
        .hasMessageContaining(reason);
  }

  private static byte[] node(Consumer<NodeProto.Builder> change) {
    return graph(graph -> change.accept(graph.getNodeBuilder(1)));
  }

  private static byte[] graph(Consumer<GraphProto.Builder> change) {
    return changed(model -> change.accept(model.getGraphBuilder()));
  }

  private static byte[] changed(Consumer<ModelProto.Builder> change) {
    try {
      ModelProto.Builder model = ModelProto.parseFrom(ONNX).toBuilder();
      change.accept(model);
      return model.build().toByteArray();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
