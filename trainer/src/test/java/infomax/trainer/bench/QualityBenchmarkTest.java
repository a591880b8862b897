package infomax.trainer.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import infomax.trainer.engine.Precision;
import infomax.trainer.evaluation.ColourHistogram;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.objective.Preset;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark on images whose classes are colours: easy, so that every figure is known. */
class QualityBenchmarkTest {

  private static final long SEED = 4;
  private static final int SIDE = 32;

  @TempDir Path folder;

  @Test
  void measuresEveryRowAndWritesItsVectors() throws Exception {
    QualityBenchmark.Options options =
        new QualityBenchmark.Options(
            List.of(Preset.named("one-view").withMiniBatch(8)),
            64,
            new TrainingBudget.Time(Duration.ofSeconds(2)),
            2,
            Precision.fastest(),
            SEED,
            Optional.of(folder),
            Optional.of(folder));
    List<String> told = new ArrayList<>();
    QualityReport report =
        new QualityBenchmark(coloured(260), coloured(20), options, told::add).run();

    for (String sheet : List.of("pixels-cosine.png", "one-view-euclidean.png")) {
      assertThat(ImageIO.read(folder.resolve(sheet).toFile()).getHeight()).isGreaterThan(100);
    }
    assertThat(report.images()).isEqualTo(260);
    assertThat(report.queries()).isEqualTo(20);
    assertThat(report.classes()).isEqualTo(2);
    assertThat(report.rows())
        .extracting(QualityRow::name)
        .containsExactly("pixels", "histogram", "random-weights", "one-view");
    for (QualityRow row : report.rows()) {
      assertThat(row.precisionAt1Cosine()).as(row.name()).isEqualTo(1);
      assertThat(row.precisionAt10Cosine()).as(row.name()).isEqualTo(1);
      assertThat(row.precisionAt10Euclidean()).as(row.name()).isEqualTo(1);
      assertThat(row.knn()).as(row.name()).isEqualTo(1);
      assertThat(row.linearProbe()).as(row.name()).isEqualTo(1);
      assertThat(row.effectiveRank()).as(row.name()).isGreaterThanOrEqualTo(1);
    }
    QualityRow trained = report.rows().getLast();
    assertThat(trained.trainSeconds()).isBetween(2.0, 10.0);
    assertThat(trained.imagesSeen()).isPositive();
    assertThat(told).hasSize(report.rows().size());
    assertNpy(folder.resolve("pixels-images.npy"), 260, 3 * SIDE * SIDE);
    assertNpy(folder.resolve("one-view-queries.npy"), 20, 64);
  }

  @Test
  void aBudgetOfImagesDoesNotDependOnTheMachinesSpeed() {
    BudgetedTraining.Result first = trainOnImages();
    assertThat(first.imagesSeen()).isEqualTo(160);
    assertThat(trainOnImages().weights().digest()).isEqualTo(first.weights().digest());
  }

  /** 20 steps, the first 16 of them with small views. */
  private static BudgetedTraining.Result trainOnImages() {
    return new BudgetedTraining(
            Preset.named("default").withMiniBatch(8),
            new TrainingBudget.Images(165),
            2,
            Precision.FLOAT32,
            SEED,
            text -> {})
        .run(coloured(60), new NetworkShape(SIDE, 64));
  }

  @Test
  void aHistogramHoldsTheRootsOfTheSharesOfColours() {
    byte[] image = new byte[3 * 4];
    image[3] = (byte) 255;
    float[] histogram = ColourHistogram.of(List.of(image)).row(0);
    assertThat(histogram).hasSize(512);
    assertThat(histogram[0]).isCloseTo((float) Math.sqrt(0.75), within(1e-6f));
    assertThat(histogram[7 * 64]).isCloseTo(0.5f, within(1e-6f));
  }

  private static void assertNpy(Path file, int rows, int columns) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    int headerLength = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getShort(8);
    assertThat((10 + headerLength) % 64).isZero();
    assertThat(new String(bytes, 10, headerLength, StandardCharsets.US_ASCII))
        .contains("'<f4'")
        .contains("(%d, %d)".formatted(rows, columns))
        .endsWith("\n");
    assertThat(bytes).hasSize(10 + headerLength + rows * columns * Float.BYTES);
  }

  /** Reddish and bluish images in turn. */
  private static LabelledImages coloured(int count) {
    Random random = new Random(SEED + count);
    List<byte[]> images = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int strong = i % 2 == 0 ? 0 : 2;
      byte[] image = new byte[3 * SIDE * SIDE];
      for (int at = 0; at < image.length; at++) {
        int base = at / (SIDE * SIDE) == strong ? 200 : 30;
        image[at] = (byte) (base + random.nextInt(40));
      }
      images.add(image);
      labels.add(i % 2 == 0 ? "red" : "blue");
    }
    return new LabelledImages(SIDE, images, labels);
  }
}
