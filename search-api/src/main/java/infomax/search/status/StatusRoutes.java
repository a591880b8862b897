package infomax.search.status;

import infomax.events.Json;
import infomax.runtime.http.Problem;
import infomax.runtime.http.Routes;
import infomax.search.body.Answers;
import infomax.search.rejected.RejectedTail;
import infomax.search.status.EventHub.Event;
import infomax.search.status.EventHub.Subscriber;
import io.javalin.config.RoutesConfig;
import io.javalin.http.sse.SseClient;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** {@code GET /v1/status}, {@code /v1/events} and {@code /v1/rejected}. */
public final class StatusRoutes implements Routes {

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
    routes.get("/v1/status", context -> Answers.json(context, status.now()));
    routes.get(
        "/v1/rejected",
        context ->
            Answers.json(
                context, Map.of("rejected", rejected.newest(), "count", rejected.count())));
    routes.sse("/v1/events", this::events);
  }

  /** Runs on the request's own virtual thread until the client goes or does not keep up. */
  private void events(SseClient client) {
    Subscriber subscriber =
        hub.subscribe()
            .orElseThrow(
                () ->
                    Problem.of(
                        503,
                        "overloaded",
                        "there are " + EventHub.SUBSCRIBERS_MAX + " event streams already"));
    try (subscriber) {
      client.sendEvent("status", new String(Json.write(status.now()), StandardCharsets.UTF_8));
      while (!client.terminated() && !subscriber.isClosed()) {
        Optional<Event> next = subscriber.next();
        if (next.isPresent()) {
          client.sendEvent(next.get().name(), next.get().json());
        } else {
          client.sendComment("still here");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      client.close();
    }
  }
}
