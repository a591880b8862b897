package infomax.imaging;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import org.jspecify.annotations.Nullable;

/**
 * A decoded picture: opaque, 8 bits per channel, row by row, R G B interleaved. The array is
 * shared, not copied.
 *
 * @param width in pixels
 * @param height in pixels
 * @param rgb width x height x 3 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // package-private carrier of pixels; never compared
record RgbPixels(int width, int height, byte[] rgb) {

  private static final int WHITE = 255;

  RgbPixels {
    if (rgb.length != width * height * 3) {
      throw new IllegalArgumentException(
          rgb.length + " bytes, expected " + width + " x " + height + " x 3");
    }
  }

  /** Black pixels. */
  static RgbPixels create(int width, int height) {
    return new RgbPixels(width, height, new byte[Math.multiplyExact(width * height, 3)]);
  }

  /**
   * The pixels of a decoded image, laid on white. Values of gray and of an RGB space other than
   * sRGB are taken as they are; {@link #profileOf} names the space.
   */
  static RgbPixels of(BufferedImage image) {
    RgbPixels pixels = create(image.getWidth(), image.getHeight());
    ColorModel colours = image.getColorModel();
    if (image.getType() == BufferedImage.TYPE_3BYTE_BGR
        && image.getRaster().getDataBuffer() instanceof DataBufferByte buffer
        && buffer.getData().length == pixels.rgb.length) {
      pixels.takeBgr(buffer.getData());
    } else if (colours.getColorSpace().getType() == ColorSpace.TYPE_GRAY) {
      // Java takes gray for linear light; files mean the sRGB curve. So the samples are read raw.
      pixels.takeRaw(image, 1);
    } else if (profileOf(image) != null) {
      pixels.takeRaw(image, 3);
    } else {
      pixels.takeArgb(image);
    }
    return pixels;
  }

  /** The RGB or gray space other than sRGB that the values of an image are in, if any. */
  static @Nullable ICC_Profile profileOf(BufferedImage image) {
    ColorSpace space = image.getColorModel().getColorSpace();
    boolean foreign =
        switch (space.getType()) {
          case ColorSpace.TYPE_RGB -> !space.isCS_sRGB();
          // Decoders use Java's own for every gray image that says nothing about its space.
          case ColorSpace.TYPE_GRAY -> !space.equals(ColorSpace.getInstance(ColorSpace.CS_GRAY));
          default -> false;
        };
    return foreign && space instanceof ICC_ColorSpace icc ? icc.getProfile() : null;
  }

  private void takeBgr(byte[] bgr) {
    for (int at = 0; at < bgr.length; at += 3) {
      rgb[at] = bgr[at + 2];
      rgb[at + 1] = bgr[at + 1];
      rgb[at + 2] = bgr[at];
    }
  }

  private void takeArgb(BufferedImage image) {
    int[] row = new int[width];
    int at = 0;
    for (int y = 0; y < height; y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int argb : row) {
        int alpha = argb >>> 24;
        rgb[at++] = onWhite(argb >>> 16 & 0xff, alpha);
        rgb[at++] = onWhite(argb >>> 8 & 0xff, alpha);
        rgb[at++] = onWhite(argb & 0xff, alpha);
      }
    }
  }

  /** Takes 1 or 3 colour samples and perhaps an alpha sample, of any depth. */
  private void takeRaw(BufferedImage image, int colours) {
    Raster raster = image.getRaster();
    int bands = raster.getNumBands();
    boolean alphaBand = image.getColorModel().hasAlpha() && bands > colours;
    int[] most = new int[bands];
    for (int band = 0; band < bands; band++) {
      most[band] = (1 << raster.getSampleModel().getSampleSize(band)) - 1;
    }
    int[] row = new int[width * bands];
    int at = 0;
    for (int y = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < width; x++) {
        int pixel = x * bands;
        int alpha = alphaBand ? scaled(row[pixel + colours], most[colours]) : WHITE;
        for (int channel = 0; channel < 3; channel++) {
          int band = Math.min(channel, colours - 1);
          rgb[at++] = onWhite(scaled(row[pixel + band], most[band]), alpha);
        }
      }
    }
  }

  private static int scaled(int sample, int most) {
    return most == WHITE ? sample : (int) ((sample * 255L + most / 2) / most);
  }

  private static byte onWhite(int value, int alpha) {
    return (byte) (alpha == WHITE ? value : (value * alpha + WHITE * (WHITE - alpha) + 127) / 255);
  }
}
