package infomax.trainer.release;

import infomax.trainer.statistics.VectorSet;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A few images with the embeddings the trainer computed for them, so that whoever runs the encoder
 * can tell that it still computes the same.
 *
 * @param inputSize side of the images in pixels
 * @param pixels each image's 3 x s x s bytes in base64
 * @param vectors each image's embedding, unscaled
 */
public record GoldenImages(int inputSize, List<String> pixels, List<List<Float>> vectors) {

  /** Checks that there is one vector per image and copies the lists. */
  public GoldenImages {
    pixels = List.copyOf(pixels);
    vectors = vectors.stream().map(List::copyOf).toList();
    if (pixels.size() != vectors.size()) {
      throw new IllegalArgumentException(
          "%d images and %d vectors, expected one each".formatted(pixels.size(), vectors.size()));
    }
  }

  /** Golden images from images and their embeddings, row by row. */
  public static GoldenImages of(int inputSize, List<byte[]> images, VectorSet embeddings) {
    List<String> pixels =
        images.stream().map(image -> Base64.getEncoder().encodeToString(image)).toList();
    List<List<Float>> vectors = new ArrayList<>();
    for (int row = 0; row < embeddings.count(); row++) {
      List<Float> vector = new ArrayList<>();
      for (float value : embeddings.row(row)) {
        vector.add(value);
      }
      vectors.add(vector);
    }
    return new GoldenImages(inputSize, pixels, vectors);
  }
}
