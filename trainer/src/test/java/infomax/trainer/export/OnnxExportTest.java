package infomax.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl;
import infomax.encoder.Embedding;
import infomax.encoder.Encoder;
import infomax.imaging.EncoderPixels;
import infomax.trainer.engine.ComputeTarget;
import infomax.trainer.engine.Precision;
import infomax.trainer.engine.StepOutcome;
import infomax.trainer.engine.Training;
import infomax.trainer.engine.TrainingPlan;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Preset;
import infomax.trainer.statistics.VectorSet;
import infomax.trainer.statistics.Whitening;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The exported file computes what the engine does, for both input sizes and pools. */
class OnnxExportTest {

  private static final long SEED = 17;

  @ParameterizedTest
  @CsvSource({"32,one-view", "64,one-view", "32,one-view+pooling=attention"})
  void theFileComputesWhatTheTrainedNetworkDoes(int inputSize, String name) throws Exception {
    Preset preset = Preset.named(name);
    NetworkShape shape = new NetworkShape(inputSize, 32, preset.pooling());
    List<byte[]> images = images(shape, 64);
    try (Training training =
        Training.start(
            new TrainingPlan(preset, SEED, 6, 2, ComputeTarget.nd4j(Precision.FLOAT32)),
            Weights.initial(shape, preset.critics(), SEED))) {
      for (int step = 0; step < 3; step++) {
        // Three steps, so that running statistics, scales and shifts are not those of the start.
        assertThat(training.step(joined(images))).isInstanceOf(StepOutcome.Advanced.class);
      }
      VectorSet engine = vectors(training.embed(joined(images)));
      OnnxFile plain = OnnxExport.write(training.weights(), Optional.empty(), new TreeMap<>());
      ExportCheck.Parity parity =
          ExportCheck.verify(plain, shape, images, engine, runtime(plain, shape, images));
      assertThat(parity.engineDifference()).isLessThan(2e-5);

      Whitening whitening = Whitening.of(engine, 0.1);
      OnnxFile whitened =
          OnnxExport.write(training.weights(), Optional.of(whitening), new TreeMap<>());
      ExportCheck.verify(
          whitened, shape, images, whitening.apply(engine), runtime(whitened, shape, images));
      assertThatThrownBy(
              () ->
                  ExportCheck.verify(
                      whitened, shape, images, engine, runtime(whitened, shape, images)))
          .hasMessageContaining("is not published");
    }
  }

  @Test
  void equalWeightsGiveEqualBytesAndPropertiesAreKept() throws Exception {
    NetworkShape shape = new NetworkShape(32, 16);
    Weights weights = Weights.initial(shape, Preset.named("default").critics(), SEED);
    TreeMap<String, String> properties = new TreeMap<>(Map.of("b", "2", "a", "1"));

    OnnxFile first = OnnxExport.write(weights, Optional.empty(), properties);
    OnnxFile second =
        OnnxExport.write(
            Weights.initial(shape, Preset.named("seed").critics(), SEED),
            Optional.empty(),
            properties);

    assertThat(second).isEqualTo(first);
    OnnxMl.ModelProto model = OnnxMl.ModelProto.parseFrom(first.bytes());
    assertThat(model.getMetadataPropsList())
        .extracting(OnnxMl.StringStringEntryProto::getKey)
        .containsExactly("a", "b");
    assertThat(model.getGraph().getNodeList())
        .extracting(OnnxMl.NodeProto::getOpType)
        .doesNotContain("BatchNormalization");
    // In the order of their names: any other changes with the JVM.
    assertThat(model.getGraph().getNodeList())
        .extracting(node -> node.getAttributeList().stream().map(each -> each.getName()).toList())
        .contains(List.of("kernel_shape", "pads", "strides"))
        .allSatisfy(names -> assertThat(names).isSorted());
    assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(13);
  }

  private static VectorSet runtime(OnnxFile file, NetworkShape shape, List<byte[]> images) {
    try (Encoder encoder =
        Encoder.open(file.bytes(), file.digest(), shape.inputSize(), shape.dimensions(), 1)) {
      return vectors(
          encoder
              .embed(
                  images.stream()
                      .map(image -> EncoderPixels.ofBytes(shape.inputSize(), image))
                      .toList())
              .stream()
              .map(Embedding::components)
              .toList());
    }
  }

  private static VectorSet vectors(List<float[]> rows) {
    return VectorSet.filled(
        rows.size(),
        rows.getFirst().length,
        (row, target, offset) ->
            System.arraycopy(rows.get(row), 0, target, offset, rows.get(row).length));
  }

  private static List<byte[]> images(NetworkShape shape, int count) {
    Random random = new Random(SEED);
    List<byte[]> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] image = new byte[shape.imageBytes()];
      random.nextBytes(image);
      images.add(image);
    }
    return images;
  }

  private static byte[] joined(List<byte[]> images) {
    byte[] joined = new byte[images.size() * images.getFirst().length];
    for (int i = 0; i < images.size(); i++) {
      System.arraycopy(images.get(i), 0, joined, i * images.get(i).length, images.get(i).length);
    }
    return joined;
  }
}
