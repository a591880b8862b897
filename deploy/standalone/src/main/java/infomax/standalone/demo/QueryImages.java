package infomax.standalone.demo;

import infomax.standalone.demo.image.ImageSource;
import infomax.standalone.demo.image.SourceImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Images to ask with: the first few hundred of the source, in random order. Thread-safe. */
final class QueryImages implements Supplier<byte[]> {

  private static final int IMAGES_MAX = 300;

  private final List<byte[]> images = new ArrayList<>();
  private final SplittableRandom random;

  QueryImages(UploadStream.Images source, long seed) throws IOException {
    this.random = new SplittableRandom(seed);
    try (ImageSource opened = source.open()) {
      for (int count = 0; count < IMAGES_MAX; count++) {
        opened.next().map(SourceImage::bytes).ifPresent(images::add);
      }
    }
  }

  @Override
  public synchronized byte[] get() {
    return images.get(random.nextInt(images.size()));
  }
}
