package infomax.search.status;

import infomax.runtime.access.Scope;
import infomax.runtime.http.Problem;
import infomax.runtime.http.Routes;
import infomax.search.body.Answers;
import infomax.search.rejected.RejectedTail;
import infomax.search.status.EventHub.Event;
import infomax.search.status.EventHub.Subscriber;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code GET /v1/status}, {@code /v1/events} and {@code /v1/rejected}. */
public final class StatusRoutes implements Routes {

  private static final Logger LOG = LoggerFactory.getLogger(StatusRoutes.class);

  private final SystemStatus status;
  private final EventHub hub;
  private final RejectedTail rejected;

  /** Routes over these. */
  public StatusRoutes(SystemStatus status, EventHub hub, RejectedTail rejected) {
    this.status = status;
    this.hub = hub;
    this.rejected = rejected;
  }

  @Override
  public void addTo(RoutesConfig routes) {
    routes.get("/v1/status", context -> Answers.json(context, status.now()), Scope.READ);
    routes.get(
        "/v1/rejected",
        context ->
            Answers.json(context, Map.of("rejected", rejected.newest(), "count", rejected.count())),
        Scope.READ);
    routes.get("/v1/events", this::events, Scope.READ);
  }

  /** Runs on the request's own virtual thread until the client goes or does not keep up. */
  private void events(Context context) throws InterruptedException {
    Subscriber subscriber =
        hub.subscribe()
            .orElseThrow(
                () ->
                    Problem.of(
                        503,
                        "overloaded",
                        "there are " + EventHub.SUBSCRIBERS_MAX + " event streams already"));
    try (subscriber) {
      context
          .contentType("text/event-stream; charset=utf-8")
          .header("Cache-Control", "no-store")
          .header("X-Content-Type-Options", "nosniff");
      // Past Javalin's own stream, which would gather and compress.
      OutputStream out = context.res().getOutputStream();
      write(out, Event.of("status", status.now()));
      while (!subscriber.isClosed()) {
        Optional<Event> next = subscriber.next();
        if (next.isPresent()) {
          write(out, next.get());
        } else {
          write(out, ": still here\n\n");
        }
      }
    } catch (IOException | IllegalStateException e) {
      // The client has gone, which is how an event stream ends.
      LOG.debug("event stream ended: {}", e.toString());
    }
  }

  private static void write(OutputStream out, Event event) throws IOException {
    write(out, "event: " + event.name() + "\ndata: " + event.json() + "\n\n");
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
