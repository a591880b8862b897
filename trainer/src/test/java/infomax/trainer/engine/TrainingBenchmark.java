package infomax.trainer.engine;

import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Preset;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

/**
 * Images per second of the training step on noise. Arguments: preset, input size, threads, steps.
 * The median over the steps after a warm-up of ten; also the images per second of processor time,
 * which others on the same machine disturb less.
 */
final class TrainingBenchmark {

  private static final int WARM_UP_STEPS = 10;

  private TrainingBenchmark() {}

  public static void main(String[] arguments) {
    Preset preset = Preset.named(arguments[0]);
    NetworkShape shape = NetworkShape.of(Integer.parseInt(arguments[1]));
    int threads = Integer.parseInt(arguments[2]);
    int steps = Integer.parseInt(arguments[3]);
    TrainingPlan plan = new TrainingPlan(preset, 1, steps + (long) WARM_UP_STEPS, threads);
    try (Training training = Training.start(plan, Weights.initial(shape, preset.critics(), 1))) {
      byte[] pixels = new byte[training.miniBatchBytes()];
      new Random(1).nextBytes(pixels);
      double[] milliseconds = new double[steps];
      Duration busy = Duration.ZERO;
      for (int step = -WARM_UP_STEPS; step < steps; step++) {
        if (step == 0) {
          busy = processorTime();
        }
        long start = System.nanoTime();
        training.step(pixels);
        if (step >= 0) {
          milliseconds[step] = (System.nanoTime() - start) / 1e6;
        }
      }
      double processorSeconds = processorTime().minus(busy).toMillis() / 1000.0;
      Arrays.sort(milliseconds);
      double median = milliseconds[steps / 2];
      System.out.printf(
          "preset=%s inputSize=%d threads=%d millisPerStep=%.1f imagesPerSecond=%.0f best=%.0f"
              + " imagesPerProcessorSecond=%.0f%n",
          preset.name(),
          shape.inputSize(),
          threads,
          median,
          1000 * preset.miniBatch() / median,
          1000 * preset.miniBatch() / milliseconds[0],
          steps * (double) preset.miniBatch() / processorSeconds);
    }
  }

  private static Duration processorTime() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
  }
}
