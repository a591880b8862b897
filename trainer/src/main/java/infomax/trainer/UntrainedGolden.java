package infomax.trainer;

import infomax.encoder.Encoder;
import infomax.imaging.EncoderPixels;
import infomax.trainer.export.OnnxFile;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.release.GoldenImages;
import infomax.trainer.statistics.VectorSet;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Golden images of release 0. There need not be an image in the log when it is published, so they
 * are smooth random colour gradients.
 */
final class UntrainedGolden {

  private static final int IMAGES = 8;

  private UntrainedGolden() {}

  /** Gradients and the vectors the file gives for them. */
  static GoldenImages of(OnnxFile onnx, NetworkShape shape, long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    List<byte[]> images = new ArrayList<>();
    for (int image = 0; image < IMAGES; image++) {
      images.add(gradient(shape.inputSize(), random));
    }
    try (Encoder encoder =
        Encoder.open(onnx.bytes(), onnx.digest(), shape.inputSize(), shape.dimensions(), 1)) {
      VectorSet embeddings =
          VectorSet.filled(
              IMAGES,
              shape.dimensions(),
              (row, target, offset) ->
                  System.arraycopy(
                      encoder
                          .embed(EncoderPixels.ofBytes(shape.inputSize(), images.get(row)))
                          .components(),
                      0,
                      target,
                      offset,
                      shape.dimensions()));
      return GoldenImages.of(shape.inputSize(), images, embeddings);
    }
  }

  private static byte[] gradient(int side, RandomGenerator random) {
    byte[] pixels = new byte[NetworkShape.COLOURS * side * side];
    for (int channel = 0; channel < NetworkShape.COLOURS; channel++) {
      double angle = random.nextDouble() * 2 * Math.PI;
      double waves = 1 + 3 * random.nextDouble();
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          double along = (x * Math.cos(angle) + y * Math.sin(angle)) / side;
          pixels[(channel * side + y) * side + x] =
              (byte) Math.round(127.5 + 127.5 * Math.sin(2 * Math.PI * waves * along));
        }
      }
    }
    return pixels;
  }
}
