package infomax.standalone.command;

import infomax.standalone.UserError;
import infomax.standalone.bench.StreamBenchmark;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infomax bench stream}. */
@Command(
    name = "stream",
    mixinStandardHelpOptions = true,
    description = {
      "Starts the whole system, streams generated images at a steady rate and measures how soon",
      "they are searchable. Nothing is trained."
    })
final class StreamBenchCommand implements Callable<Integer> {

  private static final int SAMPLES_WANTED = 5_500;
  private static final Duration WARM_UP = Duration.ofSeconds(10);

  @Option(
      names = "--rate",
      defaultValue = "200",
      description = "images per second (default: ${DEFAULT-VALUE})")
  private double rate;

  @Option(
      names = "--seconds",
      description = "measured time (default: what 5,500 images take, at least 30)")
  private @Nullable Integer seconds;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "seed of images and choices (default: ${DEFAULT-VALUE})")
  private long seed;

  @Mixin private final BenchFolder folder = new BenchFolder();
  @Mixin private final JsonReport report = new JsonReport();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!(rate > 0 && rate <= 10_000) || (seconds != null && seconds < 1)) {
      throw UserError.usage(
          "--rate is %s and --seconds %s, expected above 0 and at most 10000, and 1 or more"
              .formatted(rate, seconds));
    }
    long measured = seconds != null ? seconds : (long) Math.max(30, SAMPLES_WANTED / rate);
    StreamBenchmark benchmark =
        new StreamBenchmark(
            new StreamBenchmark.Options(rate, WARM_UP, Duration.ofSeconds(measured), seed),
            System.err::println);
    report.write(folder.in(benchmark::run));
    return 0;
  }
}
