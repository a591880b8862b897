package infomax.trainer.engine;

import infomax.trainer.network.ParameterTensor;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Preset;
import java.io.IOException;
import java.nio.file.Path;

/**
 * How far an engine is from steps of the {@code seed} preset that an independent implementation
 * recorded.
 *
 * @param loss0Relative relative difference of the first step's total loss
 * @param gradient0RelativeL2Max largest relative L2 difference of a tensor's gradient at step 0
 * @param loss20Relative relative difference of the total loss at the last of twenty steps
 */
public record RecordedStepsReplay(
    double loss0Relative, double gradient0RelativeL2Max, double loss20Relative) {

  /**
   * Replays the recording.
   *
   * @param folder holds {@code images.u8}, {@code params0.bin}, {@code params.txt}, {@code u.bin},
   *     {@code p1.bin}, {@code p2.bin}, {@code losses.bin} and {@code grads0.bin}
   * @throws IOException if the folder does not hold a recording
   */
  public static RecordedStepsReplay of(Path folder, int threads, ComputeTarget target)
      throws IOException {
    RecordedSteps recorded = new RecordedSteps(folder);
    TrainingPlan plan =
        new TrainingPlan(Preset.named("seed"), 0, RecordedSteps.STEPS, threads, target);
    Weights initial = recorded.initial();
    double first = 0;
    double last = 0;
    double gradientMax = 0;
    try (Training training = Training.start(plan, initial)) {
      for (int step = 0; step < RecordedSteps.STEPS; step++) {
        StepLosses losses =
            training.step(recorded.pixels(step), recorded.randomness(step)).losses();
        double expected = recorded.losses(step)[0];
        last = Math.abs(losses.total() - expected) / expected;
        if (step == 0) {
          first = last;
          float[] gradient = training.lastGradient();
          float[] expectedGradient = recorded.flat("grads0.bin");
          for (ParameterTensor tensor : initial.layout().tensors()) {
            gradientMax =
                Math.max(gradientMax, Distances.relative(gradient, expectedGradient, tensor));
          }
        }
      }
    }
    return new RecordedStepsReplay(first, gradientMax, last);
  }
}
