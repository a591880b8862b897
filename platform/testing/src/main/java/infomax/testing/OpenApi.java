package infomax.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The API as its document describes it, to hold routes and answers against. Immutable. */
public final class OpenApi {

  private static final String DOCUMENT =
      "search-api/src/main/resources/infomax/search/openapi/openapi.yaml";
  private static final String COMPONENT = "#/";

  private final JsonNode document;

  private OpenApi(JsonNode document) {
    this.document = document;
  }

  private static OpenApi read(byte[] yaml) {
    Object tree =
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .load(new String(yaml, StandardCharsets.UTF_8));
    return new OpenApi(Json.mapper().valueToTree(tree));
  }

  /** The document in the sources of the search API, which is served to every client. */
  public static OpenApi ofSources() {
    Path root = Path.of(System.getProperty("infomax.root"));
    try {
      return read(Files.readAllBytes(root.resolve(DOCUMENT)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The version of OpenAPI. */
  public String version() {
    return document.get("openapi").asText();
  }

  /** Every route, as {@code GET /v1/images/{id}}. */
  public SortedSet<String> routes() {
    SortedSet<String> routes = new TreeSet<>();
    document
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        method ->
                            routes.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
    return routes;
  }

  /** The scope that a route's key needs, {@code open} if it needs none. */
  public String scope(String route) {
    JsonNode security = operation(route).path("security");
    assertThat(security.isArray()).as("%s has no security", route).isTrue();
    if (security.isEmpty()) {
      return "open";
    }
    JsonNode scopes = security.path(0).path("key");
    assertThat(scopes).as(route).hasSize(1);
    return scopes.get(0).asText();
  }

  /** The routes of these that have a tag. */
  public SortedSet<String> tagged(String tag) {
    SortedSet<String> tagged = new TreeSet<>(routes());
    tagged.removeIf(
        route -> {
          for (JsonNode each : operation(route).path("tags")) {
            if (each.asText().equals(tag)) {
              return false;
            }
          }
          return true;
        });
    return tagged;
  }

  /** Names of an operation's parameters in the query string. */
  public List<String> queryParameters(String route) {
    List<String> names = new ArrayList<>();
    for (JsonNode parameter : operation(route).path("parameters")) {
      JsonNode resolved = resolved(parameter);
      if (resolved.get("in").asText().equals("query")) {
        names.add(resolved.get("name").asText());
      }
    }
    return names;
  }

  /** Names of the members of an operation's JSON body. */
  public List<String> bodyMembers(String route) {
    JsonNode schema =
        operation(route).path("requestBody").path("content").path("application/json").get("schema");
    return names(schema);
  }

  /** Names of the members of a schema. */
  public List<String> members(String schema) {
    return names(document.get("components").get("schemas").get(schema));
  }

  /** Holds an answer against what the document says of it. */
  public void check(String method, String uri, HttpResponse<byte[]> answer) throws IOException {
    Optional<String> path = path(uri);
    if (path.isEmpty()) {
      return;
    }
    JsonNode operation =
        document.get("paths").get(path.get()).path(method.toLowerCase(Locale.ROOT));
    if (operation.isMissingNode()) {
      assertThat(answer.statusCode()).as("%s %s is not documented", method, uri).isEqualTo(405);
      return;
    }
    JsonNode response =
        resolved(
            Optional.ofNullable(
                    operation.get("responses").get(Integer.toString(answer.statusCode())))
                .orElse(operation.get("responses").get("default")));
    String type = answer.headers().firstValue("Content-Type").orElse("").split(";", 2)[0].strip();
    assertThat(response.path("content").isEmpty() || documented(response, type))
        .as("%s %s answers %d with '%s'", method, uri, answer.statusCode(), type)
        .isTrue();
    JsonNode schema = response.path("content").path(type).path("schema");
    if (type.equals("application/json") || type.endsWith("+json")) {
      check(schema, Json.mapper().readTree(answer.body()), method + " " + uri + " ");
    }
  }

  private static boolean documented(JsonNode response, String type) {
    return Stream.of(type, type.split("/", 2)[0] + "/*", "*/*")
        .anyMatch(known -> response.get("content").has(known));
  }

  private Optional<String> path(String uri) {
    String[] asked = uri.split("\\?", 2)[0].split("/", -1);
    List<String> candidates = new ArrayList<>();
    document
        .get("paths")
        .fieldNames()
        .forEachRemaining(
            path -> {
              String[] parts = path.split("/", -1);
              boolean same = parts.length == asked.length;
              for (int ordinal = 0; same && ordinal < parts.length; ordinal++) {
                same = parts[ordinal].startsWith("{") || parts[ordinal].equals(asked[ordinal]);
              }
              if (same) {
                candidates.add(path);
              }
            });
    return candidates.stream()
        .min((left, right) -> Boolean.compare(left.contains("{"), right.contains("{")));
  }

  private void check(JsonNode givenSchema, JsonNode value, String place) {
    JsonNode schema = resolved(givenSchema);
    if (schema.has("anyOf")) {
      for (JsonNode each : schema.get("anyOf")) {
        if (conforms(each, value)) {
          return;
        }
      }
      fail("%s is %s, which is none of %s", place, value, schema.get("anyOf"));
    }
    if (schema.has("type")) {
      List<String> types = new ArrayList<>();
      if (schema.get("type").isArray()) {
        schema.get("type").forEach(type -> types.add(type.asText()));
      } else {
        types.add(schema.get("type").asText());
      }
      assertThat(types).as("%s is %s", place, value).containsAnyElementsOf(types(value));
    }
    if (schema.has("enum")) {
      assertThat(schema.get("enum")).as(place).contains(value);
    }
    if (value.isArray() && schema.has("items")) {
      int ordinal = 0;
      for (JsonNode element : value) {
        check(schema.get("items"), element, place + "[" + ordinal++ + "]");
      }
    }
    if (value.isObject()) {
      schema
          .path("required")
          .forEach(name -> assertThat(value.has(name.asText())).as(place + "." + name).isTrue());
      JsonNode others = schema.path("additionalProperties");
      value
          .properties()
          .forEach(
              member -> {
                String name = place + "." + member.getKey();
                JsonNode known = schema.path("properties").path(member.getKey());
                if (!known.isMissingNode()) {
                  check(known, member.getValue(), name);
                } else if (others.isObject()) {
                  check(others, member.getValue(), name);
                } else {
                  assertThat(others.isBoolean() && !others.booleanValue())
                      .as("%s is not documented", name)
                      .isFalse();
                }
              });
    }
  }

  private boolean conforms(JsonNode schema, JsonNode value) {
    try {
      check(schema, value, "");
      return true;
    } catch (AssertionError e) {
      return false;
    }
  }

  private static List<String> types(JsonNode value) {
    return switch (value.getNodeType()) {
      case NUMBER -> value.isIntegralNumber() ? List.of("integer", "number") : List.of("number");
      case STRING -> List.of("string");
      case BOOLEAN -> List.of("boolean");
      case ARRAY -> List.of("array");
      case OBJECT -> List.of("object");
      default -> List.of("null");
    };
  }

  private List<String> names(JsonNode schema) {
    List<String> names = new ArrayList<>();
    resolved(schema).get("properties").fieldNames().forEachRemaining(names::add);
    return names;
  }

  private JsonNode operation(String route) {
    String[] parts = route.split(" ", 2);
    return document.get("paths").get(parts[1]).get(parts[0].toLowerCase(Locale.ROOT));
  }

  private JsonNode resolved(JsonNode node) {
    if (!node.has("$ref")) {
      return node;
    }
    JsonNode target = document;
    for (String part : node.get("$ref").asText().substring(COMPONENT.length()).split("/", -1)) {
      target = target.get(part);
      assertThat(target).as("%s", node).isNotNull();
    }
    return resolved(target);
  }
}
