package infomax.imaging;

import java.awt.color.CMMException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import org.jspecify.annotations.Nullable;

/** Conversion of small images from the colour profile they were made in to sRGB. */
final class ColourProfile {

  private static final ColorSpace SRGB = ColorSpace.getInstance(ColorSpace.CS_sRGB);
  private static final int[] RGB = {0, 1, 2};
  private static final int LEVELS = 256;

  private ColourProfile() {}

  /**
   * The profile, if the bytes are one of the kind of space that the pixels are in.
   *
   * @param type {@link ColorSpace#TYPE_RGB} or {@link ColorSpace#TYPE_GRAY}
   */
  static @Nullable ICC_Profile orNull(byte[] icc, int type) {
    try {
      ICC_Profile profile = ICC_Profile.getInstance(icc);
      return profile.getColorSpaceType() == type ? profile : null;
    } catch (IllegalArgumentException | CMMException e) {
      return null;
    }
  }

  /** Converts in place; a profile that cannot be applied leaves the pixels as they are. */
  static void toSrgb(RgbPixels pixels, ICC_Profile profile) {
    try {
      if (profile.getColorSpaceType() == ColorSpace.TYPE_GRAY) {
        grayToSrgb(pixels, new ICC_ColorSpace(profile));
        return;
      }
      WritableRaster raster =
          Raster.createInterleavedRaster(
              new DataBufferByte(pixels.rgb(), pixels.rgb().length),
              pixels.width(),
              pixels.height(),
              3 * pixels.width(),
              3,
              RGB,
              null);
      WritableRaster converted =
          new ColorConvertOp(new ICC_ColorSpace(profile), SRGB, null)
              .filter(raster, raster.createCompatibleWritableRaster());
      converted.getDataElements(0, 0, pixels.width(), pixels.height(), pixels.rgb());
    } catch (IllegalArgumentException | CMMException e) {
      // The profile is damaged; viewers then show the numbers as sRGB, and so do we.
    }
  }

  private static void grayToSrgb(RgbPixels pixels, ColorSpace gray) {
    byte[] table = new byte[3 * LEVELS];
    for (int level = 0; level < LEVELS; level++) {
      float[] rgb = gray.toRGB(new float[] {level / (LEVELS - 1f)});
      for (int channel = 0; channel < 3; channel++) {
        table[3 * level + channel] = (byte) Math.round(rgb[channel] * (LEVELS - 1));
      }
    }
    byte[] values = pixels.rgb();
    for (int at = 0; at < values.length; at++) {
      values[at] = table[3 * (values[at] & 0xff) + at % 3];
    }
  }
}
