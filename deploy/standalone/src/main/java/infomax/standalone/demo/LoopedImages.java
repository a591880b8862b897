package infomax.standalone.demo;

import infomax.standalone.demo.image.ImageSource;
import infomax.standalone.demo.image.SourceImage;
import java.io.IOException;
import java.util.Optional;

/** Images without an end: after the last of a finite source comes its first. Not thread-safe. */
final class LoopedImages implements AutoCloseable {

  private final UploadStream.Images images;
  private ImageSource source;
  private boolean firstPass = true;

  private LoopedImages(UploadStream.Images images, ImageSource source) {
    this.images = images;
    this.source = source;
  }

  /** The images after so many. */
  static LoopedImages openAfter(long taken, UploadStream.Images images) throws IOException {
    LoopedImages looped = new LoopedImages(images, images.open());
    long passed = 0;
    for (long left = taken; left > 0; ) {
      if (looped.source.skip()) {
        left--;
        passed++;
      } else {
        looped.beginAnew();
        // Whole passes over it would end here again.
        left %= Math.max(1, passed);
        passed = 0;
      }
    }
    return looped;
  }

  /**
   * The next image.
   *
   * @throws IOException if it cannot be read, or if a pass over the source gave none
   */
  SourceImage next() throws IOException {
    Optional<SourceImage> next = source.next();
    if (next.isEmpty()) {
      beginAnew();
      next = source.next();
    }
    return next.orElseThrow(() -> new IOException(source.description() + ": there are none"));
  }

  /** True as long as no image came for a second time. */
  boolean isFirstPass() {
    return firstPass;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }

  private void beginAnew() throws IOException {
    firstPass = false;
    source.close();
    source = images.open();
  }
}
