package infomax.standalone.command;

import infomax.runtime.health.Health;
import infomax.standalone.LocalCluster;
import infomax.standalone.UserError;
import infomax.trainer.bench.SnapshotBenchmark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infomax bench snapshot}. */
@Command(
    name = "snapshot",
    mixinStandardHelpOptions = true,
    description = {
      "Fills a topic of a fresh embedded broker with small images and reads a training snapshot",
      "of all of them, with a heap of 1 GiB."
    })
final class SnapshotBenchCommand implements Callable<Integer> {

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

  @Mixin private final JsonReport report = new JsonReport();

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
      report.write(
          new SnapshotBenchmark(cluster.clients(), input, images, folder.resolve("snapshot"))
              .run());
    }
    return 0;
  }
}
