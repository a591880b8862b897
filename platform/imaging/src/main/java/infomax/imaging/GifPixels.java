package infomax.imaging;

import java.nio.ByteBuffer;

/**
 * Counts the pixels in the data of a GIF's frame (GIF89a appendix F) without unfolding them. The
 * decoder leaves white what never came and says nothing.
 */
final class GifPixels {

  private static final int CODES_MAX = 1 << 12;
  private static final int NONE = -1;

  private final ByteBuffer bytes;
  private final int clear;
  private final int[] lengths = new int[CODES_MAX];
  private int codeBits;
  private int next;
  private int previous = NONE;
  private long pixels;

  private GifPixels(ByteBuffer bytes, int bitsPerPixel) {
    this.bytes = bytes;
    this.clear = 1 << bitsPerPixel;
    for (int code = 0; code < clear; code++) {
      lengths[code] = 1;
    }
    reset();
  }

  /**
   * The number of pixels that follow, or more than {@code enough}; moves past the data.
   *
   * @param bytes at the byte that says how many bits a pixel has
   * @throws java.nio.BufferUnderflowException if the data do not end
   */
  static long skip(ByteBuffer bytes, long enough) {
    int bitsPerPixel = bytes.get() & 0xff;
    if (bitsPerPixel < 1 || bitsPerPixel > 8) {
      throw new IllegalArgumentException(bitsPerPixel + " bits per pixel");
    }
    return new GifPixels(bytes, bitsPerPixel).walk(enough);
  }

  private long walk(long enough) {
    int window = 0;
    int bits = 0;
    boolean ended = false;
    for (int block = bytes.get() & 0xff; block != 0; block = bytes.get() & 0xff) {
      int end = bytes.position() + block;
      while (!ended && bytes.position() < end) {
        window |= (bytes.get() & 0xff) << bits;
        bits += Byte.SIZE;
        while (!ended && bits >= codeBits) {
          int code = window & (1 << codeBits) - 1;
          window >>>= codeBits;
          bits -= codeBits;
          ended = !take(code) || pixels > enough;
        }
      }
      bytes.position(end);
    }
    return pixels;
  }

  /** False if the data end with this code. */
  private boolean take(int code) {
    if (code == clear) {
      reset();
      return true;
    }
    if (code == clear + 1 || code > next || (code == next && previous == NONE)) {
      return false;
    }
    if (previous != NONE && next < CODES_MAX) {
      lengths[next] = lengths[previous] + 1;
      next++;
      if (next == 1 << codeBits && codeBits < 12) {
        codeBits++;
      }
    }
    pixels += lengths[code];
    previous = code;
    return true;
  }

  private void reset() {
    next = clear + 2;
    codeBits = Integer.SIZE - Integer.numberOfLeadingZeros(clear);
    previous = NONE;
  }
}
