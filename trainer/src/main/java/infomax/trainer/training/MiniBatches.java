package infomax.trainer.training;

import infomax.trainer.snapshot.TrainingSnapshot;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * The mini-batches of a training: each epoch is a fresh permutation of the snapshot's training
 * part, cut into full batches; what does not fill one is left out of that epoch. A snapshot smaller
 * than one batch is repeated. A batch is a function of snapshot, seed and step alone, so a resumed
 * training sees what it would have seen. Not thread-safe.
 */
final class MiniBatches {

  private final TrainingSnapshot snapshot;
  private final int miniBatch;
  private final long seed;
  private final int[] order;
  private long permuted = -1;

  MiniBatches(TrainingSnapshot snapshot, int miniBatch, long seed) {
    int images = snapshot.images() - snapshot.heldOut();
    if (images < 1) {
      throw new IllegalArgumentException("snapshot has no image to train on");
    }
    this.snapshot = snapshot;
    this.miniBatch = miniBatch;
    this.seed = seed;
    this.order = new int[images];
  }

  /** Full batches in an epoch, at least 1. */
  long stepsPerEpoch() {
    return Math.max(1, order.length / miniBatch);
  }

  /** The epoch a step belongs to, from 0. */
  long epoch(long step) {
    return step / stepsPerEpoch();
  }

  /** The batch of a step, from 0; a fresh array. */
  byte[] batch(long step) {
    permute(epoch(step));
    int begin = (int) (step % stepsPerEpoch()) * miniBatch;
    byte[] pixels = new byte[miniBatch * snapshot.imageBytes()];
    for (int i = 0; i < miniBatch; i++) {
      int image = snapshot.heldOut() + order[(begin + i) % order.length];
      snapshot.copyPixels(image, pixels, i * snapshot.imageBytes());
    }
    return pixels;
  }

  private void permute(long epoch) {
    if (epoch == permuted) {
      return;
    }
    RandomGenerator random =
        RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 0x9e3779b97f4a7c15L + epoch);
    for (int i = 0; i < order.length; i++) {
      int other = random.nextInt(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    permuted = epoch;
  }
}
