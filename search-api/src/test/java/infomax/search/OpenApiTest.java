package infomax.search;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.runtime.http.Routes;
import infomax.search.content.ContentRoutes;
import infomax.search.openapi.OpenApiRoutes;
import infomax.search.query.SearchRoutes;
import infomax.search.release.ReleaseRoutes;
import infomax.search.request.RequestRoutes;
import infomax.search.status.StatusRoutes;
import io.javalin.Javalin;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The description of the API names every route of the service, those of uploads beside them, and no
 * other; that uploads are what ingest has is held where both are known.
 */
final class OpenApiTest {

  @Test
  void namesEveryRouteAndNoOther() {
    // Routes are only added here, never called, so they need nothing behind them.
    List<Routes> all =
        List.of(
            OpenApiRoutes.load(),
            new SearchRoutes(null, null, null, null),
            new ContentRoutes(null),
            new StatusRoutes(null, null, null),
            new ReleaseRoutes(null, null),
            new RequestRoutes(null, null, null));
    Javalin javalin = Javalin.create(config -> all.forEach(each -> each.addTo(config.routes)));
    SortedSet<String> routes = new TreeSet<>();
    javalin
        .unsafe
        .internalRouter
        .allHttpHandlers()
        .forEach(
            handler -> routes.add(handler.endpoint.method.name() + " " + handler.endpoint.path));
    OpenApi api = OpenApi.ofProgram();
    SortedSet<String> described = api.routes();
    described.removeAll(api.tagged("uploads"));
    assertThat(described).isEqualTo(routes);
    assertThat(api.version()).isEqualTo("3.1.0");
  }
}
