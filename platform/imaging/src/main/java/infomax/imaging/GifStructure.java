package infomax.imaging;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Walks the blocks of a GIF (GIF89a) up to the end of its first frame. */
final class GifStructure {

  private static final int SCREEN = 6;
  private static final int EXTENSION = 0x21;
  private static final int FRAME = 0x2c;

  private final ByteBuffer bytes;

  private GifStructure(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static SourceHeader read(byte[] bytes) throws RejectedImageException {
    return new GifStructure(bytes).walk();
  }

  private SourceHeader walk() throws RejectedImageException {
    bytes.position(SCREEN);
    // The screen's size is only a stage for the frames, yet some writers leave it 0.
    int screenWidth = Math.max(1, bytes.getShort() & 0xffff);
    int screenHeight = Math.max(1, bytes.getShort() & 0xffff);
    SourceHeader.checkPixels(screenWidth, screenHeight);
    int flags = bytes.get();
    bytes.getShort();
    skipColours(flags);
    int block = bytes.get() & 0xff;
    while (block == EXTENSION) {
      bytes.get();
      skipSubBlocks();
      block = bytes.get() & 0xff;
    }
    if (block != FRAME) {
      throw RejectedImageException.undecodable("the GIF has no frame, expected at least one");
    }
    bytes.getInt();
    int width = bytes.getShort() & 0xffff;
    int height = bytes.getShort() & 0xffff;
    SourceHeader.checkSize(width, height);
    skipColours(bytes.get());
    long pixels = (long) width * height;
    if (GifPixels.skip(bytes, pixels) < pixels) {
      throw SourceHeader.cutOff(SourceFormat.GIF);
    }
    return SourceHeader.of(
        SourceFormat.GIF, width, height, ExifOrientation.UPRIGHT, DecodeRoute.PLAIN);
  }

  private void skipColours(int flags) {
    if ((flags & 0x80) != 0) {
      skip(3 << ((flags & 7) + 1));
    }
  }

  private void skipSubBlocks() {
    for (int length = bytes.get() & 0xff; length != 0; length = bytes.get() & 0xff) {
      skip(length);
    }
  }

  private void skip(int length) {
    bytes.position(bytes.position() + length);
  }
}
