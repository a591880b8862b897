package infomax.standalone.command;

import infomax.standalone.UserError;
import infomax.trainer.bench.EmbedBenchmark;
import infomax.trainer.network.NetworkShape;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infomax bench embed}. */
@Command(
    name = "embed",
    mixinStandardHelpOptions = true,
    description = "Measures how fast an encoder embeds, on every device there is.")
final class EmbedBenchCommand implements Callable<Integer> {

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

  @Mixin private final JsonReport report = new JsonReport();

  @Override
  public Integer call() throws IOException {
    EmbedBenchmark benchmark;
    try {
      benchmark = new EmbedBenchmark(NetworkShape.of(input), threads, Duration.ofSeconds(seconds));
    } catch (IllegalArgumentException e) {
      throw UserError.usage(String.valueOf(e.getMessage()));
    }
    report.write(benchmark.run());
    return 0;
  }
}
