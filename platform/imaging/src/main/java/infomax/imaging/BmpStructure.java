package infomax.imaging;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads the header of a Windows bitmap. */
final class BmpStructure {

  private static final int CORE_HEADER_BYTES = 12;
  private static final int RGB = 0;
  private static final int BIT_FIELDS = 3;

  private BmpStructure() {}

  static SourceHeader read(byte[] bytes) throws RejectedImageException {
    ByteBuffer bmp = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long pixels = bmp.getInt(10) & 0xffffffffL;
    int headerBytes = bmp.getInt(14);
    boolean core = headerBytes == CORE_HEADER_BYTES;
    int width = core ? bmp.getShort(18) & 0xffff : bmp.getInt(18);
    // A negative height means top row first; no positive int is its negation for MIN_VALUE.
    long height = core ? bmp.getShort(20) & 0xffff : Math.abs((long) bmp.getInt(22));
    SourceHeader.checkSize(width, height);
    int bitsPerPixel = bmp.getShort(core ? 24 : 28) & 0xffff;
    int compression = core ? RGB : bmp.getInt(30);
    if (compression == RGB || compression == BIT_FIELDS) {
      long rowBytes = ((long) width * bitsPerPixel + 31) / 32 * 4;
      if (pixels + rowBytes * height > bytes.length) {
        throw SourceHeader.cutOff(SourceFormat.BMP);
      }
    }
    return SourceHeader.of(
        SourceFormat.BMP, width, (int) height, ExifOrientation.UPRIGHT, DecodeRoute.PLAIN);
  }
}
