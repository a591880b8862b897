package infomax.imaging;

import infomax.events.image.CanonicalImage;
import infomax.events.image.ImageFormat;
import infomax.events.image.RejectionReason;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * What an encoder sees of an image: its centre square, area-averaged to s x s, rounded to whole
 * numbers from 0 to 255. The one pixel pipeline: training snapshots and queries use it alike.
 * Immutable; equal when the pixels are.
 */
public final class EncoderPixels {

  /** Version of this pipeline; a release pins the one it was trained with. */
  public static final int PIPELINE_VERSION = 1;

  /** Largest s. */
  public static final int SIZE_MAX = 1024;

  private static final int CHANNELS = 3;

  private final int size;
  private final byte[] planes;

  private EncoderPixels(int size, byte[] planes) {
    this.size = size;
    this.planes = planes;
  }

  /**
   * The pixels of an image.
   *
   * @param image a canonical image, as read from the log
   * @param size s, 1 to {@link #SIZE_MAX}; an image smaller than that is enlarged
   * @throws UndecodableImageException if the bytes are not a canonical image
   */
  public static EncoderPixels of(CanonicalImage image, int size) throws UndecodableImageException {
    checkSize(size);
    try {
      SourceHeader header = SourceHeader.read(image.bytes());
      ImageFormat format =
          header
              .canonical()
              .orElseThrow(
                  () ->
                      new RejectedImageException(
                          RejectionReason.INVALID_RECORD,
                          "image is a "
                              + header.format()
                              + " that is not canonical, expected one that came through intake"));
      if (format != image.format()) {
        throw new RejectedImageException(
            RejectionReason.INVALID_RECORD,
            "image is called " + image.format() + " and is a " + format);
      }
      RgbPixels pixels = new PixelDecoding(image.bytes(), header).call();
      return new EncoderPixels(size, planes(AreaAverage.centreSquare(pixels, size)));
    } catch (RejectedImageException e) {
      throw new UndecodableImageException(e.rejection());
    }
  }

  /**
   * Pixels that were read before, as a training snapshot holds them.
   *
   * @param size s
   * @param bytes 3 x s x s bytes as of {@link #bytes()}, copied
   */
  public static EncoderPixels ofBytes(int size, byte[] bytes) {
    checkSize(size);
    if (bytes.length != CHANNELS * size * size) {
      throw new IllegalArgumentException(
          bytes.length + " bytes, expected 3 x " + size + " x " + size);
    }
    return new EncoderPixels(size, bytes.clone());
  }

  /** s, the width and the height in pixels. */
  public int size() {
    return size;
  }

  /** 3 x s x s unsigned bytes: channel (R, G, B), then y, then x; a fresh array. */
  public byte[] bytes() {
    return planes.clone();
  }

  /**
   * Puts 3 x s x s numbers, value / 255 - 0.5 from -0.5 to 0.5, in the order of {@link #bytes()}.
   */
  public void putTo(FloatBuffer target) {
    for (byte value : planes) {
      target.put((value & 0xff) / 255f - 0.5f);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EncoderPixels pixels
        && size == pixels.size
        && Arrays.equals(planes, pixels.planes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(planes);
  }

  @Override
  public String toString() {
    return "EncoderPixels[" + size + " x " + size + "]";
  }

  private static void checkSize(int size) {
    if (size < 1 || size > SIZE_MAX) {
      throw new IllegalArgumentException("size is " + size + ", expected 1 to " + SIZE_MAX);
    }
  }

  private static byte[] planes(RgbPixels square) {
    int pixels = square.width() * square.height();
    byte[] planes = new byte[CHANNELS * pixels];
    for (int at = 0; at < pixels; at++) {
      for (int channel = 0; channel < CHANNELS; channel++) {
        planes[channel * pixels + at] = square.rgb()[CHANNELS * at + channel];
      }
    }
    return planes;
  }
}
