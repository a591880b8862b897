package infomax.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import infomax.trainer.snapshot.SnapshotFixture;
import infomax.trainer.snapshot.TrainingSnapshot;
import infomax.trainer.statistics.VectorSet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Encoders of known worth on images whose class is a faint pattern under strong noise: one that
 * knows the pattern, the same one with its weights shuffled, and the pixels.
 */
class EvaluationTest {

  private static final int SIDE = 8;
  private static final int PIXELS = 3 * SIDE * SIDE;
  private static final int CLASSES = 4;
  private static final int IMAGES = 1_500;
  private static final long SEED = 21;

  @TempDir Path folder;

  @Test
  void aGoodEncoderIsAcceptedAndItsShuffledWeightsAreRejected() throws Exception {
    double[][] weights = patterns();
    double[][] shuffled = shuffled(weights);
    try (TrainingSnapshot snapshot = snapshot(true)) {
      Evaluation evaluation = Evaluation.of(snapshot, SEED);
      EncoderScores pixels = evaluation.pixels();
      EncoderScores random = evaluation.score("random-weights", encoder(randomWeights()));
      EncoderScores good = evaluation.score("candidate", encoder(weights));
      EncoderScores bad = evaluation.score("candidate", encoder(shuffled));
      Gate gate = new Gate(SEED);

      assertThat(good.precisionAt10Cosine().orElseThrow().mean()).isGreaterThan(0.7);
      assertThat(good.further().get("linearProbeAccuracy")).isGreaterThan(0.8);
      assertThat(good.further().get("knnAccuracy")).isGreaterThan(0.8);
      assertThat(evaluation.histogram().further().get("knnAccuracy")).isLessThan(0.5);
      assertThat(pixels.precisionAt10Cosine().orElseThrow().mean())
          .isLessThan(good.precisionAt10Cosine().orElseThrow().mean() - 0.1);
      assertThat(bad.precisionAt10Cosine().orElseThrow().mean()).isEqualTo(0.25, within(0.1));
      assertThat(gate.judge(good, random, Optional.of(random.named("live"))).accepted()).isTrue();
      Gate.Ruling ruling = gate.judge(bad, random, Optional.of(good.named("live")));
      assertThat(ruling.accepted()).isFalse();
      assertThat(ruling.reasons().getLast()).startsWith("may be worse than the live encoder");
      assertThat(good.row().figures())
          .containsKeys(
              "precisionAt10Cosine",
              "precisionAt10Euclidean",
              "precisionAt1Cosine",
              "knnAccuracy",
              "ownViewHitAt10",
              "ownViewHitAt1",
              "effectiveRank",
              "zStdMean",
              "linearProbeAccuracy",
              "gallery");
    }
  }

  @Test
  void theLinearProbeReadsLabelsOffImagesThatComeClassByClass() {
    Random random = new Random(SEED);
    int perClass = 600;
    VectorSet sorted =
        VectorSet.filled(
            CLASSES * perClass,
            8,
            (row, target, offset) -> {
              for (int i = 0; i < 8; i++) {
                double centre = i == row / perClass ? 2 : 0;
                target[offset + i] = (float) (centre + random.nextGaussian());
              }
            });
    List<String> labels =
        IntStream.range(0, sorted.count()).mapToObj(row -> "class-" + row / perClass).toList();
    assertThat(
            new LinearProbe(SEED, 1e-2, 200, Duration.ofMinutes(1))
                .accuracy(sorted, labels, sorted, labels)
                .orElseThrow())
        .isGreaterThan(0.75);
  }

  @Test
  void withoutLabelsOnlyTheOwnViewIsMeasured() throws Exception {
    try (TrainingSnapshot snapshot = snapshot(false)) {
      EncoderScores scores = Evaluation.of(snapshot, SEED).score("live", encoder(patterns()));

      assertThat(scores.precisionAt10Cosine()).isEmpty();
      assertThat(scores.gateFigure()).isEqualTo(scores.ownViewHitAt1());
      assertThat(scores.row().figures()).doesNotContainKey("precisionAt10Cosine");
    }
  }

  private TrainingSnapshot snapshot(boolean labelled) throws Exception {
    double[][] patterns = patterns();
    return SnapshotFixture.write(
        folder.resolve("labelled-" + labelled),
        SIDE,
        IMAGES,
        image -> {
          Random random = new Random(SEED + image);
          double[] pattern = patterns[image % CLASSES];
          byte[] pixels = new byte[PIXELS];
          for (int i = 0; i < PIXELS; i++) {
            double value = 127.5 + 7 * pattern[i] + 35 * random.nextGaussian();
            pixels[i] = (byte) Math.round(Math.clamp(value, 0.0, 255.0));
          }
          return pixels;
        },
        image -> labelled ? "class-" + image % CLASSES : "");
  }

  private static double[][] patterns() {
    Random random = new Random(SEED);
    double[][] patterns = new double[CLASSES][PIXELS];
    for (double[] pattern : patterns) {
      for (int i = 0; i < PIXELS; i++) {
        pattern[i] = random.nextBoolean() ? 1 : -1;
      }
    }
    return patterns;
  }

  private static double[][] shuffled(double[][] weights) {
    Random random = new Random(SEED + 1);
    double[][] shuffled = new double[weights.length][];
    for (int row = 0; row < weights.length; row++) {
      shuffled[row] = weights[row].clone();
      for (int i = PIXELS - 1; i > 0; i--) {
        int other = random.nextInt(i + 1);
        double kept = shuffled[row][i];
        shuffled[row][i] = shuffled[row][other];
        shuffled[row][other] = kept;
      }
    }
    return shuffled;
  }

  private static double[][] randomWeights() {
    Random random = new Random(SEED + 2);
    double[][] weights = new double[CLASSES][PIXELS];
    for (double[] row : weights) {
      for (int i = 0; i < PIXELS; i++) {
        row[i] = random.nextGaussian();
      }
    }
    return weights;
  }

  private static Evaluation.Embedder encoder(double[][] weights) {
    return (List<byte[]> images) ->
        VectorSet.filled(
            images.size(),
            weights.length,
            (row, target, offset) -> {
              byte[] image = images.get(row);
              for (int output = 0; output < weights.length; output++) {
                double sum = 0;
                for (int i = 0; i < PIXELS; i++) {
                  sum += weights[output][i] * ((image[i] & 0xff) / 255.0 - 0.5);
                }
                target[offset + output] = (float) sum;
              }
            });
  }
}
