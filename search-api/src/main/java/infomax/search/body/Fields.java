package infomax.search.body;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import infomax.events.Json;
import infomax.runtime.http.Problem;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The members of a JSON object in a request. Every accessor checks type and range and throws a
 * {@link Problem} with status 400 that names the member, its value and what is accepted. A member
 * that is JSON null counts as absent. Not thread-safe; lives as long as one request.
 */
public final class Fields {

  private static final int SHOWN_CHARACTERS_MAX = 60;
  private static final Pattern DECIMAL =
      Pattern.compile("-?\\d{1,18}\\.\\d{1,18}([eE][-+]?\\d{1,3})?");

  private final ObjectNode object;
  private final String path;

  private Fields(ObjectNode object, String path) {
    this.object = object;
    this.path = path;
  }

  /**
   * Parses a body.
   *
   * @param json UTF-8; empty counts as an object without members
   * @param known every member that is accepted
   */
  public static Fields parse(byte[] json, List<String> known) {
    if (json.length == 0) {
      return new Fields(Json.mapper().createObjectNode(), "");
    }
    try {
      JsonNode tree = Json.mapper().readTree(json);
      if (tree instanceof ObjectNode object) {
        return of(object, known);
      }
      throw Problem.of(400, "malformed_json", "the body is no JSON object");
    } catch (JsonProcessingException e) {
      throw Problem.of(
          400, "malformed_json", "the body is not JSON: " + firstLine(e.getOriginalMessage()));
    } catch (IOException e) {
      throw Problem.of(400, "malformed_json", "the body cannot be read as JSON");
    }
  }

  /** The members of an object that is there already. */
  public static Fields of(ObjectNode object, List<String> known) {
    return new Fields(object, "").only(known);
  }

  /**
   * The parameters of a query string: numbers, {@code true} and {@code false} count as such, what
   * begins with a brace as a JSON object, everything else as text; of a repeated parameter the last
   * one counts.
   */
  public static Fields ofQueryString(Map<String, List<String>> parameters, List<String> known) {
    ObjectNode object = Json.mapper().createObjectNode();
    parameters.forEach(
        (name, values) -> {
          String value = values.getLast();
          if (value.matches("-?\\d{1,18}")) {
            object.put(name, Long.parseLong(value));
          } else if (value.equals("true") || value.equals("false")) {
            object.put(name, value.equals("true"));
          } else if (DECIMAL.matcher(value).matches()) {
            object.put(name, Double.parseDouble(value));
          } else if (value.startsWith("{")) {
            object.set(name, inner(name, value));
          } else {
            object.put(name, value);
          }
        });
    return of(object, known);
  }

  /** True if the member is there and not null. */
  public boolean has(String name) {
    return object.hasNonNull(name);
  }

  /** The text under {@code name}, if there is one. */
  public Optional<String> text(String name) {
    if (!has(name)) {
      return Optional.empty();
    }
    JsonNode value = object.get(name);
    if (!value.isTextual()) {
      throw invalid(name, value, "text");
    }
    return Optional.of(value.textValue());
  }

  /** The text under {@code name}, or the default; at most {@code charactersMax} long. */
  public String text(String name, String defaultValue, int charactersMax) {
    String text = text(name).orElse(defaultValue);
    if (text.length() > charactersMax) {
      throw invalid(name, object.get(name), "at most " + charactersMax + " characters");
    }
    return text;
  }

  /** The finite number under {@code name}, if there is one. */
  public OptionalDouble decimal(String name, double min, double max) {
    if (!has(name)) {
      return OptionalDouble.empty();
    }
    JsonNode value = object.get(name);
    double number = value.doubleValue();
    if (!value.isNumber() || !(number >= min && number <= max)) {
      String expected =
          Math.abs(min) == Double.MAX_VALUE
              ? "a finite number"
              : "a number from " + number(min) + " to " + number(max);
      throw invalid(name, value, expected);
    }
    return OptionalDouble.of(number);
  }

  /** The text or number under {@code name}, which has to be there. */
  public JsonNode scalar(String name) {
    JsonNode value = object.path(name);
    if (!value.isTextual() && !value.isNumber()) {
      throw invalid(name, value, "text or a number");
    }
    return value;
  }

  /** The whole number under {@code name}, if there is one. */
  public OptionalLong whole(String name, long min, long max) {
    if (!has(name)) {
      return OptionalLong.empty();
    }
    JsonNode value = object.get(name);
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < min
        || value.longValue() > max) {
      throw invalid(name, value, "a whole number from " + min + " to " + max);
    }
    return OptionalLong.of(value.longValue());
  }

  /** The whole number under {@code name}, or the default. */
  public int integer(String name, int defaultValue, int min, int max) {
    return Math.toIntExact(whole(name, min, max).orElse(defaultValue));
  }

  /** True or false under {@code name}, or the default. */
  public boolean flag(String name, boolean defaultValue) {
    if (!has(name)) {
      return defaultValue;
    }
    JsonNode value = object.get(name);
    if (!value.isBoolean()) {
      throw invalid(name, value, "true or false");
    }
    return value.booleanValue();
  }

  /** One of the named values under {@code name}, or the default. */
  public <T> T choice(String name, SequencedMap<String, T> choices, T defaultValue) {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return defaultValue;
    }
    T chosen = choices.get(text.get());
    if (chosen == null) {
      throw invalid(name, object.get(name), "one of " + String.join(", ", choices.keySet()));
    }
    return chosen;
  }

  /**
   * Several of the named values under {@code name}, each once, if the member is there: an array, or
   * text with commas.
   */
  public <T> Optional<List<T>> choices(String name, SequencedMap<String, T> choices) {
    if (!has(name)) {
      return Optional.empty();
    }
    String expected = "an array of " + String.join(", ", choices.keySet());
    List<String> names = new ArrayList<>();
    if (object.get(name).isTextual()) {
      Stream.of(object.get(name).textValue().split(",", -1))
          .filter(part -> !part.isEmpty())
          .forEach(names::add);
    } else {
      array(name, expected).forEach(element -> names.add(element.asText()));
    }
    List<T> chosen = new ArrayList<>();
    for (String each : names) {
      T value = choices.get(each);
      if (value == null) {
        throw invalid(name, object.get(name), expected);
      }
      chosen.add(value);
    }
    return Optional.of(chosen.stream().distinct().toList());
  }

  /** The duration under {@code name}, such as {@code "500ms"} or {@code "2s"}, or the default. */
  public Duration duration(String name, Duration defaultValue, Duration max) {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return defaultValue;
    }
    String expected = "a duration such as \"500ms\" or \"2s\", at most " + max.toSeconds() + "s";
    Duration duration =
        Durations.parse(text.get()).orElseThrow(() -> invalid(name, object.get(name), expected));
    if (duration.compareTo(max) > 0) {
      throw invalid(name, object.get(name), expected);
    }
    return duration;
  }

  /** The finite numbers under {@code name}, if the member is there. */
  public Optional<float[]> numbers(String name) {
    if (!has(name)) {
      return Optional.empty();
    }
    String expected = "an array of finite numbers";
    JsonNode array = array(name, expected);
    float[] numbers = new float[array.size()];
    for (int ordinal = 0; ordinal < numbers.length; ordinal++) {
      JsonNode element = array.get(ordinal);
      numbers[ordinal] = element.floatValue();
      if (!element.isNumber() || !Float.isFinite(numbers[ordinal])) {
        throw invalid(name, array, expected);
      }
    }
    return Optional.of(numbers);
  }

  /** Whatever is under {@code name}, if there is something. */
  public Optional<JsonNode> node(String name) {
    return has(name) ? Optional.of(object.get(name)) : Optional.empty();
  }

  /** The elements of the array under {@code name}; empty if absent. */
  public List<JsonNode> elements(String name, int countMax, String expected) {
    if (!has(name)) {
      return List.of();
    }
    String array = "an array of at most " + countMax + " " + expected;
    JsonNode value = array(name, array);
    if (value.size() > countMax) {
      throw invalid(name, value, array).with("limit", countMax);
    }
    List<JsonNode> elements = new ArrayList<>();
    value.forEach(elements::add);
    return elements;
  }

  /** The members of an object that stands somewhere below these, at {@code name}. */
  public Fields below(String name, ObjectNode inner, List<String> known) {
    return new Fields(inner, path + name + ".").only(known);
  }

  /** The full name of a member, as problems show it. */
  public String path(String name) {
    return path + name;
  }

  /** The object under {@code name}, if there is one. */
  public Optional<Fields> object(String name, List<String> known) {
    if (!has(name)) {
      return Optional.empty();
    }
    if (object.get(name) instanceof ObjectNode inner) {
      return Optional.of(new Fields(inner, path + name + ".").only(known));
    }
    throw invalid(name, object.get(name), "an object with " + String.join(", ", known));
  }

  /** The array of objects under {@code name}; empty if absent. */
  public List<Fields> objects(String name, List<String> known, int countMax) {
    if (!has(name)) {
      return List.of();
    }
    String expected =
        "an array of at most " + countMax + " objects with " + String.join(", ", known);
    JsonNode array = array(name, expected);
    if (array.size() > countMax) {
      throw invalid(name, array, expected);
    }
    List<Fields> objects = new ArrayList<>();
    for (JsonNode element : array) {
      if (!(element instanceof ObjectNode inner)) {
        throw invalid(name, array, expected);
      }
      objects.add(new Fields(inner, path + name + "[" + objects.size() + "].").only(known));
    }
    return objects;
  }

  /** The problem of a value that is not accepted. */
  public Problem invalid(String name, String expected) {
    return invalid(name, object.path(name), expected);
  }

  private JsonNode array(String name, String expected) {
    JsonNode value = object.get(name);
    if (!value.isArray()) {
      throw invalid(name, value, expected);
    }
    return value;
  }

  private Fields only(List<String> known) {
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      if (!known.contains(member.getKey())) {
        throw Problem.of(
                400,
                "unknown_field",
                "unknown field '"
                    + path
                    + member.getKey()
                    + "', expected one of "
                    + String.join(", ", known))
            .with("field", path + member.getKey())
            .with("expected", known);
      }
    }
    return this;
  }

  private Problem invalid(String name, JsonNode value, String expected) {
    String shown = value.isMissingNode() ? "absent" : abbreviated(value.toString());
    return Problem.of(400, "invalid_value", path + name + " is " + shown + ", expected " + expected)
        .with("field", path + name)
        .with("expected", expected);
  }

  private static JsonNode inner(String name, String json) {
    try {
      return Json.mapper().readTree(json);
    } catch (JsonProcessingException e) {
      throw Problem.of(
              400, "malformed_json", name + " is not JSON: " + firstLine(e.getOriginalMessage()))
          .with("field", name);
    }
  }

  private static String number(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }

  private static String abbreviated(String text) {
    return text.length() <= SHOWN_CHARACTERS_MAX
        ? text
        : text.substring(0, SHOWN_CHARACTERS_MAX) + "...";
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }
}
