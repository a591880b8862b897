package infomax.search.query;

import infomax.runtime.http.HttpServer;
import infomax.runtime.http.PacedBody;
import infomax.runtime.http.Problem;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.Locale;

/** The body of a search, before it is read. Used by one thread. */
final class RequestBody {

  static final String JSON = "application/json";

  private static final int BYTES_MAX = (int) HttpServer.BODY_BYTES_MAX;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** JSON is kept as bytes, as text and, images in it, as what the text stands for. */
  private static final int COPIES_OF_JSON = 3;

  private final Context context;
  private final String mediaType;
  private final long announced;

  private RequestBody(Context context, String mediaType, long announced) {
    this.context = context;
    this.mediaType = mediaType;
    this.announced = announced;
  }

  static RequestBody of(Context context) {
    String type = context.contentType() == null ? "" : context.contentType();
    return new RequestBody(
        context,
        type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT),
        context.req().getContentLengthLong());
  }

  /** What it says it is, without parameters; empty if it does not. */
  String mediaType() {
    return mediaType;
  }

  boolean isJson() {
    return mediaType.equals(JSON);
  }

  /** Bytes of memory that it takes until it is answered, at most. */
  long heldBytes() {
    long bytes = announced < 0 ? BYTES_MAX : Math.min(announced, BYTES_MAX);
    return isJson() ? COPIES_OF_JSON * bytes : bytes;
  }

  /**
   * Reads it.
   *
   * @throws Problem 413 if it is too long, 408 if it does not arrive
   */
  byte[] read() {
    if (announced > BYTES_MAX) {
      throw tooLong();
    }
    return new PacedBody(context.bodyInputStream(), PATIENCE)
        .readAll(BYTES_MAX)
        .orElseThrow(RequestBody::tooLong);
  }

  private static Problem tooLong() {
    return Problem.of(
        413, "payload_too_large", "the body has more than " + BYTES_MAX + " bytes, the most taken");
  }
}
