package infomax.standalone.command;

import infomax.standalone.UserError;
import infomax.standalone.bench.RollBenchmark;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infomax bench roll}. */
@Command(
    name = "roll",
    mixinStandardHelpOptions = true,
    description = {
      "Starts the whole system, fills it with generated images, rolls an encoder while images",
      "stream in and searches are asked, and measures what that takes and what anybody notices."
    })
final class RollBenchCommand implements Callable<Integer> {

  @Option(
      names = "--images",
      defaultValue = "50000",
      description = "images in the log when the roll begins (default: ${DEFAULT-VALUE})")
  private long images;

  @Option(
      names = "--rate",
      defaultValue = "200",
      description = "images per second that stream in (default: ${DEFAULT-VALUE})")
  private double rate;

  @Option(
      names = "--queries",
      defaultValue = "20",
      description = "searches per second (default: ${DEFAULT-VALUE})")
  private double queries;

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description = "time before the roll, to compare with (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "seed of images and choices (default: ${DEFAULT-VALUE})")
  private long seed;

  @Mixin private final BenchFolder folder = new BenchFolder();
  @Mixin private final JsonReport report = new JsonReport();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (images < 100 || !(rate > 0) || !(queries > 0) || seconds < 1) {
      throw UserError.usage(
          "--images is %d, --rate %s, --queries %s and --seconds %d, expected at least 100, above 0, above 0 and at least 1"
              .formatted(images, rate, queries, seconds));
    }
    RollBenchmark benchmark =
        new RollBenchmark(
            new RollBenchmark.Options(images, rate, queries, Duration.ofSeconds(seconds), seed),
            System.err::println);
    report.write(folder.in(benchmark::run));
    return 0;
  }
}
