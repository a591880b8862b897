package infomax.ingest.http;

import infomax.imaging.ImageIntake;
import infomax.runtime.http.Problem;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of uploads: no more than can be accepted, and no longer than a minute apiece. */
final class UploadBody {

  /** A client that announces more than this is told at once; it may not see the answer. */
  private static final long DRAINED_BYTES_MAX = 64L * 1024 * 1024;

  /** For 10 MiB: some 1.4 Mbit/s. */
  private static final Duration READ_MAX = Duration.ofSeconds(60);

  private UploadBody() {}

  /** Bytes that the body of a request may take: those it announces, else the most accepted. */
  static long bytesOf(Context context) {
    long announced = context.req().getContentLengthLong();
    return announced < 0 ? ImageIntake.BYTES_MAX : Math.min(announced, ImageIntake.BYTES_MAX);
  }

  /**
   * The body, or one byte more than is accepted of a longer one. Of that the rest is read too, so
   * that the client sees the answer, unless it is far too long.
   *
   * @throws Problem 408 if it does not arrive in time or ends early, 400 if it is not the one its
   *     digest describes
   */
  static byte[] read(Context context) {
    long announced = context.req().getContentLengthLong();
    if (announced > DRAINED_BYTES_MAX) {
      context.header("Connection", "close");
      return new byte[ImageIntake.BYTES_MAX + 1];
    }
    ContentDigest digest = ContentDigest.of(context.header("Content-Digest"));
    ByteArrayOutputStream body =
        new ByteArrayOutputStream(
            announced < 0 ? 64 * 1024 : (int) Math.min(announced, ImageIntake.BYTES_MAX + 1));
    long length = 0;
    try {
      InputStream input = stream(context, digest, READ_MAX);
      byte[] buffer = new byte[64 * 1024];
      for (int read = input.read(buffer);
          read >= 0 && length < DRAINED_BYTES_MAX;
          read = input.read(buffer)) {
        length += read;
        body.write(buffer, 0, Math.min(read, ImageIntake.BYTES_MAX + 1 - body.size()));
      }
    } catch (IOException e) {
      throw incomplete(e);
    }
    if (digest != null && length <= ImageIntake.BYTES_MAX) {
      digest.verify();
    }
    return body.toByteArray();
  }

  /**
   * The body as a stream that gathers its digest and gives up after a time.
   *
   * @param longest between two calls of it; whoever reads a long body entry by entry gets as much
   *     for every entry
   */
  static InputStream stream(
      Context context, @Nullable ContentDigest digest, Duration longest) {
    long deadlineNanos = System.nanoTime() + longest.toNanos();
    return new FilterInputStream(context.bodyInputStream()) {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        if (System.nanoTime() > deadlineNanos) {
          throw new IOException("it takes longer than " + longest.toSeconds() + " s");
        }
        int read = super.read(target, offset, length);
        if (read > 0 && digest != null) {
          digest.update(target, offset, read);
        }
        return read;
      }

      @Override
      public long skip(long count) throws IOException {
        return readNBytes((int) Math.min(count, 64 * 1024)).length;
      }

      @Override
      public boolean markSupported() {
        return false;
      }
    };
  }

  static Problem incomplete(IOException cause) {
    return Problem.of(
        408, "body_incomplete", "the body did not arrive: " + cause.getMessage() + "; send it again");
  }
}
