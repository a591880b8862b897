package infomax.standalone;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import infomax.ingest.http.IngestRoutes;
import infomax.ingest.rejected.DeadLetterRoutes;
import infomax.runtime.access.Scope;
import infomax.search.openapi.OpenApiRoutes;
import io.javalin.Javalin;
import io.javalin.router.Endpoint;
import io.javalin.security.Roles;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What the description of the API calls uploads are the routes of ingest with the scopes they need,
 * and no other.
 */
final class ApiDescriptionTest {

  @Test
  void describesEveryRouteOfIngestAndNoOther() throws Exception {
    // Routes are only added here, never called, so they need nothing behind them.
    IngestRoutes ingest = new IngestRoutes(null, null, null, null, Duration.ZERO);
    DeadLetterRoutes letters = new DeadLetterRoutes(null);
    Javalin javalin =
        Javalin.create(
            config -> {
              ingest.addTo(config.routes);
              letters.addTo(config.routes);
            });
    SortedMap<String, String> routes = new TreeMap<>();
    javalin
        .unsafe
        .internalRouter
        .allHttpHandlers()
        .forEach(
            handler ->
                routes.put(
                    handler.endpoint.method.name() + " " + handler.endpoint.path,
                    scope(handler.endpoint)));
    assertThat(uploads()).isEqualTo(routes).isNotEmpty();
  }

  /** What the route's definition says, as the description has it. */
  private static String scope(Endpoint endpoint) {
    Roles roles = endpoint.metadata(Roles.class);
    return roles == null
        ? "none"
        : roles.getRoles().stream()
            .map(role -> "[{key=[" + ((Scope) role).text() + "]}]")
            .collect(joining());
  }

  /** Routes of uploads, with their {@code security}. */
  private static SortedMap<String, String> uploads() throws Exception {
    SortedMap<String, String> uploads = new TreeMap<>();
    try (InputStream document = OpenApiRoutes.class.getResourceAsStream("openapi.yaml")) {
      Map<String, Map<String, Map<String, Map<String, ?>>>> api =
          new Yaml(new SafeConstructor(new LoaderOptions())).load(document);
      api.get("paths")
          .forEach(
              (path, operations) ->
                  operations.forEach(
                      (method, operation) -> {
                        if (((Collection<?>) operation.get("tags")).contains("uploads")) {
                          uploads.put(
                              method.toUpperCase(Locale.ROOT) + " " + path,
                              String.valueOf(operation.get("security")));
                        }
                      }));
    }
    return uploads;
  }
}
