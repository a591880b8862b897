package infomax.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.events.control.ControlState;
import infomax.store.ObjectStore;
import infomax.trainer.network.CheckpointFile;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.TrainingCheckpoint;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Preset;
import infomax.trainer.release.ReleasePublisher;
import infomax.trainer.release.UntrainedEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training begins with a release's weights where they are those of its own network. */
class WarmStartTest {

  private static final NetworkShape SHAPE = new NetworkShape(32, 16);
  private static final String ATTENTIVE = "default+pooling=attention";

  @TempDir private Path folder;

  @Test
  void weightsOfTheSameNetworkAreTaken() throws Exception {
    Weights weights = Weights.initial(Preset.named(ATTENTIVE).layout(SHAPE), 3);
    assertThat(warmStart(weights, ATTENTIVE).digest()).isEqualTo(weights.digest());
  }

  @Test
  void aReleaseThatPoolsOtherwiseIsRefusedEitherWay() {
    for (String[] each : new String[][] {{"default", ATTENTIVE}, {ATTENTIVE, "default"}}) {
      Weights weights = Weights.initial(Preset.named(each[0]).layout(SHAPE), 3);
      assertThatThrownBy(() -> warmStart(weights, each[1]))
          .isInstanceOf(RefusedTrainingException.class)
          .hasMessageStartingWith("release 0 was trained with ")
          .hasMessageContaining("NetworkShape[inputSize=32, dimensions=16, pooling=attention]")
          .hasMessageEndingWith("train from scratch");
    }
  }

  /** What a training of that preset begins with when release 0 has these weights. */
  private Weights warmStart(Weights weights, String preset)
      throws IOException, RefusedTrainingException {
    int size = weights.layout().size();
    Path file = folder.resolve("checkpoint");
    CheckpointFile.write(
        file,
        TrainingCheckpoint.of(
            new TrainingCheckpoint.Progress("any", 3, 1),
            weights,
            new float[size],
            new float[size]));
    ObjectStore store = ObjectStore.open(folder.resolve("objects"));
    ControlState control =
        ControlState.EMPTY.with(
            UntrainedEncoder.release(
                SHAPE,
                1,
                UntrainedEncoder.onnx(SHAPE, 1),
                Map.of(ReleasePublisher.CHECKPOINT, store.putFile(file)),
                Instant.EPOCH));
    TrainingOrder order =
        new TrainingOrder(
            "request",
            Preset.named(preset),
            1_000,
            Optional.of(0),
            1,
            Optional.empty(),
            Optional.empty());
    return WarmStart.weights(0, control, store, folder, SHAPE, order);
  }
}
