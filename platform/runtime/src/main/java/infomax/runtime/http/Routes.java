package infomax.runtime.http;

import io.javalin.config.RoutesConfig;

/** The routes of one service; {@link HttpServer} serves those of one or several. */
@FunctionalInterface
public interface Routes {

  /** Adds the routes; their handlers run on virtual threads and may wait. */
  void addTo(RoutesConfig routes);
}
