package infomax.search.openapi;

import infomax.runtime.access.Scope;
import infomax.runtime.http.Routes;
import io.javalin.config.RoutesConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** {@code GET /openapi.yaml}: the API in OpenAPI 3.1. */
public final class OpenApiRoutes implements Routes {

  private final byte[] document;

  private OpenApiRoutes(byte[] document) {
    this.document = document;
  }

  /** Reads the document from the class path. */
  public static OpenApiRoutes load() {
    try (InputStream in = OpenApiRoutes.class.getResourceAsStream("openapi.yaml")) {
      if (in == null) {
        throw new IllegalStateException("openapi.yaml is not on the class path");
      }
      return new OpenApiRoutes(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("openapi.yaml cannot be read", e);
    }
  }

  @Override
  public void addTo(RoutesConfig routes) {
    routes.get(
        "/openapi.yaml",
        context ->
            context
                .contentType("application/yaml")
                .header("Cache-Control", "no-cache")
                .header("X-Content-Type-Options", "nosniff")
                .result(document),
        Scope.OPEN);
  }
}
