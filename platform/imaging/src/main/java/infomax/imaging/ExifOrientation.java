package infomax.imaging;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads the orientation tag (0x0112) of the first directory of an EXIF block (TIFF 6.0). EXIF that
 * makes no sense is ignored, as every viewer does.
 */
final class ExifOrientation {

  /** Upright. */
  static final int UPRIGHT = 1;

  private static final int TAG = 0x0112;
  private static final int TYPE_SHORT = 3;
  private static final int ENTRIES_MAX = 1024;

  private ExifOrientation() {}

  /** The orientation, 1 to 8, of a TIFF block; upright if it says nothing usable. */
  static int read(ByteBuffer tiff) {
    try {
      short order = tiff.getShort(0);
      if (order != 0x4949 && order != 0x4d4d) {
        return UPRIGHT;
      }
      tiff.order(order == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      int directory = tiff.getInt(4);
      int entries = Math.min(ENTRIES_MAX, tiff.getShort(directory) & 0xffff);
      for (int entry = 0; entry < entries; entry++) {
        int at = directory + 2 + 12 * entry;
        if ((tiff.getShort(at) & 0xffff) == TAG) {
          int value = tiff.getShort(at + 2) == TYPE_SHORT ? tiff.getShort(at + 8) : UPRIGHT;
          return value >= 1 && value <= 8 ? value : UPRIGHT;
        }
      }
      return UPRIGHT;
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      return UPRIGHT;
    }
  }
}
