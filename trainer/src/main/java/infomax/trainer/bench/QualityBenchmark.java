package infomax.trainer.bench;

import infomax.trainer.bench.BudgetedTraining.Result;
import infomax.trainer.engine.Precision;
import infomax.trainer.evaluation.ColourHistogram;
import infomax.trainer.evaluation.Evaluation.Embedder;
import infomax.trainer.evaluation.LinearProbe;
import infomax.trainer.evaluation.NearestLabels;
import infomax.trainer.evaluation.Neighbours;
import infomax.trainer.evaluation.Neighbours.Metric;
import infomax.trainer.export.OnnxFile;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.objective.Preset;
import infomax.trainer.release.NeighbourSheet;
import infomax.trainer.release.ReleaseProperties;
import infomax.trainer.release.UntrainedEncoder;
import infomax.trainer.statistics.Moments;
import infomax.trainer.statistics.VectorSet;
import infomax.trainer.training.EncoderEmbedder;
import infomax.trainer.training.WhitenedExport;
import infomax.trainer.view.Augmentation;
import infomax.trainer.view.ViewPainter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * How well encoders find images of the same kind: each preset is trained on the same images with
 * the same budget, exported as a release is, and searched exactly. Embeddings are the mean of
 * p(z|x) as the exported encoder computes it, unscaled; labels are read for measuring alone.
 */
public final class QualityBenchmark {

  private static final int NEIGHBOURS = 10;

  /** Divided by the dimensions: more of them move a logit further at the same rate. */
  private static final double PROBE_RATE = 0.25;

  private static final int PROBE_EPOCHS = 30;
  private static final int PROBE_MINI_BATCH = 256;
  private static final Duration PROBE_TIME_MAX = Duration.ofMinutes(5);
  private static final int VIEWS_MAX = 1_000;
  private static final int RANK_VECTORS_MAX = 2_000;
  private static final float HALF = 0.5f;

  private final LabelledImages images;
  private final LabelledImages queries;
  private final Options options;
  private final List<byte[]> views;
  private final Consumer<String> tell;

  /**
   * What to measure.
   *
   * @param presets trained one after the other
   * @param dimensions length of the embeddings
   * @param budget of each
   * @param threads threads of training and inference
   * @param precision of the trainings' convolutions
   * @param seed of weights, trainings and views
   * @param vectors folder for each row's vectors; empty for none
   * @param sheets folder for each row's neighbour sheets; empty for none
   */
  public record Options(
      List<Preset> presets,
      int dimensions,
      TrainingBudget budget,
      int threads,
      Precision precision,
      long seed,
      Optional<Path> vectors,
      Optional<Path> sheets) {}

  /**
   * A benchmark.
   *
   * @param images trained on and searched
   * @param queries images that no training sees, of the same input size
   * @param tell hears in words what goes on
   */
  public QualityBenchmark(
      LabelledImages images, LabelledImages queries, Options options, Consumer<String> tell) {
    if (images.inputSize() != queries.inputSize()) {
      throw new IllegalArgumentException(
          "images of %d px and queries of %d px, expected the same"
              .formatted(images.inputSize(), queries.inputSize()));
    }
    this.images = images;
    this.queries = queries;
    this.options = options;
    this.tell = tell;
    this.views = views(queries, options.seed());
  }

  /** Trains and measures; takes the budget of every preset and some minutes. */
  public QualityReport run() throws IOException {
    NetworkShape shape = new NetworkShape(images.inputSize(), options.dimensions());
    // All trainings first: after a measurement of pixels in the same process a step takes 1.7 times
    // as long.
    List<Trained> trained = new ArrayList<>();
    for (Preset preset : options.presets()) {
      trained.add(train(preset, shape));
    }
    List<QualityRow> rows = new ArrayList<>();
    rows.add(measure("pixels", QualityBenchmark::pixels, 0, 0));
    rows.add(measure("histogram", ColourHistogram::of, 0, 0));
    rows.add(measure("random-weights", UntrainedEncoder.onnx(shape, options.seed()), shape, 0, 0));
    for (Trained each : trained) {
      Result result = each.result();
      Preset preset = each.preset();
      WhitenedExport export =
          WhitenedExport.of(
              result.weights(),
              preset,
              ReleaseProperties.of(0, preset.name(), options.seed(), result.weights()),
              whiteningImages(),
              options.threads());
      rows.add(measure(preset.name(), export.onnx(), shape, result.seconds(), result.imagesSeen()));
    }
    return new QualityReport(
        1,
        images.count(),
        queries.count(),
        images.classes(),
        images.inputSize(),
        options.threads(),
        options.precision().text(),
        options.seed(),
        options.budget() instanceof TrainingBudget.Time time ? time.duration().toSeconds() : 0,
        rows);
  }

  private record Trained(Preset preset, Result result) {}

  private Trained train(Preset preset, NetworkShape shape) {
    Result result =
        new BudgetedTraining(
                preset,
                options.budget(),
                options.threads(),
                options.precision(),
                options.seed(),
                tell)
            .run(images, shape);
    return new Trained(preset, result);
  }

  /** A random draw: the images come class by class. */
  private List<byte[]> whiteningImages() {
    List<byte[]> drawn = new ArrayList<>(images.pixels());
    Collections.shuffle(drawn, new Random(options.seed()));
    return List.copyOf(drawn.subList(0, Math.min(drawn.size(), WhitenedExport.IMAGES_MAX)));
  }

  private QualityRow measure(
      String name, OnnxFile onnx, NetworkShape shape, double trainSeconds, long imagesSeen)
      throws IOException {
    try (EncoderEmbedder embedder = EncoderEmbedder.open(onnx, shape, options.threads())) {
      return measure(name, embedder, trainSeconds, imagesSeen);
    }
  }

  private QualityRow measure(String name, Embedder encoder, double trainSeconds, long imagesSeen)
      throws IOException {
    long startNanos = System.nanoTime();
    VectorSet ofImages = encoder.embed(images.pixels());
    VectorSet ofQueries = encoder.embed(queries.pixels());
    VectorSet ofViews = encoder.embed(views);
    if (options.vectors().isPresent()) {
      Path folder = Files.createDirectories(options.vectors().get());
      NpyFile.write(folder.resolve(name + "-images.npy"), ofImages);
      NpyFile.write(folder.resolve(name + "-queries.npy"), ofQueries);
    }
    if (options.sheets().isPresent()) {
      drawSheets(options.sheets().get(), name, ofQueries);
    }
    VectorSet unitImages = ofImages.unit();
    VectorSet unitQueries = ofQueries.unit();
    NearestLabels byCosine = nearest(unitQueries, unitImages, NearestLabels.VOTERS, Metric.COSINE);
    NearestLabels byDistance = nearest(ofQueries, ofImages, NEIGHBOURS, Metric.EUCLIDEAN);
    int iterations = PROBE_EPOCHS * Math.ceilDiv(images.count(), PROBE_MINI_BATCH);
    OptionalDouble probe =
        new LinearProbe(
                options.seed(), PROBE_RATE / ofImages.dimensions(), iterations, PROBE_TIME_MAX)
            .accuracy(ofImages, images.labels(), ofQueries, queries.labels());
    QualityRow row =
        new QualityRow(
            name,
            ofImages.dimensions(),
            trainSeconds,
            imagesSeen,
            byCosine.precisionAt(1).mean(),
            byCosine.precisionAt(NEIGHBOURS).mean(),
            byDistance.precisionAt(NEIGHBOURS).mean(),
            byCosine.accuracyOfVote(),
            probe.isPresent() ? probe.getAsDouble() : null,
            ownViewHitAt1(ofViews, unitQueries),
            Moments.effectiveRank(
                ofQueries.range(0, Math.min(ofQueries.count(), RANK_VECTORS_MAX))));
    tell.accept(
        String.format(
            Locale.ROOT,
            "%s: precision@10 %.3f, k-NN %.3f, linear probe %.3f (measured in %.0f s)",
            name,
            row.precisionAt10Cosine(),
            row.knn(),
            probe.orElse(Double.NaN),
            (System.nanoTime() - startNanos) / 1e9));
    return row;
  }

  private void drawSheets(Path folder, String name, VectorSet ofQueries) throws IOException {
    Files.createDirectories(folder);
    for (Metric metric : Metric.values()) {
      Files.write(
          folder.resolve(name + "-" + metric.name().toLowerCase(Locale.ROOT) + ".png"),
          NeighbourSheet.png(
              queries.pixels(), queries.inputSize(), ofQueries, metric, options.seed()));
    }
  }

  private NearestLabels nearest(VectorSet from, VectorSet to, int k, Metric metric) {
    return new NearestLabels(
        Neighbours.search(from, to, k, metric), queries.labels(), images.labels());
  }

  private static double ownViewHitAt1(VectorSet views, VectorSet originals) {
    Neighbours neighbours = Neighbours.search(views, originals, 1, Metric.COSINE);
    int hits = 0;
    for (int view = 0; view < views.count(); view++) {
      hits += neighbours.of(view)[0] == view ? 1 : 0;
    }
    return (double) hits / views.count();
  }

  private static List<byte[]> views(LabelledImages queries, long seed) {
    ViewPainter painter = new ViewPainter(queries.inputSize(), Augmentation.WEAK);
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    List<byte[]> views = new ArrayList<>();
    for (byte[] image : queries.pixels().subList(0, Math.min(queries.count(), VIEWS_MAX))) {
      byte[] view = new byte[painter.viewBytes()];
      painter.paint(image, 0, view, 0, random);
      views.add(view);
    }
    return views;
  }

  /** value / 255 - 0.5. */
  private static VectorSet pixels(List<byte[]> images) {
    return VectorSet.filled(
        images.size(),
        images.getFirst().length,
        (row, target, offset) -> {
          byte[] image = images.get(row);
          for (int i = 0; i < image.length; i++) {
            target[offset + i] = (image[i] & 0xff) / 255f - HALF;
          }
        });
  }
}
