package infomax.runtime.http;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;

/**
 * The body of a request, given up when its client sends too slowly: whoever holds room for it would
 * hold it for ever. Used by one thread.
 */
public final class PacedBody extends InputStream {

  private static final long BYTES_PER_SECOND_MIN = 32 * 1024;

  private final InputStream body;
  private final long patienceNanos;
  private long bytes;
  private long waitedNanos;

  /**
   * Reads {@code body}.
   *
   * @param patience how long it is waited for in all, and a second more for every 32 KiB of it
   */
  public PacedBody(InputStream body, Duration patience) {
    this.body = body;
    this.patienceNanos = patience.toNanos();
  }

  /** Bytes that have come. */
  public long bytes() {
    return bytes;
  }

  /**
   * All of a body.
   *
   * @param bytesMax how long it may be
   * @return empty if it is longer
   * @throws Problem 408 if it does not arrive
   */
  public Optional<byte[]> readAll(int bytesMax) {
    try {
      byte[] all = readNBytes(bytesMax + 1);
      return all.length > bytesMax ? Optional.empty() : Optional.of(all);
    } catch (IOException e) {
      throw incomplete(e);
    }
  }

  /** What a client is told whose body broke off. */
  public static Problem incomplete(IOException cause) {
    return Problem.of(
        408,
        "body_incomplete",
        "the body did not arrive: " + cause.getMessage() + "; send it again");
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    long beginNanos = System.nanoTime();
    int read = body.read(target, offset, length);
    waitedNanos += System.nanoTime() - beginNanos;
    bytes += Math.max(0, read);
    if (read >= 0 && waitedNanos > patienceNanos + bytes * 1_000_000_000L / BYTES_PER_SECOND_MIN) {
      throw new IOException("%d bytes came in %d s".formatted(bytes, waitedNanos / 1_000_000_000L));
    }
    return read;
  }
}
