package infomax.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.ingest.http.IngestRoutes;
import infomax.ingest.rejected.DeadLetterRoutes;
import infomax.search.openapi.OpenApiRoutes;
import io.javalin.Javalin;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What the description of the API calls uploads are the routes of ingest, and no other. */
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
    SortedSet<String> routes = new TreeSet<>();
    javalin
        .unsafe
        .internalRouter
        .allHttpHandlers()
        .forEach(
            handler -> routes.add(handler.endpoint.method.name() + " " + handler.endpoint.path));
    assertThat(uploads()).isEqualTo(routes).isNotEmpty();
  }

  private static SortedSet<String> uploads() throws Exception {
    SortedSet<String> uploads = new TreeSet<>();
    try (InputStream document = OpenApiRoutes.class.getResourceAsStream("openapi.yaml")) {
      Map<String, Map<String, Map<String, Map<String, ?>>>> api =
          new Yaml(new SafeConstructor(new LoaderOptions())).load(document);
      api.get("paths")
          .forEach(
              (path, operations) ->
                  operations.forEach(
                      (method, operation) -> {
                        if (((Collection<?>) operation.get("tags")).contains("uploads")) {
                          uploads.add(method.toUpperCase(Locale.ROOT) + " " + path);
                        }
                      }));
    }
    return uploads;
  }
}
