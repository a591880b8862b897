package infomax.standalone.command;

import infomax.events.Json;
import infomax.runtime.health.Health;
import infomax.standalone.LocalCluster;
import infomax.standalone.UserError;
import infomax.trainer.bench.EmbedBenchmark;
import infomax.trainer.bench.LabelledImages;
import infomax.trainer.bench.QualityBenchmark;
import infomax.trainer.bench.SnapshotBenchmark;
import infomax.trainer.bench.StepBenchmark;
import infomax.trainer.bench.TrainingBudget;
import infomax.trainer.engine.ComputeTarget;
import infomax.trainer.engine.Precision;
import infomax.trainer.engine.UnusableTargetException;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.objective.Preset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code infomax bench}: benchmarks, each a program that writes one JSON object. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures parts of the system on this machine.",
    subcommands = {
      BenchCommand.Train.class,
      BenchCommand.Quality.class,
      BenchCommand.Embed.class,
      BenchCommand.Snapshot.class,
      IntakeBenchCommand.class
    })
final class BenchCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(System.out);
    }
  }

  /** {@code infomax bench train}. */
  @Command(
      name = "train",
      mixinStandardHelpOptions = true,
      description = "Measures how fast a training step is.")
  static final class Train implements Callable<Integer> {

    @Option(
        names = "--preset",
        defaultValue = "seed",
        description = "what to train (default: ${DEFAULT-VALUE})")
    private String preset = "";

    @Option(
        names = "--input",
        defaultValue = "32",
        description = "side of an image in pixels, 32 or 64 (default: ${DEFAULT-VALUE})")
    private int input;

    @Option(
        names = "--batch",
        defaultValue = "64",
        description = "images per step (default: ${DEFAULT-VALUE})")
    private int batch;

    @Option(
        names = "--threads",
        defaultValue = "1",
        description = "threads (default: ${DEFAULT-VALUE})")
    private int threads;

    @Option(
        names = "--precision",
        defaultValue = "float32",
        description = "of the convolutions: float32, bfloat16 or auto (default: ${DEFAULT-VALUE})")
    private String precision = "";

    @Option(
        names = "--seconds",
        defaultValue = "20",
        description = "time of the steps that count (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(
        names = "--engine",
        defaultValue = "nd4j",
        description = "nd4j or torch (default: ${DEFAULT-VALUE})")
    private String engine = "";

    @Option(
        names = "--device",
        defaultValue = "auto",
        description = "auto, cpu or cuda (default: ${DEFAULT-VALUE})")
    private String device = "";

    @Option(names = "--reference", description = "folder of recorded steps to replay as well")
    private @Nullable Path reference;

    @Option(names = "--json", description = "file for the report (default: standard output)")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException {
      StepBenchmark benchmark;
      try {
        ComputeTarget target = ComputeTarget.of(engine, device, precision).settled();
        benchmark =
            new StepBenchmark(
                Preset.named(preset).withMiniBatch(batch),
                NetworkShape.of(input),
                threads,
                target,
                Duration.ofSeconds(seconds),
                Optional.ofNullable(reference));
      } catch (IllegalArgumentException e) {
        throw UserError.usage(String.valueOf(e.getMessage()));
      } catch (UnusableTargetException e) {
        throw new UserError(String.valueOf(e.getMessage()), e);
      }
      write(benchmark.run(), json);
      return 0;
    }
  }

  /** {@code infomax bench quality}. */
  @Command(
      name = "quality",
      mixinStandardHelpOptions = true,
      description = {
        "Trains encoders on labelled images, each for the same time, and measures how well they",
        "find images of the same kind, beside pixels, colour histograms and random weights."
      })
  static final class Quality implements Callable<Integer> {

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

    @Option(names = "--json", description = "file for the report (default: standard output)")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException {
      QualityBenchmark.Options options = options();
      LabelledImages gallery = read(images);
      LabelledImages asked = read(queries);
      System.err.printf(
          "%,d images, %,d queries, %d classes%n",
          gallery.count(), asked.count(), gallery.classes());
      byte[] report =
          Json.write(new QualityBenchmark(gallery, asked, options, System.err::println).run());
      if (json == null) {
        System.out.writeBytes(report);
        System.out.println();
      } else {
        Files.write(json, report);
      }
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
      PixelSet set = PixelSet.read(path, input, Integer.MAX_VALUE);
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
      } catch (java.time.format.DateTimeParseException e) {
        // Told below, like a duration of nothing.
      }
      throw new IllegalArgumentException(
          "budget is '" + text + "', expected a duration above 0 such as 90s, 60m or 2h");
    }
  }

  /** {@code infomax bench embed}. */
  @Command(
      name = "embed",
      mixinStandardHelpOptions = true,
      description = "Measures how fast an encoder embeds, on every device there is.")
  static final class Embed implements Callable<Integer> {

    @Option(
        names = "--input",
        defaultValue = "32",
        description = "side of the images in pixels, 32 or 64 (default: ${DEFAULT-VALUE})")
    private int input;

    @Option(
        names = "--threads",
        defaultValue = "1",
        description = "threads of a call on the processor (default: ${DEFAULT-VALUE})")
    private int threads;

    @Option(
        names = "--seconds",
        defaultValue = "5",
        description = "time per device and batch size (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--json", description = "file for the report (default: standard output)")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException {
      EmbedBenchmark benchmark;
      try {
        benchmark =
            new EmbedBenchmark(NetworkShape.of(input), threads, Duration.ofSeconds(seconds));
      } catch (IllegalArgumentException e) {
        throw UserError.usage(String.valueOf(e.getMessage()));
      }
      write(benchmark.run(), json);
      return 0;
    }
  }

  /** {@code infomax bench snapshot}. */
  @Command(
      name = "snapshot",
      mixinStandardHelpOptions = true,
      description = {
        "Fills a topic of a fresh embedded broker with small images and reads a training snapshot",
        "of all of them, with a heap of 1 GiB."
      })
  static final class Snapshot implements Callable<Integer> {

    @Option(
        names = "--images",
        defaultValue = "1000000",
        description = "images in the log (default: ${DEFAULT-VALUE})")
    private int images;

    @Option(
        names = "--input",
        defaultValue = "32",
        description = "side of the images in pixels (default: ${DEFAULT-VALUE})")
    private int input;

    @Option(
        names = "--data",
        required = true,
        description = "new folder for log and snapshot: 7 GiB for a million images of 32 px")
    private @Nullable Path data;

    @Option(names = "--json", description = "file for the report (default: standard output)")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException, InterruptedException {
      Path folder = Objects.requireNonNull(data, "picocli requires it");
      if (images < 1 || input < 8) {
        throw UserError.usage(
            "--images is %d and --input %d, expected 1 and 8 or more".formatted(images, input));
      }
      if (Files.exists(folder)) {
        throw new UserError("--data " + folder + " exists, expected a new folder");
      }
      try (LocalCluster cluster =
          LocalCluster.start(folder.resolve("broker"), Optional.empty(), new Health())) {
        write(
            new SnapshotBenchmark(cluster.clients(), input, images, folder.resolve("snapshot"))
                .run(),
            json);
      }
      return 0;
    }
  }

  private static void write(Object report, @Nullable Path file) throws IOException {
    byte[] json = Json.write(report);
    if (file == null) {
      System.out.writeBytes(json);
      System.out.println();
    } else {
      Files.write(file, json);
    }
  }
}
