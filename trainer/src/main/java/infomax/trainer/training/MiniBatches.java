package infomax.trainer.training;

import infomax.trainer.objective.Preset;
import infomax.trainer.view.Augmentation;
import infomax.trainer.view.ViewPainter;
import infomax.trainer.view.Views;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * The mini-batches of a training: each epoch is a fresh permutation of the images, cut into full
 * batches; what does not fill one is left out of that epoch. Fewer images than one batch are
 * repeated. A batch, its random views included, is a function of images, preset, seed and step
 * alone, so a resumed training sees what it would have seen. Not thread-safe.
 */
public final class MiniBatches {

  private final TrainingImages images;
  private final int imageBytes;
  private final int miniBatch;
  private final int views;
  private final Optional<ViewPainter> painter;
  private final long seed;
  private final int[] order;
  private long permuted = -1;

  /**
   * The mini-batches of a training.
   *
   * @param images at least one
   * @param side height and width of the pictures; other than that of the images only for a preset
   *     with random views
   * @param seed of order and views
   */
  public MiniBatches(TrainingImages images, int side, Preset preset, long seed) {
    if (images.count() < 1) {
      throw new IllegalArgumentException("there is no image to train on");
    }
    this.images = images;
    this.imageBytes = 3 * images.inputSize() * images.inputSize();
    this.miniBatch = preset.miniBatch();
    this.views = preset.views().count();
    this.painter =
        switch (preset.views()) {
          case Views.Plain() -> {
            if (side != images.inputSize()) {
              throw new IllegalArgumentException(
                  "pictures of %d px, expected %d".formatted(side, images.inputSize()));
            }
            yield Optional.empty();
          }
          case Views.TwoAugmented(Augmentation augmentation, double _) ->
              Optional.of(new ViewPainter(images.inputSize(), side, augmentation));
        };
    this.seed = seed;
    this.order = new int[images.count()];
  }

  /** Batches of pictures as large as the images. */
  public MiniBatches(TrainingImages images, Preset preset, long seed) {
    this(images, images.inputSize(), preset, seed);
  }

  /** Full batches in an epoch, at least 1. */
  public long stepsPerEpoch() {
    return Math.max(1, order.length / miniBatch);
  }

  /** The epoch a step belongs to, from 0. */
  public long epoch(long step) {
    return step / stepsPerEpoch();
  }

  /** The batch of a step, from 0: (view, image) pictures in a fresh array. */
  public byte[] batch(long step) {
    permute(epoch(step));
    int begin = (int) (step % stepsPerEpoch()) * miniBatch;
    byte[] pixels = new byte[miniBatch * imageBytes];
    for (int i = 0; i < miniBatch; i++) {
      images.copyPixels(order[(begin + i) % order.length], pixels, i * imageBytes);
    }
    return painter.isPresent() ? views(pixels, painter.get(), step) : pixels;
  }

  private byte[] views(byte[] pixels, ViewPainter painting, long step) {
    RandomGenerator random = random(seed * 0xbf58476d1ce4e5b9L + ~step);
    byte[] pictures = new byte[views * miniBatch * painting.viewBytes()];
    for (int picture = 0; picture < views * miniBatch; picture++) {
      int image = picture % miniBatch;
      painting.paint(pixels, image * imageBytes, pictures, picture * painting.viewBytes(), random);
    }
    return pictures;
  }

  private void permute(long epoch) {
    if (epoch == permuted) {
      return;
    }
    RandomGenerator random = random(seed * 0x9e3779b97f4a7c15L + epoch);
    for (int i = 0; i < order.length; i++) {
      int other = random.nextInt(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    permuted = epoch;
  }

  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }
}
