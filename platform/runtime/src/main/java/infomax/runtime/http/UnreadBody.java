package infomax.runtime.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What nobody has read of a refused request's body. Who is still sending does not read, and a
 * connection closed on unread bytes loses the answer.
 */
final class UnreadBody {

  private static final Logger LOG = LoggerFactory.getLogger(UnreadBody.class);

  /** Most of it that is read; a larger one may end in a closed connection. */
  private static final long BYTES_MAX = HttpServer.BODY_BYTES_MAX;

  /** How long it is read; a slower one may end in a closed connection. */
  private static final long NANOS_MAX = Duration.ofSeconds(5).toNanos();

  private UnreadBody() {}

  /**
   * Reads it and throws it away. Nothing is read of one that waits to be asked for, or that
   * announces too much.
   */
  static void passOver(Context context) {
    if (context.header("Expect") != null || context.req().getContentLengthLong() > BYTES_MAX) {
      return;
    }
    byte[] sink = new byte[1 << 16];
    long beginNanos = System.nanoTime();
    try {
      InputStream body = context.req().getInputStream();
      for (long bytes = 0; bytes < BYTES_MAX && System.nanoTime() - beginNanos < NANOS_MAX; ) {
        int read = body.read(sink);
        if (read < 0) {
          return;
        }
        bytes += read;
      }
    } catch (IOException e) {
      LOG.debug("nobody is left to hear the refusal: {}", e.toString());
    }
  }
}
