package infomax.ingest.batch;

import java.io.IOException;
import java.io.InputStream;

/** One line of a body after the other, each as a stream that ends with it. Used by one thread. */
final class Line extends InputStream {

  private final InputStream body;
  private final byte[] buffer = new byte[64 * 1024];
  private int at;
  private int end;
  private boolean ended;

  Line(InputStream body) {
    this.body = body;
  }

  /**
   * Begins the next line that is not blank; the one before has to be read to its end.
   *
   * @return false at the end of the body
   */
  boolean begin() throws IOException {
    ended = false;
    while (fill()) {
      switch (buffer[at]) {
        case ' ', '\t', '\r', '\n' -> at++;
        default -> {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (ended || !fill()) {
      return -1;
    }
    int most = Math.min(length, end - at);
    int taken = 0;
    while (taken < most && buffer[at + taken] != '\n') {
      taken++;
    }
    if (taken == 0 && most > 0) {
      ended = true;
      return -1;
    }
    System.arraycopy(buffer, at, target, offset, taken);
    at += taken;
    return taken;
  }

  private boolean fill() throws IOException {
    if (at == end) {
      at = 0;
      end = Math.max(0, body.read(buffer, 0, buffer.length));
    }
    return at < end;
  }
}
