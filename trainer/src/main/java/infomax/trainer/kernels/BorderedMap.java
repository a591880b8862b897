package infomax.trainer.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * A copy of one image with pixels around it, so that tiles need not know where the image ends.
 * Those pixels are zero until a tile writes to them.
 */
final class BorderedMap {

  private final MapView view;
  private final int before;

  /**
   * A map.
   *
   * @param side height and width with all its pixels
   * @param before pixels left of the image, and above it
   */
  BorderedMap(int side, int before, int channels) {
    this.view = MapView.create(side, channels);
    this.before = before;
  }

  MapView view() {
    return view;
  }

  /** Sets every pixel to zero. */
  void clear() {
    Arrays.fill(view.values(), 0f);
  }

  /** Takes the image over. */
  void read(Pixels images, int image) {
    for (int y = 0; y < images.side(); y++) {
      MemorySegment.copy(
          images.values(),
          ValueLayout.JAVA_FLOAT,
          images.at(image, y, 0),
          view.values(),
          view.at(y + before, before),
          images.side() * images.channels());
    }
  }

  /** Hands the image over. */
  void write(Pixels images, int image) {
    for (int y = 0; y < images.side(); y++) {
      MemorySegment.copy(
          view.values(),
          view.at(y + before, before),
          images.values(),
          ValueLayout.JAVA_FLOAT,
          images.at(image, y, 0),
          images.side() * images.channels());
    }
  }
}
