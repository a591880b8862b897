package infomax.imaging;

/**
 * What decoding an image takes at its peak, by its header.
 *
 * @param heapBytes in the heap
 * @param nativeBytes outside it, in the JPEG decoder
 */
record DecodeCost(long heapBytes, long nativeBytes) {

  /** Red, green and blue of the copy that is shrunk. */
  private static final int COPY_BYTES = 3;

  /** A decoded pixel of any format but a PNG of 16 bits per sample. */
  private static final int PIXEL_BYTES = 4;

  private static final int DEEP_PIXEL_BYTES = 8;

  /** Coefficients of three components at full resolution, more than most files have. */
  private static final int COEFFICIENT_BYTES = 2 * 3;

  /** Input, rows and tables. */
  private static final int FIXED_BYTES = 1024 * 1024;

  /** The peak of decoding an image with this header. */
  static DecodeCost of(SourceHeader header) {
    long gathered = header.gathered() ? (long) header.width() * header.height() : 0;
    int factor = header.subsampling();
    long decoded =
        (long) Math.ceilDiv(header.width(), factor) * Math.ceilDiv(header.height(), factor);
    return switch (header.format()) {
      case JPEG ->
          new DecodeCost(
              FIXED_BYTES + decoded * (PIXEL_BYTES + COPY_BYTES), gathered * COEFFICIENT_BYTES);
      case PNG -> new DecodeCost(FIXED_BYTES + decoded * (DEEP_PIXEL_BYTES + COPY_BYTES), 0);
      case WEBP, GIF, BMP ->
          new DecodeCost(
              FIXED_BYTES + gathered * PIXEL_BYTES + decoded * (PIXEL_BYTES + COPY_BYTES), 0);
    };
  }

  /** Both. */
  long bytes() {
    return heapBytes + nativeBytes;
  }
}
