package infomax.standalone.command;

import infomax.ingest.bench.IntakeBenchmark;
import infomax.runtime.health.Health;
import infomax.standalone.LocalCluster;
import infomax.standalone.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infomax bench intake}. */
@Command(
    name = "intake",
    mixinStandardHelpOptions = true,
    description = {
      "Sends hostile and honest uploads by HTTP and by images.uploads to an ingest of its own with",
      "a heap of 256 MiB, checks that each is answered, and measures how fast honest images go."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every upload was answered as it has to be, in time",
      "1:anything else; the report says what",
      "2:the command does not take this"
    })
final class IntakeBenchCommand implements Callable<Integer> {

  @Option(
      names = "--inputs",
      defaultValue = "100000",
      description = "length of the hostile stream (default: ${DEFAULT-VALUE})")
  private int inputs;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "seed of the hostile stream (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "time per size of honest images; 0 for none (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Mixin private final JsonReport report = new JsonReport();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (inputs < 1 || seconds < 0) {
      throw UserError.usage(
          "--inputs is %d and --seconds %d, expected 1 and 0 or more".formatted(inputs, seconds));
    }
    Path folder = Files.createTempDirectory("infomax-intake");
    try (LocalCluster cluster =
        LocalCluster.start(folder.resolve("broker"), Optional.empty(), new Health())) {
      IntakeBenchmark.Result result =
          new IntakeBenchmark(cluster.clients(), seed, inputs, Duration.ofSeconds(seconds)).run();
      report.write(result.report());
      return result.passed() ? 0 : 1;
    } finally {
      BenchFolder.delete(folder);
    }
  }
}
