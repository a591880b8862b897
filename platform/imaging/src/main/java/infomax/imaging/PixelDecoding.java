package infomax.imaging;

import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import org.jspecify.annotations.Nullable;

/**
 * Decodes one image to upright sRGB pixels, at full size when small, else subsampled. Used once, by
 * one thread; {@link #abort} comes from another.
 */
final class PixelDecoding implements Callable<RgbPixels>, IIOReadWarningListener {

  /**
   * The WebP decoder reads 64 bits ahead, at every pixel anew once it met the end. A picture of one
   * colour has no bits per pixel and so is whole long before that.
   */
  private static final int WEBP_LOOKAHEAD_BYTES = 16;

  private final ArrayImageInput input;
  private final SourceHeader header;
  private boolean damaged;
  private volatile @Nullable ImageReader reader;

  PixelDecoding(byte[] bytes, SourceHeader header) {
    this.input =
        new ArrayImageInput(
            switch (header.format()) {
              case PNG -> PngStructure.essential(bytes);
              case WEBP -> Arrays.copyOf(bytes, bytes.length + WEBP_LOOKAHEAD_BYTES);
              case JPEG, GIF, BMP -> bytes;
            });
    this.header = header;
  }

  /**
   * Decodes.
   *
   * @throws RejectedImageException if the bytes cannot be decoded
   */
  @Override
  public RgbPixels call() throws RejectedImageException {
    ReaderPool readers = ReaderPool.of(header);
    ImageReader borrowed = readers.borrow();
    boolean whole = false;
    try {
      reader = borrowed;
      RgbPixels pixels = read(borrowed);
      whole = true;
      return pixels;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw RejectedImageException.undecodable(
          "the " + header.format() + " cannot be decoded: " + oneLine(e));
    } finally {
      reader = null;
      // A reader that was aborted or threw may hold anything.
      if (whole && !input.isClosed()) {
        readers.giveBack(borrowed);
      } else {
        borrowed.dispose();
      }
    }
  }

  /** Makes the decoder stop at its next read of input or, where it can be told, at its next row. */
  void abort() {
    input.close();
    ImageReader running = reader;
    // The JPEG decoders refuse to be told anything by another thread.
    if (running != null && header.format() != SourceFormat.JPEG) {
      running.abort();
    }
  }

  @Override
  public void warningOccurred(ImageReader source, String warning) {
    // The decoder goes on with gray; that is not the picture that was sent.
    damaged |= warning.startsWith("Corrupt JPEG data") && !warning.contains("extraneous bytes");
    damaged |= warning.startsWith("Premature end");
  }

  private RgbPixels read(ImageReader decoder) throws IOException, RejectedImageException {
    // The format readers skip what they do not need; only WebP has to look back and ahead.
    decoder.setInput(input, false, true);
    decoder.addIIOReadWarningListener(this);
    SourceHeader.checkSize(decoder.getWidth(0), decoder.getHeight(0));
    ImageReadParam param = decoder.getDefaultReadParam();
    int factor = header.subsampling();
    param.setSourceSubsampling(factor, factor, 0, 0);
    BufferedImage image = decoder.read(0, param);
    if (damaged) {
      throw SourceHeader.cutOff(header.format());
    }
    return upright(image);
  }

  private RgbPixels upright(BufferedImage image) {
    ICC_Profile ofImage = RgbPixels.profileOf(image);
    ICC_Profile profile = ofImage == null ? header.profile() : ofImage;
    RgbPixels pixels = atMostCanonical(RgbPixels.of(image));
    if (profile != null) {
      ColourProfile.toSrgb(pixels, profile);
    }
    return Orientation.upright(pixels, header.orientation());
  }

  /** Never enlarges. */
  private static RgbPixels atMostCanonical(RgbPixels pixels) {
    int longer = Math.max(pixels.width(), pixels.height());
    int most = ImageLimits.CANONICAL_SIDE_MAX;
    if (longer <= most) {
      return pixels;
    }
    return AreaAverage.resize(
        pixels, scaled(pixels.width(), most, longer), scaled(pixels.height(), most, longer));
  }

  private static int scaled(int side, int most, int longer) {
    return Math.max(1, (int) Math.round((double) side * most / longer));
  }

  private static String oneLine(Throwable thrown) {
    String message = thrown.getMessage();
    String text = message == null ? thrown.getClass().getSimpleName() : message;
    String line = text.lines().findFirst().orElse("");
    return line.length() > 200 ? line.substring(0, 200) : line;
  }
}
