package infomax.imaging;

import infomax.events.image.ImageFormat;
import infomax.events.image.RejectionReason;
import java.awt.color.ICC_Profile;
import java.nio.BufferUnderflowException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the structure of an upload says, read without decoding a pixel.
 *
 * @param format the container
 * @param width claimed width in pixels, before orientation
 * @param height claimed height in pixels, before orientation
 * @param orientation EXIF orientation, 1 to 8
 * @param canonical the format, if the bytes are a canonical image as they stand
 * @param route how to decode it
 * @param gathered true if the decoder holds the whole picture before it can tell the first row
 * @param profile a colour profile the decoder does not apply by itself
 */
record SourceHeader(
    SourceFormat format,
    int width,
    int height,
    int orientation,
    Optional<ImageFormat> canonical,
    DecodeRoute route,
    boolean gathered,
    @Nullable ICC_Profile profile) {

  /** Decoded to no less than four times the canonical size. */
  private static final int OVERSAMPLING = 4;

  /** A header with nothing special about it. */
  static SourceHeader of(
      SourceFormat format, int width, int height, int orientation, DecodeRoute route) {
    boolean gathered = format == SourceFormat.WEBP;
    return new SourceHeader(
        format, width, height, orientation, Optional.empty(), route, gathered, null);
  }

  /** Every how manieth pixel and row is decoded, at least 1. */
  int subsampling() {
    return Math.max(1, Math.max(width, height) / (OVERSAMPLING * ImageLimits.CANONICAL_SIDE_MAX));
  }

  /** True if neither side is longer than a canonical image's may be. */
  static boolean isSmall(int width, int height) {
    return Math.max(width, height) <= ImageLimits.CANONICAL_SIDE_MAX;
  }

  /**
   * Reads the header of an upload and checks its structure and its limits.
   *
   * @throws RejectedImageException naming what is wrong
   */
  static SourceHeader read(byte[] bytes) throws RejectedImageException {
    SourceFormat format =
        SourceFormat.of(bytes)
            .orElseThrow(
                () ->
                    new RejectedImageException(
                        RejectionReason.UNSUPPORTED_FORMAT,
                        ForeignFormat.name(bytes)
                                .map(name -> "leading bytes are those of " + name)
                                .orElse("leading bytes name no accepted format")
                            + ", expected JPEG, PNG, WebP, GIF or BMP"));
    try {
      return switch (format) {
        case JPEG -> JpegStructure.read(bytes);
        case PNG -> PngStructure.read(bytes);
        case WEBP -> WebpStructure.read(bytes);
        case GIF -> GifStructure.read(bytes);
        case BMP -> BmpStructure.read(bytes);
      };
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw cutOff(format);
    }
  }

  /** The refusal of bytes that end before the image does. */
  static RejectedImageException cutOff(SourceFormat format) {
    return RejectedImageException.undecodable(
        "the " + format + " ends too early or is damaged, expected a whole image");
  }

  /**
   * Checks claimed dimensions. Each format calls it as soon as it knows them, before it looks at
   * anything else.
   *
   * @throws RejectedImageException if one is zero, their product above the limit, or one so much
   *     longer than the other that a canonical image keeps less than a pixel of the other
   */
  static void checkSize(long width, long height) throws RejectedImageException {
    checkPixels(width, height);
    if (Math.max(width, height) > ImageLimits.ASPECT_MAX * Math.min(width, height)) {
      throw new RejectedImageException(
          RejectionReason.EXTREME_ASPECT,
          "image is "
              + width
              + " x "
              + height
              + " pixels, expected a longer side of at most "
              + ImageLimits.ASPECT_MAX
              + " times the shorter");
    }
  }

  /**
   * Checks claimed dimensions of a stage on which nothing is painted.
   *
   * @throws RejectedImageException if one is zero or their product above the limit
   */
  static void checkPixels(long width, long height) throws RejectedImageException {
    if (width <= 0 || height <= 0) {
      throw RejectedImageException.undecodable(
          "image is " + width + " x " + height + " pixels, expected at least 1 x 1");
    }
    if (width * height > ImageLimits.PIXELS_MAX) {
      throw new RejectedImageException(
          RejectionReason.TOO_MANY_PIXELS,
          "image is "
              + width
              + " x "
              + height
              + " pixels, expected at most "
              + ImageLimits.PIXELS_MAX
              + " in all");
    }
  }
}
