package infomax.search.body;

import infomax.events.Json;
import io.javalin.http.Context;

/** Writing answers. */
public final class Answers {

  private Answers() {}

  /** Answers with a JSON body that is true now and not to be kept. */
  public static void json(Context context, Object body) {
    context
        .contentType("application/json")
        .header("Cache-Control", "no-store")
        .header("X-Content-Type-Options", "nosniff")
        .result(Json.write(body));
  }
}
