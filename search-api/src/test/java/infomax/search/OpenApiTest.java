package infomax.search;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import infomax.runtime.access.Scope;
import infomax.runtime.http.Routes;
import infomax.search.content.ContentRoutes;
import infomax.search.openapi.OpenApiRoutes;
import infomax.search.query.SearchRoutes;
import infomax.search.release.ReleaseRoutes;
import infomax.search.request.RequestRoutes;
import infomax.search.status.StatusRoutes;
import infomax.testing.OpenApi;
import io.javalin.Javalin;
import io.javalin.router.Endpoint;
import io.javalin.security.Roles;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The description of the API names every route of the service with the scope it needs, those of
 * uploads beside them, and no other; that uploads are what ingest has is held where both are known.
 */
final class OpenApiTest {

  @Test
  void namesEveryRouteAndNoOther() {
    // Routes are only added here, never called, so they need nothing behind them.
    List<Routes> all =
        List.of(
            OpenApiRoutes.load(),
            new SearchRoutes(null, null, null, null, null),
            new ContentRoutes(null),
            new StatusRoutes(null, null, null),
            new ReleaseRoutes(null, null),
            new RequestRoutes(null, null, null));
    Javalin javalin = Javalin.create(config -> all.forEach(each -> each.addTo(config.routes)));
    SortedMap<String, String> scopes = new TreeMap<>();
    javalin
        .unsafe
        .internalRouter
        .allHttpHandlers()
        .forEach(
            handler ->
                scopes.put(
                    handler.endpoint.method.name() + " " + handler.endpoint.path,
                    scope(handler.endpoint)));
    OpenApi api = OpenApi.ofSources();
    SortedSet<String> described = api.routes();
    described.removeAll(api.tagged("uploads"));
    assertThat(described).isEqualTo(scopes.keySet());
    assertThat(described.stream().collect(toMap(route -> route, api::scope))).isEqualTo(scopes);
    assertThat(api.version()).isEqualTo("3.1.0");
  }

  /** What the route's definition says; nothing is no scope that a description can name. */
  private static String scope(Endpoint endpoint) {
    Roles roles = endpoint.metadata(Roles.class);
    return roles == null
        ? "none"
        : roles.getRoles().stream().map(role -> ((Scope) role).text()).collect(joining(" "));
  }
}
