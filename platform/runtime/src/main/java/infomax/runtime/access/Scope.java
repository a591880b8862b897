package infomax.runtime.access;

import io.javalin.security.RouteRole;
import java.util.Locale;

/**
 * What a route needs of its caller. A route names its scope where it is defined, {@code
 * routes.get(path, handler, Scope.READ)}; one that names none needs {@link #ADMIN}. Scopes do not
 * contain one another: a key that only uploads cannot search.
 */
public enum Scope implements RouteRole {
  /** No key: probes, and files that hold nothing but the program. No key has this scope. */
  OPEN,
  /** Searches, and everything that only tells. */
  READ,
  /** Uploads and deletes of images. */
  WRITE,
  /** Requests on {@code control}: trainings, rollbacks, promotions, pauses. */
  ADMIN;

  /** As it is written in the file of keys and in problems. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
