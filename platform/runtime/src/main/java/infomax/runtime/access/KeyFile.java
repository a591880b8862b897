package infomax.runtime.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import infomax.events.Digest;
import infomax.events.Json;
import infomax.runtime.config.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file of keys: UTF-8, a JSON object a line, {@code {"name", "sha256", "scopes", "expires"}};
 * {@code expires} (RFC 3339) may be absent. Empty lines and lines that begin with {@code #} count
 * for nothing.
 */
public final class KeyFile {

  private static final ObjectReader READER =
      Json.mapper()
          .reader()
          .with(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final Set<String> MEMBERS = Set.of("name", "sha256", "scopes", "expires");

  private KeyFile() {}

  /**
   * The keys of a file.
   *
   * @throws ConfigurationException naming the first line that is wrong, or if there is no key
   */
  public static List<ApiKey> parse(byte[] file) {
    List<ApiKey> keys = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Set<Digest> hashes = new HashSet<>();
    int number = 0;
    for (String line : new String(file, StandardCharsets.UTF_8).lines().toList()) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      try {
        ApiKey key = key(READER.readTree(line));
        if (!names.add(key.name()) || !hashes.add(key.sha256())) {
          throw new IllegalArgumentException(
              "the name '" + key.name() + "' or its key is there twice, expected each once");
        }
        keys.add(key);
      } catch (JsonProcessingException e) {
        throw new ConfigurationException("line " + number + " is no JSON object");
      } catch (IllegalArgumentException e) {
        throw new ConfigurationException("line " + number + ": " + e.getMessage());
      }
    }
    if (keys.isEmpty()) {
      throw new ConfigurationException("there is no key; infomax keys create makes one");
    }
    return List.copyOf(keys);
  }

  /** The line of a key, without its end. */
  public static String line(ApiKey key) {
    ObjectNode entry = Json.mapper().createObjectNode();
    entry.put("name", key.name()).put("sha256", key.sha256().hex());
    key.scopeTexts().forEach(entry.putArray("scopes")::add);
    if (key.expires() != null) {
      entry.put("expires", key.expires().toString());
    }
    return entry.toString();
  }

  /**
   * A scope as it is written.
   *
   * @throws IllegalArgumentException if it is none a key can have
   */
  public static Scope scope(String text) {
    for (Scope scope : Scope.values()) {
      if (scope != Scope.OPEN && scope.text().equals(text)) {
        return scope;
      }
    }
    throw new IllegalArgumentException("scope is '" + text + "', expected read, write or admin");
  }

  private static ApiKey key(JsonNode entry) {
    if (!entry.isObject()) {
      throw new IllegalArgumentException("expected a JSON object");
    }
    entry
        .fieldNames()
        .forEachRemaining(
            member -> {
              if (!MEMBERS.contains(member)) {
                // Not its value, which may be a key that was put in the wrong place.
                throw new IllegalArgumentException(
                    "unknown member '" + member + "', expected name, sha256, scopes, expires");
              }
            });
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    entry.path("scopes").forEach(scope -> scopes.add(scope(scope.asText())));
    return new ApiKey(
        entry.path("name").asText(),
        digest(entry.path("sha256").asText()),
        scopes,
        expires(entry.get("expires")));
  }

  /** Says nothing of what stands there: it may be the key itself. */
  private static Digest digest(String hex) {
    try {
      return new Digest(hex);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("sha256 is not 64 lower-case hexadecimal digits", e);
    }
  }

  private static @Nullable Instant expires(@Nullable JsonNode node) {
    if (node == null || node.isNull()) {
      return null;
    }
    try {
      return Instant.parse(node.asText());
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "expires is '" + node.asText() + "', expected a time such as 2027-01-31T00:00:00Z", e);
    }
  }
}
