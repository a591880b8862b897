package infomax.standalone.command;

import infomax.standalone.UserError;
import infomax.trainer.bench.LabelledImages;
import infomax.trainer.bench.QualityBenchmark;
import infomax.trainer.bench.TrainingBudget;
import infomax.trainer.engine.Precision;
import infomax.trainer.objective.Preset;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infomax bench quality}. */
@Command(
    name = "quality",
    mixinStandardHelpOptions = true,
    description = {
      "Trains encoders on labelled images, each for the same time, and measures how well they",
      "find images of the same kind, beside pixels, colour histograms and random weights."
    })
final class QualityBenchCommand implements Callable<Integer> {

  @Option(
      names = "--images",
      required = true,
      description = "trained on and searched: folder, .tar, .tar.gz or CIFAR-10 .bin file")
  private @Nullable Path images;

  @Option(names = "--queries", required = true, description = "searched for, never trained on")
  private @Nullable Path queries;

  @Option(
      names = "--presets",
      split = ",",
      defaultValue = "default",
      description = "presets to train (default: ${DEFAULT-VALUE})")
  private List<String> presets = List.of();

  @Option(
      names = "--input",
      defaultValue = "32",
      description = "side of the encoders' input in pixels, 32 or 64 (default: ${DEFAULT-VALUE})")
  private int input;

  @Option(
      names = "--dimensions",
      defaultValue = "256",
      description = "length of the embeddings, 64 to 512 (default: ${DEFAULT-VALUE})")
  private int dimensions;

  @Option(
      names = "--budget",
      defaultValue = "60m",
      description =
          "training time of each preset, such as 90s, 60m or 2h (default: ${DEFAULT-VALUE})")
  private String budget = "";

  @Option(
      names = "--images-seen",
      description =
          "images each preset passes through the network, with repetition, instead of --budget")
  private @Nullable Long imagesSeen;

  @Option(names = "--threads", description = "threads (default: one per processor)")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--precision",
      defaultValue = "auto",
      description =
          "of the trainings' convolutions: float32, bfloat16 or auto (default: ${DEFAULT-VALUE})")
  private String precision = "";

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "seed of weights and trainings (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(names = "--sheets", description = "folder for every row's neighbour sheets as PNG")
  private @Nullable Path sheets;

  @Option(names = "--vectors", description = "folder for every row's vectors as .npy files")
  private @Nullable Path vectors;

  @Mixin private final JsonReport report = new JsonReport();

  @Override
  public Integer call() throws IOException {
    QualityBenchmark.Options options = options();
    LabelledImages gallery = read(images);
    LabelledImages asked = read(queries);
    System.err.printf(
        "%,d images, %,d queries, %d classes%n", gallery.count(), asked.count(), gallery.classes());
    report.write(new QualityBenchmark(gallery, asked, options, System.err::println).run());
    return 0;
  }

  private QualityBenchmark.Options options() {
    try {
      return new QualityBenchmark.Options(
          presets.stream().map(Preset::named).toList(),
          dimensions,
          imagesSeen == null
              ? new TrainingBudget.Time(duration(budget))
              : new TrainingBudget.Images(imagesSeen),
          threads,
          Precision.named(precision),
          seed,
          Optional.ofNullable(vectors),
          Optional.ofNullable(sheets));
    } catch (IllegalArgumentException e) {
      throw UserError.usage(String.valueOf(e.getMessage()));
    }
  }

  private LabelledImages read(@Nullable Path path) throws IOException {
    if (path == null) {
      throw new IllegalStateException("a required option is missing");
    }
    PixelSet set = PixelSet.read(path, input);
    List<String> labels = new ArrayList<>();
    for (PixelSet.Entry entry : set.entries()) {
      String label = entry.label();
      if (label == null) {
        throw new UserError(
            entry.id() + " of " + path + " has no label: put it into a folder named so");
      }
      labels.add(label);
    }
    return new LabelledImages(input, set.pixels(), labels);
  }

  private static Duration duration(String text) {
    try {
      Duration duration = Duration.parse("PT" + text);
      if (duration.isPositive()) {
        return duration;
      }
    } catch (DateTimeParseException e) {
      // Told below, like a duration of nothing.
    }
    throw new IllegalArgumentException(
        "budget is '" + text + "', expected a duration above 0 such as 90s, 60m or 2h");
  }
}
