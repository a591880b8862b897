package infomax.ingest.batch;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;

/** Keeps what is written up to a limit, and of more just enough to tell. Used by one thread. */
final class KeptBytes extends OutputStream {

  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final int most;

  KeptBytes(int most) {
    this.most = most;
  }

  @Override
  public void write(int value) {
    if (kept.size() <= most) {
      kept.write(value);
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    kept.write(bytes, offset, Math.min(length, most + 1 - kept.size()));
  }

  /** More was written than is kept. */
  boolean isTooLong() {
    return kept.size() > most;
  }

  byte[] toByteArray() {
    return kept.toByteArray();
  }
}
