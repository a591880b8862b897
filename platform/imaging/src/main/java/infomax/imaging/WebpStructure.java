package infomax.imaging;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads the chunks of a WebP (RFC 9649): lossy, lossless or extended. */
final class WebpStructure {

  private static final int RIFF_HEADER_BYTES = 12;
  private static final int CHUNK_HEADER_BYTES = 8;
  private static final int VP8 = 0x20385056;
  private static final int VP8L = 0x4c385056;
  private static final int VP8X = 0x58385056;
  private static final int EXIF = 0x46495845;
  private static final int ANMF = 0x464d4e41;
  private static final int VP8_START_CODE = 0x2a019d;

  private final ByteBuffer bytes;
  private int width;
  private int height;
  private int orientation = ExifOrientation.UPRIGHT;
  private boolean picture;

  private WebpStructure(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static SourceHeader read(byte[] bytes) throws RejectedImageException {
    return new WebpStructure(bytes).walk();
  }

  private SourceHeader walk() throws RejectedImageException {
    long end = (bytes.getInt(4) & 0xffffffffL) + 8;
    int at = RIFF_HEADER_BYTES;
    while (at + CHUNK_HEADER_BYTES <= Math.min(end, bytes.limit())) {
      int type = bytes.getInt(at);
      long length = bytes.getInt(at + 4) & 0xffffffffL;
      int content = at + CHUNK_HEADER_BYTES;
      dimensions(type, content);
      if (content + length > bytes.limit()) {
        throw SourceHeader.cutOff(SourceFormat.WEBP);
      }
      if (type == EXIF) {
        orientation = ExifOrientation.read(tiff(content, (int) length));
      }
      at = (int) Math.min(Integer.MAX_VALUE / 2, content + length + (length & 1));
    }
    if (end > bytes.limit() || !picture) {
      throw SourceHeader.cutOff(SourceFormat.WEBP);
    }
    return SourceHeader.of(SourceFormat.WEBP, width, height, orientation, DecodeRoute.CONVERTING);
  }

  private void dimensions(int type, int at) throws RejectedImageException {
    switch (type) {
      case VP8X -> claim(1 + threeBytes(at + 4), 1 + threeBytes(at + 7));
      case VP8L -> {
        picture = true;
        int packed = bytes.getInt(at + 1);
        claim(1 + (packed & 0x3fff), 1 + ((packed >>> 14) & 0x3fff));
      }
      case VP8 -> {
        picture = true;
        if (threeBytes(at + 3) != VP8_START_CODE) {
          throw SourceHeader.cutOff(SourceFormat.WEBP);
        }
        claim(bytes.getShort(at + 6) & 0x3fff, bytes.getShort(at + 8) & 0x3fff);
      }
      case ANMF -> {
        picture = true;
        SourceHeader.checkSize(1 + threeBytes(at + 6), 1 + threeBytes(at + 9));
      }
      default -> {}
    }
  }

  /** Every claim is checked; the first one, that of the canvas, counts. */
  private void claim(int claimedWidth, int claimedHeight) throws RejectedImageException {
    SourceHeader.checkSize(claimedWidth, claimedHeight);
    if (width == 0) {
      width = claimedWidth;
      height = claimedHeight;
    }
  }

  /** Some writers keep the JPEG prefix before the TIFF block. */
  private ByteBuffer tiff(int at, int length) {
    boolean prefixed = length > 6 && bytes.getInt(at) == 0x66697845;
    return prefixed ? bytes.slice(at + 6, length - 6) : bytes.slice(at, length);
  }

  private int threeBytes(int at) {
    return (bytes.getShort(at) & 0xffff) | (bytes.get(at + 2) & 0xff) << 16;
  }
}
