package infomax.search.content;

import infomax.events.ImageId;
import infomax.runtime.access.Scope;
import infomax.runtime.http.Problem;
import infomax.runtime.http.Routes;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;

/** {@code GET /v1/images/{id}/content}: the bytes of an image. */
public final class ContentRoutes implements Routes {

  private static final String FOR_GOOD = "private, max-age=31536000, immutable";
  private static final String ASK_AGAIN = "private, no-cache";

  private final ContentReader reader;

  /** Routes over {@code reader}. */
  public ContentRoutes(ContentReader reader) {
    this.reader = reader;
  }

  @Override
  public void addTo(RoutesConfig routes) {
    routes.get("/v1/images/{id}/content", this::content, Scope.READ);
  }

  private void content(Context context) throws InterruptedException {
    ImageContent content = reader.read(id(context));
    String tag = "\"" + content.digest().hex() + "\"";
    // The bytes of a digest never change; those of an id do.
    boolean pinned = content.digest().hex().equals(context.queryParam("digest"));
    context
        .header("ETag", tag)
        .header("Cache-Control", pinned ? FOR_GOOD : ASK_AGAIN)
        .header("X-Content-Type-Options", "nosniff")
        .header("Content-Security-Policy", "default-src 'none'; sandbox")
        .header("Cross-Origin-Resource-Policy", "same-origin");
    if (tag.equals(context.header("If-None-Match"))) {
      context.status(304);
      return;
    }
    context.contentType(content.mediaType()).result(content.bytes());
  }

  private static ImageId id(Context context) {
    try {
      return new ImageId(context.pathParam("id"));
    } catch (IllegalArgumentException e) {
      throw Problem.of(400, "invalid_id", String.valueOf(e.getMessage()));
    }
  }
}
