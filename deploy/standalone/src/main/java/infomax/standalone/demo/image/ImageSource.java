package infomax.standalone.demo.image;

import java.io.IOException;
import java.util.Optional;

/** A sequence of images, read one at a time. Not thread-safe. */
public interface ImageSource extends AutoCloseable {

  /** The next image; empty when there are no more. */
  Optional<SourceImage> next() throws IOException;

  /** Passes over the next image; false when there are no more. */
  default boolean skip() throws IOException {
    return next().isPresent();
  }

  /** What the images are, for people, such as {@code 50,000 images of cifar.tar.gz}. */
  String description();

  @Override
  void close() throws IOException;
}
