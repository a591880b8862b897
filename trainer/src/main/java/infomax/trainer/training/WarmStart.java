package infomax.trainer.training;

import infomax.events.Digest;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.store.ObjectStore;
import infomax.trainer.network.CheckpointFile;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.ParameterLayout;
import infomax.trainer.network.Weights;
import infomax.trainer.release.ReleasePublisher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The weights a training begins with when it is to go on from an earlier release. */
final class WarmStart {

  private WarmStart() {}

  /**
   * The weights of a release's training checkpoint. Moments and schedule start anew.
   *
   * @throws RefusedTrainingException if the release has none that fit
   */
  static Weights weights(
      int version,
      ControlState control,
      ObjectStore store,
      Path root,
      NetworkShape shape,
      TrainingOrder order)
      throws RefusedTrainingException, IOException {
    EncoderRelease release = control.encoders().get(version);
    Digest checkpoint =
        release == null ? null : release.artifacts().get(ReleasePublisher.CHECKPOINT);
    if (checkpoint == null) {
      throw new RefusedTrainingException(
          "release %d has no training checkpoint, expected the version of a trained release"
              .formatted(version));
    }
    Files.createDirectories(root);
    Path copy = Files.createTempFile(root, "warm-start", "");
    try {
      Files.write(copy, store.read(checkpoint));
      Weights weights = CheckpointFile.read(copy).trained();
      ParameterLayout expected = order.preset().layout(shape);
      if (!weights.layout().equals(expected)) {
        throw new RefusedTrainingException(
            "release %d was trained with %s, expected %s: train from scratch"
                .formatted(version, weights.layout(), expected));
      }
      return weights;
    } finally {
      Files.deleteIfExists(copy);
    }
  }
}
