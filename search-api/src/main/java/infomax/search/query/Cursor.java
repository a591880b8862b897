package infomax.search.query;

import infomax.events.ImageId;
import infomax.runtime.http.Problem;
import infomax.search.body.Fields;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Where the next part of a listing begins: after an id, whatever is published meanwhile. */
final class Cursor {

  private Cursor() {}

  static String after(ImageId id) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(id.value().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The id a cursor stands for; null without one.
   *
   * @throws Problem 400 if it is none
   */
  static @Nullable ImageId read(Fields fields) {
    if (!fields.has("cursor")) {
      return null;
    }
    try {
      // What looks like a number in a query string is one there.
      return ImageId.of(Base64.getUrlDecoder().decode(fields.scalar("cursor").asText()));
    } catch (IllegalArgumentException e) {
      throw fields.invalid("cursor", "the cursor of the answer before");
    }
  }
}
