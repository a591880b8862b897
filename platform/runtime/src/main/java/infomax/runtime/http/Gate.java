package infomax.runtime.http;

import infomax.runtime.access.ApiKey;
import infomax.runtime.access.ApiKeys;
import infomax.runtime.access.AuditLog;
import infomax.runtime.access.RateLimit;
import infomax.runtime.access.Scope;
import io.javalin.http.Context;
import io.javalin.router.Endpoint;
import io.javalin.security.RouteRole;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stands before every route: who calls (RFC 6750), how often, and whether the key has the route's
 * scope; and writes down what was written or administered. Thread-safe.
 *
 * @param keys keys that are let in; null lets everybody in
 * @param rate how often each caller may ask; null for any number
 * @param audit where calls of {@link Scope#WRITE} and {@link Scope#ADMIN} are kept; null for none
 */
record Gate(
    @Nullable ApiKeys keys,
    @Nullable RateLimit rate,
    @Nullable AuditLog audit,
    InstantSource clock) {

  private static final String REQUEST_ID = "X-Request-Id";
  private static final Pattern REQUEST_ID_FORM = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final String SCHEME = "bearer ";

  private static final String SCOPE = "infomax.scope";
  private static final String ROUTE = "infomax.route";
  private static final String KEY = "infomax.key";
  private static final String PROBLEM = "infomax.problem";

  /** Who calls. */
  private sealed interface Caller {
    /** Somebody with a key. */
    record Keyed(ApiKey key) implements Caller {}

    /** Anybody, where there are no keys. */
    record Anybody() implements Caller {}

    /** Somebody who needs a key and has none that is let in. */
    record Stranger(Problem problem, String challenge) implements Caller {}
  }

  /** Remembers how a call went wrong, for the audit log. */
  static void problem(Context context, Problem problem) {
    context.attribute(PROBLEM, problem.code());
  }

  /** Gives every request an id: the client's own, if it has the form of one. */
  void name(Context context) {
    String given = context.header(REQUEST_ID);
    context.header(
        REQUEST_ID,
        given != null && REQUEST_ID_FORM.matcher(given).matches()
            ? given
            : UUID.randomUUID().toString());
  }

  /**
   * Lets a call through to its route.
   *
   * @throws Problem 401 without a key that is let in, 403 if it lacks the scope, 429 if it asks too
   *     often
   */
  void admit(Context context) {
    Scope needed = scope(context.routeRoles());
    context.attribute(SCOPE, needed);
    Endpoint route = context.endpoints().matchedHttpEndpoint();
    context.attribute(ROUTE, route == null ? context.path() : route.path);
    if (needed == Scope.ADMIN) {
      context.header("Cache-Control", "no-store");
    }
    if (needed == Scope.OPEN) {
      return;
    }
    Caller caller = caller(context);
    if (caller instanceof Caller.Keyed(ApiKey key)) {
      context.attribute(KEY, key.name());
    }
    limit(context, caller);
    switch (caller) {
      case Caller.Anybody _ -> {}
      case Caller.Stranger(Problem problem, String challenge) -> {
        context.header("WWW-Authenticate", challenge);
        throw problem;
      }
      case Caller.Keyed(ApiKey key) -> {
        if (!key.scopes().contains(needed)) {
          context.header(
              "WWW-Authenticate",
              "Bearer realm=\"infomax\", error=\"insufficient_scope\", scope=\""
                  + needed.text()
                  + "\"");
          throw Problem.of(
                  403,
                  "scope_missing",
                  "key '"
                      + key.name()
                      + "' has the scopes "
                      + key.scopeTexts()
                      + ", this needs "
                      + needed.text())
              .with("scope", needed.text());
        }
      }
    }
  }

  /** Writes down a call that was answered, if it is one of those that are kept. */
  void keep(Context context) {
    Scope scope = context.attribute(SCOPE);
    if (audit == null || !(scope == Scope.WRITE || scope == Scope.ADMIN)) {
      return;
    }
    int status = context.statusCode();
    String route = context.attribute(ROUTE);
    audit.write(
        new AuditLog.Entry(
            clock.instant(),
            context.attribute(KEY),
            context.ip(),
            context.method().name(),
            String.valueOf(route),
            subject(context),
            status,
            status < 400 ? "done" : status < 500 ? "refused" : "failed",
            context.attribute(PROBLEM),
            String.valueOf(context.res().getHeader(REQUEST_ID))));
  }

  private static @Nullable String subject(Context context) {
    return AuditSubject.of(context)
        .or(() -> context.pathParamMap().values().stream().findFirst())
        .orElse(null);
  }

  /** The scope in a route's definition. */
  static Scope scope(Set<RouteRole> roles) {
    return roles.stream()
        .filter(Scope.class::isInstance)
        .map(Scope.class::cast)
        .findFirst()
        .orElse(Scope.ADMIN);
  }

  private Caller caller(Context context) {
    if (keys == null) {
      return new Caller.Anybody();
    }
    String header = context.header("Authorization");
    if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      return new Caller.Stranger(
          Problem.of(
              401, "key_missing", "this needs a key: send the header Authorization: Bearer KEY"),
          "Bearer realm=\"infomax\"");
    }
    return switch (keys.find(header.substring(SCHEME.length()).strip())) {
      case ApiKeys.Match.Known(ApiKey key) -> new Caller.Keyed(key);
      case ApiKeys.Match.Expired(ApiKey key) ->
          new Caller.Stranger(
              Problem.of(
                  401,
                  "key_expired",
                  "key '" + key.name() + "' expired at " + key.expires() + "; use a newer one"),
              invalid("the key has expired"));
      case ApiKeys.Match.Unknown _ ->
          new Caller.Stranger(
              Problem.of(
                  401, "key_unknown", "no key like this is let in; it may have been replaced"),
              invalid("the key is not known"));
    };
  }

  private static String invalid(String description) {
    return "Bearer realm=\"infomax\", error=\"invalid_token\", error_description=\""
        + description
        + "\"";
  }

  private void limit(Context context, Caller caller) {
    if (rate == null) {
      return;
    }
    String who =
        caller instanceof Caller.Keyed(ApiKey key)
            ? "key " + key.name()
            : "address " + network(context.ip());
    Optional<Duration> wait = rate.take(who);
    if (wait.isPresent()) {
      long seconds = Math.max(1, wait.get().plusMillis(999).toSeconds());
      context.header("Retry-After", Long.toString(seconds));
      throw Problem.of(
          429, "too_many_requests", who + " asks too often; ask again in " + seconds + " s");
    }
  }

  /** One subscriber has a whole /64 of IPv6 addresses. */
  private static String network(String address) {
    try {
      return InetAddress.getByName(address) instanceof Inet6Address six
          ? HexFormat.of().formatHex(Arrays.copyOf(six.getAddress(), 8)) + "/64"
          : address;
    } catch (UnknownHostException e) {
      return address;
    }
  }
}
