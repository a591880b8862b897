package infomax.imaging;

import java.io.IOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Reads an image from an array, without a copy or a cache. Any thread may close it, upon which the
 * reading one fails at its next read.
 */
final class ArrayImageInput extends ImageInputStreamImpl {

  /**
   * A decoder looks a little past the end; the WebP decoder takes every missing bit for a zero and
   * would do so for all the pixels a header claims.
   */
  private static final int READS_PAST_END_MAX = 4096;

  private final byte[] bytes;
  private int readsPastEnd;
  private volatile boolean closed;

  ArrayImageInput(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public int read() throws IOException {
    checkOpen();
    bitOffset = 0;
    return streamPos < bytes.length ? bytes[(int) streamPos++] & 0xff : pastEnd();
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    checkOpen();
    bitOffset = 0;
    if (length == 0) {
      return 0;
    }
    if (streamPos >= bytes.length) {
      return pastEnd();
    }
    int read = (int) Math.min(length, bytes.length - streamPos);
    System.arraycopy(bytes, (int) streamPos, target, offset, read);
    streamPos += read;
    return read;
  }

  @Override
  public long length() {
    return bytes.length;
  }

  /** True once {@link #close} has been called. */
  boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    // The parent's state is not touched: it belongs to the reading thread.
    closed = true;
  }

  private int pastEnd() throws IOException {
    if (++readsPastEnd > READS_PAST_END_MAX) {
      throw new IOException("the picture goes on after the end of the file");
    }
    return -1;
  }

  private void checkOpen() throws IOException {
    if (closed) {
      throw new IOException("decoding was given up");
    }
  }
}
