package infomax.standalone.command;

import infomax.standalone.UserError;
import infomax.trainer.bench.StepBenchmark;
import infomax.trainer.engine.ComputeTarget;
import infomax.trainer.engine.UnusableTargetException;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.objective.Preset;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infomax bench train}. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = "Measures how fast a training step is.")
final class TrainBenchCommand implements Callable<Integer> {

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

  @Option(names = "--batch", description = "images per step (default: the preset's)")
  private @Nullable Integer batch;

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

  @Mixin private final JsonReport report = new JsonReport();

  @Override
  public Integer call() throws IOException {
    StepBenchmark benchmark;
    try {
      ComputeTarget target = ComputeTarget.of(engine, device, precision).settled();
      Preset named = Preset.named(preset);
      benchmark =
          new StepBenchmark(
              batch == null ? named : named.withMiniBatch(batch),
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
    report.write(benchmark.run());
    return 0;
  }
}
