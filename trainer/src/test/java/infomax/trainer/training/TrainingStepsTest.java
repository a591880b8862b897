package infomax.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.trainer.engine.ComputeTarget;
import infomax.trainer.engine.Precision;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.TrainingCheckpoint;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Preset;
import infomax.trainer.release.LossHistory;
import infomax.trainer.snapshot.SnapshotFixture;
import infomax.trainer.snapshot.TrainingSnapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a training makes of a snapshot depends on its pixels, the preset and the seed alone. */
class TrainingStepsTest {

  private static final int IMAGES = 120;
  private static final int SIDE = 32;
  private static final long SEED = 9;
  private static final NetworkShape SHAPE = new NetworkShape(SIDE, 16);

  /**
   * Two random views, so that they too have to be the same; 25 steps, the first 20 with small ones.
   */
  private static final TrainingOrder ORDER =
      new TrainingOrder(
          "request",
          Preset.named("default+clip=1+average=0.9").withMiniBatch(12),
          300,
          Optional.empty(),
          SEED,
          Optional.empty(),
          Optional.empty());

  @TempDir Path folder;

  private ComputeTarget target = ComputeTarget.nd4j(Precision.FLOAT32);

  @Test
  void renamingEveryLabelLeavesTheWeightsBitForBitTheSame() throws Exception {
    String cats = train("cats", image -> image % 2 == 0 ? "cat" : "dog");
    assertThat(train("none", image -> "")).isEqualTo(cats);
    assertThat(train("other", image -> "class-" + image)).isEqualTo(cats);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nd4j", "torch"})
  void anInterruptedTrainingGoesOnAsIfNothingHadHappened(String engine) throws Exception {
    target = ComputeTarget.of(engine, "cpu", "float32");
    String straight = train("straight", image -> "");
    try (TrainingSnapshot snapshot = snapshot("interrupted", image -> "")) {
      for (long step : new long[] {3, 10, 22}) {
        Progress progress = new Progress();
        progress.begin(ORDER);
        Thread interrupting = interruptAfter(step, progress);
        assertThatThrownBy(() -> steps(snapshot, "interrupted", progress).run(initial()))
            .isInstanceOf(InterruptedException.class);
        interrupting.join();
      }
      assertThat(steps(snapshot, "interrupted", new Progress()).run(initial()).weights().digest())
          .isEqualTo(straight);
    }
  }

  @Test
  void aDivergedTrainingComesToItsLastCheckpointAndSaysWhy() throws Exception {
    Weights exploding = exploding();
    float[] moments = new float[exploding.layout().size()];
    TrainingCheckpoint last =
        TrainingCheckpoint.of(
            new TrainingCheckpoint.Progress(ORDER.preset().name(), SEED, 10),
            exploding,
            moments,
            moments);
    RunFolder.open(folder, "diverging").keep(last, LossHistory.EMPTY);
    try (TrainingSnapshot snapshot = snapshot("diverging", image -> "")) {
      TrainedNetwork trained = steps(snapshot, "diverging", new Progress()).run(initial());
      assertThat(trained.divergence().orElseThrow())
          .startsWith("the training diverged at step 10 (loss ")
          .contains("this is the network after step 10");
      assertThat(trained.checkpoint().progress()).isEqualTo(last.progress());
      assertThat(trained.checkpoint().weights().digest()).isEqualTo(exploding.digest());
    }
  }

  @Test
  void aTrainingThatDivergesBeforeItsFirstCheckpointIsRefused() throws Exception {
    try (TrainingSnapshot snapshot = snapshot("at-once", image -> "")) {
      assertThatThrownBy(() -> steps(snapshot, "at-once", new Progress()).run(exploding()))
          .isInstanceOf(RefusedTrainingException.class)
          .hasMessageStartingWith("the training diverged at step 0 (loss ")
          .hasMessageContaining("before the first checkpoint");
    }
  }

  /** A log variance whose exponential overflows: the next step's loss is no number. */
  private static Weights exploding() {
    Weights initial = initial();
    float[] parameters = initial.parameters();
    parameters[initial.layout().tensor("logvar.b").offset()] = 500;
    return Weights.of(initial.layout(), parameters, initial.statistics());
  }

  private static Thread interruptAfter(long step, Progress progress) {
    Thread training = Thread.currentThread();
    return Thread.ofPlatform()
        .start(
            () -> {
              Awaitility.await()
                  .atMost(Duration.ofMinutes(1))
                  .pollDelay(Duration.ZERO)
                  .pollInterval(Duration.ofMillis(1))
                  .until(() -> progress.signal(Instant.now()).orElseThrow().step() >= step);
              training.interrupt();
            });
  }

  private String train(String name, IntFunction<String> label) throws Exception {
    try (TrainingSnapshot snapshot = snapshot(name, label)) {
      TrainedNetwork trained = steps(snapshot, name, new Progress()).run(initial());
      assertThat(trained.steps()).isEqualTo(ORDER.steps());
      return trained.weights().digest();
    }
  }

  private TrainingSteps steps(TrainingSnapshot snapshot, String name, Progress progress)
      throws Exception {
    return new TrainingSteps(
        ORDER, snapshot, RunFolder.open(folder, name), progress, 2, target, () -> false);
  }

  private static Weights initial() {
    return Weights.initial(ORDER.preset().layout(SHAPE), SEED);
  }

  private TrainingSnapshot snapshot(String name, IntFunction<String> label) throws Exception {
    return SnapshotFixture.write(
        folder.resolve("snapshot-" + name), SIDE, IMAGES, TrainingStepsTest::pixels, label);
  }

  private static byte[] pixels(int image) {
    byte[] pixels = new byte[3 * SIDE * SIDE];
    new Random(SEED + image).nextBytes(pixels);
    return pixels;
  }
}
