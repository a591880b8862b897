package infomax.ingest.rejected;

import infomax.events.Json;
import infomax.events.Token;
import infomax.ingest.rejected.DeadLetterLog.Purged;
import infomax.runtime.access.Scope;
import infomax.runtime.http.Problem;
import infomax.runtime.http.Routes;
import infomax.runtime.http.SameOrigin;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;

/**
 * {@code GET /v1/rejected/{offset}} and its {@code /content}, {@code POST
 * /v1/rejected/{offset}/replay} and {@code DELETE /v1/rejected?before=}. Thread-safe.
 */
public final class DeadLetterRoutes implements Routes {

  private static final String OFFSET = "\\d{1,18}";

  private final DeadLetterLog letters;

  /** Routes over {@code letters}. */
  public DeadLetterRoutes(DeadLetterLog letters) {
    this.letters = letters;
  }

  @Override
  public void addTo(RoutesConfig routes) {
    routes.get("/v1/rejected/{offset}", this::show, Scope.READ);
    routes.get("/v1/rejected/{offset}/content", this::content, Scope.READ);
    routes.post("/v1/rejected/{offset}/replay", this::replay, Scope.ADMIN);
    routes.delete("/v1/rejected", this::purge, Scope.ADMIN);
  }

  private void show(Context context) {
    json(context, 200, LetterBody.of(letters.read(offset(context))));
  }

  /** Bytes that nobody could read: a browser is to save them, never to show them. */
  private void content(Context context) {
    KeptLetter kept = letters.read(offset(context));
    byte[] value = kept.letter().value();
    if (value == null) {
      throw Problem.of(
          404, "content_not_kept", "the letter at offset " + kept.offset() + " holds no bytes");
    }
    context
        .header("X-Content-Type-Options", "nosniff")
        .header("Content-Security-Policy", "default-src 'none'; sandbox")
        .header("Cross-Origin-Resource-Policy", "same-origin")
        .header("Cache-Control", "private, no-store")
        .header(
            "Content-Disposition", "attachment; filename=\"rejected-" + kept.offset() + ".bin\"")
        .contentType("application/octet-stream")
        .result(value);
  }

  private void replay(Context context) {
    SameOrigin.require(context);
    String force = context.queryParam("force");
    if (force != null && !force.equals("true") && !force.equals("false")) {
      throw Problem.of(400, "invalid_value", "force is '" + force + "', expected true or false");
    }
    Token upload = letters.replay(offset(context), "true".equals(force));
    json(context, 202, Map.of("upload", upload));
  }

  private void purge(Context context) {
    SameOrigin.require(context);
    String before = context.queryParam("before");
    Purged purged;
    if (before != null && before.matches(OFFSET)) {
      purged = letters.purge(Long.parseLong(before));
    } else {
      try {
        purged = letters.purge(time(before == null ? "" : before));
      } catch (DateTimeException e) {
        throw Problem.of(
            400,
            "invalid_value",
            "before is "
                + (before == null ? "absent" : "'" + before + "'")
                + ", expected an offset or a time such as 2026-01-31T00:00:00Z");
      }
    }
    json(context, 200, purged);
  }

  /** Kafka's times begin in 1970 and are milliseconds. */
  private static Instant time(String text) {
    Instant time = Instant.parse(text);
    if (time.isBefore(Instant.EPOCH) || time.isAfter(Instant.ofEpochMilli(Long.MAX_VALUE))) {
      throw new DateTimeException(text + " is no time of a record");
    }
    return time;
  }

  private static long offset(Context context) {
    String text = context.pathParam("offset");
    if (!text.matches(OFFSET)) {
      throw Problem.of(
          400, "invalid_value", "offset is '" + text + "', expected one that /v1/rejected names");
    }
    return Long.parseLong(text);
  }

  private static void json(Context context, int status, Object body) {
    context.status(status).contentType("application/json").result(Json.write(body));
  }
}
