package infomax.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl;
import infomax.encoder.Encoder;
import infomax.imaging.EncoderPixels;
import infomax.trainer.evaluation.Overlap;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.Pooling;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Preset;
import infomax.trainer.statistics.VectorSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The int8 file gives nearly what the float32 file does, from fewer bytes. */
class Int8ExportTest {

  private static final long SEED = 17;

  @ParameterizedTest
  @CsvSource({"32,MAX", "64,MAX", "32,ATTENTION"})
  void theFileAgreesWithTheFloat32File(int inputSize, Pooling pooling) throws Exception {
    NetworkShape shape = new NetworkShape(inputSize, 64, pooling);
    Weights weights = Weights.initial(shape, Preset.named("default").critics(), SEED);
    List<byte[]> images = gradients(shape, 96);
    OnnxFile float32 = OnnxExport.write(weights, Optional.empty(), new TreeMap<>());

    OnnxFile int8 = quantised(weights, images);

    VectorSet expected = embed(float32, shape, shape.dimensions(), images);
    VectorSet found = embed(int8, shape, shape.dimensions(), images);
    assertThat(Overlap.meanCosine(expected, found)).isBetween(0.999, 1.0);
    assertThat(ExportCheck.difference(expected, found)).isPositive();
    assertThat(Overlap.at(10, expected, found)).isGreaterThan(0.8);
    // Three bytes are saved of every weight but those of the last convolution and dense layer.
    int kept = (9 + 1) * shape.dimensions() * shape.dimensions() * Float.BYTES;
    assertThat(int8.length() - kept).isLessThan((float32.length() - kept) / 2);
    assertThat(quantised(weights, images)).isEqualTo(int8);
  }

  @Test
  void everyConvolutionButTheLastTakesBytesWithAScalePerChannel() throws Exception {
    NetworkShape shape = new NetworkShape(32, 16);
    Weights weights = Weights.initial(shape, Preset.named("default").critics(), SEED);

    OnnxMl.GraphProto graph =
        OnnxMl.ModelProto.parseFrom(quantised(weights, gradients(shape, 8)).bytes()).getGraph();

    int convolutions = shape.convolutions().size();
    assertThat(graph.getNodeList().stream().filter(node -> node.getOpType().equals("Conv")))
        .hasSize(convolutions);
    assertThat(
            graph.getInitializerList().stream()
                .filter(tensor -> tensor.getDataType() == OnnxMl.TensorProto.DataType.INT8_VALUE)
                .filter(tensor -> tensor.getDimsCount() == 4))
        .hasSize(convolutions - 1)
        .allSatisfy(
            tensor -> {
              for (byte weight : tensor.getRawData().toByteArray()) {
                assertThat((int) weight).isBetween(-63, 63);
              }
            });
    assertThat(
            graph.getInitializerList().stream()
                .filter(tensor -> tensor.getName().contains("weight.scale")))
        .extracting(tensor -> tensor.getDims(0))
        .containsExactly(4L, 8L, 16L, 16L);
  }

  @Test
  void zeroIsToldExactly() {
    for (float[] range : new float[][] {{-0.3f, 2}, {0.5f, 2}, {-3, -1}, {0, 0}}) {
      EightBits bits = EightBits.of(range[0], range[1]);
      assertThat(bits.scale()).isPositive();
      assertThat(bits.zeroPoint()).isBetween(0, 255);
      float lowest = (0 - bits.zeroPoint()) * bits.scale();
      float highest = (255 - bits.zeroPoint()) * bits.scale();
      assertThat(lowest).isLessThanOrEqualTo(Math.min(range[0], 0) + bits.scale());
      assertThat(highest).isGreaterThanOrEqualTo(Math.max(range[1], 0) - bits.scale());
    }
  }

  private static OnnxFile quantised(Weights weights, List<byte[]> images) {
    NetworkShape shape = weights.shape();
    VectorSet extremes =
        embed(ActivationRanges.probe(weights), shape, ActivationRanges.probeLength(shape), images);
    return Int8Export.write(
        weights, Optional.empty(), ActivationRanges.of(extremes), new TreeMap<>());
  }

  private static VectorSet embed(
      OnnxFile file, NetworkShape shape, int length, List<byte[]> images) {
    try (Encoder encoder =
        Encoder.open(file.bytes(), file.digest(), shape.inputSize(), length, 1)) {
      return VectorSet.filled(
          images.size(),
          length,
          (row, target, offset) ->
              System.arraycopy(
                  encoder
                      .embed(EncoderPixels.ofBytes(shape.inputSize(), images.get(row)))
                      .components(),
                  0,
                  target,
                  offset,
                  length));
    }
  }

  /** Colour gradients in all directions: noise would make all images alike. */
  private static List<byte[]> gradients(NetworkShape shape, int count) {
    Random random = new Random(SEED);
    int side = shape.inputSize();
    List<byte[]> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] image = new byte[shape.imageBytes()];
      for (int channel = 0; channel < NetworkShape.COLOURS; channel++) {
        double angle = random.nextDouble() * 2 * Math.PI;
        double waves = 3 * random.nextDouble();
        for (int pixel = 0; pixel < side * side; pixel++) {
          double along =
              (pixel % side * Math.cos(angle) + Math.floorDiv(pixel, side) * Math.sin(angle))
                  / side;
          image[channel * side * side + pixel] =
              (byte) Math.round(127.5 + 127.5 * Math.sin(2 * Math.PI * waves * along));
        }
      }
      images.add(image);
    }
    return images;
  }
}
