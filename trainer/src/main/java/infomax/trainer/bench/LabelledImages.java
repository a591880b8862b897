package infomax.trainer.bench;

import infomax.trainer.training.TrainingImages;
import java.util.List;

/**
 * Images in memory with their labels, in the order of their names. Immutable but for the pixels,
 * which nobody may change.
 *
 * @param inputSize height and width in pixels
 * @param pixels 3 x s x s bytes each
 * @param labels one for each image
 */
public record LabelledImages(int inputSize, List<byte[]> pixels, List<String> labels)
    implements TrainingImages {

  /** Copies the lists and checks that they fit. */
  public LabelledImages {
    pixels = List.copyOf(pixels);
    labels = List.copyOf(labels);
    if (pixels.isEmpty() || pixels.size() != labels.size()) {
      throw new IllegalArgumentException(
          "%d images and %d labels, expected as many of both, at least one"
              .formatted(pixels.size(), labels.size()));
    }
  }

  @Override
  public int count() {
    return pixels.size();
  }

  @Override
  public void copyPixels(int number, byte[] target, int offset) {
    byte[] image = pixels.get(number);
    System.arraycopy(image, 0, target, offset, image.length);
  }

  /** Number of different labels. */
  public int classes() {
    return (int) labels.stream().distinct().count();
  }
}
