package infomax.ingest.http;

import infomax.imaging.ImageIntake;
import infomax.runtime.http.PacedBody;
import infomax.runtime.http.Problem;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The body of an upload, with its digest. Used by one thread. */
final class UploadBody extends InputStream {

  /** Enough to pass over for a client that is only told that its body was not taken. */
  static final long PASSED_OVER_BYTES = 64L * 1024 * 1024;

  private final PacedBody body;
  private final long announced;
  private final boolean expectsContinue;
  private final @Nullable ContentDigest digest;
  private @Nullable IOException lost;

  private UploadBody(Context context, @Nullable ContentDigest digest, Duration patience) {
    this.body = new PacedBody(context.bodyInputStream(), patience);
    this.announced = context.req().getContentLengthLong();
    this.expectsContinue = context.header("Expect") != null;
    this.digest = digest;
  }

  /**
   * The body of a request.
   *
   * @param patience how long it is waited for in all, and a second more for every 32 KiB of it
   * @throws Problem 400 if its digest is none that can be checked
   */
  static UploadBody of(Context context, Duration patience) {
    return new UploadBody(context, ContentDigest.of(context.header(ContentDigest.NAME)), patience);
  }

  /** Bytes of memory that {@link #image} takes. */
  long imageBytes() {
    return announced < 0 ? ImageIntake.BYTES_MAX : Math.min(announced, ImageIntake.BYTES_MAX);
  }

  /**
   * All of it.
   *
   * @return empty if it is longer than an image may be
   * @throws Problem 408 if it does not arrive, 400 if it is not what its digest describes
   */
  Optional<byte[]> image() {
    if (announced > ImageIntake.BYTES_MAX) {
      return Optional.empty();
    }
    byte[] image;
    try {
      image = readNBytes(ImageIntake.BYTES_MAX + 1);
    } catch (IOException e) {
      throw PacedBody.incomplete(e);
    }
    if (image.length > ImageIntake.BYTES_MAX) {
      return Optional.empty();
    }
    verify();
    return Optional.of(image);
  }

  /**
   * Checks what was read.
   *
   * @throws Problem 400 {@code digest_mismatch}
   */
  void verify() {
    if (digest != null) {
      digest.verify();
    }
  }

  /**
   * Lets the client send what it has before it is answered: many do not look for an answer earlier.
   * Nothing is read of a body that waits to be asked for, or announces too much.
   *
   * @param most how far the body is read
   */
  void passOver(long most) {
    if (body.bytes() == 0 && (expectsContinue || announced > most)) {
      return;
    }
    byte[] sink = new byte[64 * 1024];
    try {
      for (int read = 0; read >= 0 && body.bytes() < most; ) {
        read = read(sink, 0, sink.length);
      }
    } catch (IOException e) {
      // There is nobody left to be answered.
    }
  }

  /** Why the rest will not come, if it will not. */
  Optional<Problem> lost() {
    return lost == null ? Optional.empty() : Optional.of(PacedBody.incomplete(lost));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (lost != null) {
      throw new IOException(lost.getMessage(), lost);
    }
    try {
      int read = body.read(target, offset, length);
      if (read > 0 && digest != null) {
        digest.update(target, offset, read);
      }
      return read;
    } catch (IOException e) {
      lost = e;
      throw e;
    }
  }
}
