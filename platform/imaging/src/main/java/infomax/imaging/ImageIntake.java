package infomax.imaging;

import infomax.events.image.CanonicalImage;
import infomax.events.image.ImageFormat;
import infomax.events.image.Rejection;
import infomax.events.image.RejectionReason;
import java.util.concurrent.Semaphore;

/**
 * Makes canonical images of hostile bytes. Accepts JPEG, PNG, WebP, GIF (its first frame) and BMP,
 * told by their leading bytes; at most 10 MiB, 40 million pixels by the header, sides of at most
 * 256 : 1, and 2 s of decoding. A canonical image is 8-bit sRGB, upright, on white, without
 * metadata, its longer side at most 256 px and never enlarged. An image that is canonical already
 * passes byte for byte; every other one becomes a JPEG of quality 0.95 without chroma subsampling.
 * The same bytes always give the same image. Thread-safe.
 */
public final class ImageIntake {

  /** Longest upload in bytes. */
  public static final int BYTES_MAX = ImageLimits.BYTES_MAX;

  private final DecodeWatch watch;

  /**
   * For what callers do on their own threads. A virtual thread that decodes keeps its carrier from
   * all others; one that waits here does not.
   */
  private final Semaphore turns = new Semaphore(Runtime.getRuntime().availableProcessors(), true);

  private final JpegEncoder encoder = new JpegEncoder();

  private ImageIntake(DecodeWatch watch) {
    this.watch = watch;
  }

  /**
   * An intake.
   *
   * @param decodesAtOnce how many large images are decoded at the same time, at least 1, within a
   *     quarter of the heap that all intakes of the process share
   */
  public static ImageIntake create(int decodesAtOnce) {
    if (decodesAtOnce < 1) {
      throw new IllegalArgumentException(decodesAtOnce + " decodes at once, expected at least 1");
    }
    return new ImageIntake(new DecodeWatch(decodesAtOnce, DecodeBudget.ofProcess()));
  }

  /** What became of an upload. */
  public sealed interface Outcome {

    /**
     * It is an image.
     *
     * @param image its canonical form
     */
    record Accepted(CanonicalImage image) implements Outcome {}

    /**
     * It is none that is accepted.
     *
     * @param rejection why
     */
    record Rejected(Rejection rejection) implements Outcome {}
  }

  /**
   * The canonical form of an upload, or why it is refused.
   *
   * @param uploaded any bytes; must not change afterwards, since an image that is canonical already
   *     keeps them
   */
  public Outcome canonicalize(byte[] uploaded) {
    try {
      return new Outcome.Accepted(canonical(uploaded));
    } catch (RejectedImageException e) {
      return new Outcome.Rejected(e.rejection());
    }
  }

  private CanonicalImage canonical(byte[] uploaded) throws RejectedImageException {
    if (uploaded.length == 0) {
      throw new RejectedImageException(
          RejectionReason.EMPTY, "upload has no bytes, expected an image");
    }
    if (uploaded.length > BYTES_MAX) {
      throw new RejectedImageException(
          RejectionReason.TOO_MANY_BYTES,
          "upload has " + uploaded.length + " bytes, expected at most " + BYTES_MAX);
    }
    SourceHeader header = SourceHeader.read(uploaded);
    RgbPixels pixels =
        header.route() == DecodeRoute.QUICK
            ? decode(new PixelDecoding(uploaded, header))
            : watch.run(DecodeCost.of(header), () -> new PixelDecoding(uploaded, header));
    return header
        .canonical()
        .map(format -> CanonicalImage.of(format, uploaded))
        .orElseGet(() -> CanonicalImage.of(ImageFormat.JPEG, encode(pixels)));
  }

  private RgbPixels decode(PixelDecoding decoding) throws RejectedImageException {
    turns.acquireUninterruptibly();
    try {
      return decoding.call();
    } finally {
      turns.release();
    }
  }

  private byte[] encode(RgbPixels pixels) {
    turns.acquireUninterruptibly();
    try {
      return encoder.encode(pixels);
    } finally {
      turns.release();
    }
  }
}
