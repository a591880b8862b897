package infomax.imaging;

import java.time.Duration;

/**
 * Where the time of an upload goes on its way to a canonical image, for benchmarks: means, on the
 * calling thread, with nothing beside it.
 *
 * @param headerMillis reading its structure
 * @param pixelsMillis decoding, shrinking and turning it
 * @param encodeMillis writing the canonical JPEG; 0 if it is canonical already
 */
public record StageTimes(double headerMillis, double pixelsMillis, double encodeMillis) {

  /**
   * Takes an image through all stages again and again.
   *
   * @param uploaded an image that is accepted
   * @param time how long, once at least
   * @throws IllegalArgumentException if it is refused
   */
  public static StageTimes measure(byte[] uploaded, Duration time) {
    JpegEncoder encoder = new JpegEncoder();
    long headerNanos = 0;
    long pixelsNanos = 0;
    long encodeNanos = 0;
    int times = 0;
    try {
      for (long endNanos = System.nanoTime() + time.toNanos();
          times == 0 || System.nanoTime() < endNanos;
          times++) {
        long beginNanos = System.nanoTime();
        SourceHeader header = SourceHeader.read(uploaded);
        long readNanos = System.nanoTime();
        RgbPixels pixels = new PixelDecoding(uploaded, header).call();
        long decodedNanos = System.nanoTime();
        if (header.canonical().isEmpty()) {
          encoder.encode(pixels);
          encodeNanos += System.nanoTime() - decodedNanos;
        }
        headerNanos += readNanos - beginNanos;
        pixelsNanos += decodedNanos - readNanos;
      }
    } catch (RejectedImageException e) {
      throw new IllegalArgumentException("image is refused: " + e.rejection(), e);
    }
    return new StageTimes(
        headerNanos / 1e6 / times, pixelsNanos / 1e6 / times, encodeNanos / 1e6 / times);
  }

  /** Of all stages together. */
  public double millis() {
    return headerMillis + pixelsMillis + encodeMillis;
  }
}
