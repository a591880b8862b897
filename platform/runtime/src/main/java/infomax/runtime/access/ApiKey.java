package infomax.runtime.access;

import infomax.events.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a key: not the key itself.
 *
 * @param name who or what uses it, {@code [a-z0-9][a-z0-9._-]{0,63}}; said in the audit log
 * @param sha256 SHA-256 of the key's characters. Keys are 256 random bits, which nobody guesses, so
 *     there is nothing for salt or a slow hash to protect
 * @param scopes what it may do, at least one, never {@link Scope#OPEN}
 * @param expires from when on it is refused; null for never
 */
public record ApiKey(String name, Digest sha256, Set<Scope> scopes, @Nullable Instant expires) {

  private static final String NAME = "[a-z0-9][a-z0-9._-]{0,63}";

  /** Checks name and scopes. */
  public ApiKey {
    if (!name.matches(NAME)) {
      throw new IllegalArgumentException("name is '" + name + "', expected " + NAME);
    }
    if (scopes.isEmpty() || scopes.contains(Scope.OPEN)) {
      throw new IllegalArgumentException(
          "scopes are " + scopes + ", expected one or more of read, write, admin");
    }
    scopes = Set.copyOf(scopes);
  }

  /** Whether it is refused at {@code now} for its age. */
  public boolean isExpired(Instant now) {
    return expires != null && !now.isBefore(expires);
  }

  /** The scopes in order, as they are written. */
  public List<String> scopeTexts() {
    return new TreeSet<>(scopes).stream().map(Scope::text).toList();
  }
}
