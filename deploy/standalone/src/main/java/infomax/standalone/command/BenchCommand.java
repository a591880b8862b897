package infomax.standalone.command;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code infomax bench}: benchmarks, each a program that writes one JSON object. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures parts of the system, or all of it, on this machine.",
    subcommands = {
      TrainBenchCommand.class,
      QualityBenchCommand.class,
      EmbedBenchCommand.class,
      SnapshotBenchCommand.class,
      IntakeBenchCommand.class,
      SearchBenchCommand.class,
      StreamBenchCommand.class,
      RollBenchCommand.class
    })
final class BenchCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(System.out);
    }
  }
}
