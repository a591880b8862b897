package infomax.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.trainer.export.OnnxFile;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.release.UntrainedEncoder;
import infomax.trainer.statistics.VectorSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A file is offered if it finds what the float32 file finds, and says how much in either case. */
class Int8CandidateTest {

  private static final NetworkShape SHAPE = new NetworkShape(32, 16);

  private final List<byte[]> images = noise();

  @Test
  void aFileThatFindsTheSameIsOfferedWithItsFigures() {
    OnnxFile file = UntrainedEncoder.onnx(SHAPE, 1);

    Int8Candidate candidate = Int8Candidate.judged(file, embedded(file), SHAPE, images, 1);

    assertThat(candidate.offer()).isPresent();
    assertThat(candidate.offer().orElseThrow().onnx()).isEqualTo(file);
    assertThat(candidate.recallAt10()).isEqualTo(1);
    assertThat(candidate.cosineMean()).isBetween(0.99999, 1.00001);
    assertThat(candidate.reason()).contains("1.000 on 60 held-out images");
  }

  @Test
  void aFileThatFindsOthersIsNotOfferedAndSaysWhy() {
    Int8Candidate candidate =
        Int8Candidate.judged(
            UntrainedEncoder.onnx(SHAPE, 2),
            embedded(UntrainedEncoder.onnx(SHAPE, 1)),
            SHAPE,
            images,
            1);

    assertThat(candidate.offer()).isEmpty();
    assertThat(candidate.recallAt10()).isLessThan(Int8Candidate.RECALL_MIN);
    assertThat(candidate.reason()).contains("at least 0.98 is needed");
  }

  private VectorSet embedded(OnnxFile file) {
    try (EncoderEmbedder embedder = EncoderEmbedder.open(file, SHAPE, 1)) {
      return embedder.embed(images);
    }
  }

  private static List<byte[]> noise() {
    Random random = new Random(3);
    List<byte[]> images = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      byte[] image = new byte[SHAPE.imageBytes()];
      random.nextBytes(image);
      images.add(image);
    }
    return images;
  }
}
