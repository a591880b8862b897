package infomax.search.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import infomax.events.image.Metadata;
import infomax.index.Condition;
import infomax.index.Filter;
import infomax.index.MetadataValue;
import infomax.runtime.http.Problem;
import infomax.search.body.Fields;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads filters: {@code {"must": [...], "should": [...], "must_not": [...]}} of conditions such as
 * {@code {"key": "label", "eq": "cat"}}, or of filters again. Lives as long as one filter is read.
 */
final class FilterReader {

  /** Most conditions of one filter, those of inner filters included. */
  static final int CONDITIONS_MAX = 100;

  /** Most filters inside one another. */
  static final int DEPTH_MAX = 5;

  /** Most values of one {@code in}. */
  static final int VALUES_MAX = 1000;

  static final List<String> FILTER = List.of("must", "should", "must_not");
  static final List<String> CONDITION = List.of("key", "eq", "in", "range", "exists", "prefix");
  static final List<String> RANGE = List.of("gt", "gte", "lt", "lte");

  private static final String CONDITIONS =
      "conditions such as {\"key\":\"label\",\"eq\":\"cat\"}, or filters";

  private int conditions;

  private FilterReader() {}

  /** The filter under {@code filter}; every image if there is none. */
  static Filter read(Fields fields) {
    return fields
        .object("filter", FILTER)
        .map(filter -> new FilterReader().filter(filter, 1))
        .orElse(Filter.ALL);
  }

  private Filter filter(Fields fields, int depth) {
    return new Filter(
        conditions(fields, "must", depth),
        conditions(fields, "should", depth),
        conditions(fields, "must_not", depth));
  }

  private List<Condition> conditions(Fields fields, String name, int depth) {
    List<Condition> read = new ArrayList<>();
    for (JsonNode element : fields.elements(name, CONDITIONS_MAX, CONDITIONS)) {
      String place = name + "[" + read.size() + "]";
      if (!(element instanceof ObjectNode object)) {
        throw fields.invalid(name, "an array of " + CONDITIONS);
      }
      if (++conditions > CONDITIONS_MAX) {
        throw tooLarge(fields.path(place), "more than " + CONDITIONS_MAX + " conditions");
      }
      if (FILTER.stream().anyMatch(object::has)) {
        if (depth == DEPTH_MAX) {
          throw tooLarge(fields.path(place), "filters more than " + DEPTH_MAX + " deep");
        }
        read.add(filter(fields.below(place, object, FILTER), depth + 1));
      } else {
        read.add(condition(fields.below(place, object, CONDITION)));
      }
    }
    return read;
  }

  private static Condition condition(Fields fields) {
    String key = fields.text("key").orElseThrow(() -> fields.invalid("key", "a metadata key"));
    if (!key.equals(Condition.ID) && !Metadata.isKey(key)) {
      throw fields.invalid(
          "key", "a metadata key of 1 to 64 of a-z 0-9 _ . - and no leading _, or " + Condition.ID);
    }
    List<String> tests = CONDITION.stream().filter(name -> !name.equals("key")).toList();
    List<String> given = tests.stream().filter(fields::has).toList();
    if (given.size() != 1) {
      throw Problem.of(
              400,
              "one_condition",
              fields.path("key")
                  + " "
                  + key
                  + " stands with "
                  + given
                  + ", expected exactly one of "
                  + String.join(", ", tests))
          .with("field", fields.path("key"))
          .with("expected", tests);
    }
    return switch (given.getFirst()) {
      case "eq" -> Condition.In.equal(key, value(fields, "eq", fields.node("eq").orElseThrow()));
      case "in" -> in(fields, key);
      case "range" ->
          range(
              fields
                  .object("range", RANGE)
                  .filter(range -> RANGE.stream().anyMatch(range::has))
                  .orElseThrow(() -> fields.invalid("range", "at least one of gt, gte, lt, lte")),
              key);
      case "exists" ->
          fields.flag("exists", true)
              ? new Condition.Exists(key)
              : new Filter(List.of(), List.of(), List.of(new Condition.Exists(key)));
      default -> new Condition.Prefix(key, fields.text("prefix").orElseThrow());
    };
  }

  private static Condition in(Fields fields, String key) {
    List<JsonNode> elements = fields.elements("in", VALUES_MAX, "strings, numbers or booleans");
    if (elements.isEmpty()) {
      throw fields.invalid("in", "an array of at least one string, number or boolean");
    }
    return new Condition.In(
        key, elements.stream().map(element -> value(fields, "in", element)).toList());
  }

  private static MetadataValue value(Fields fields, String name, JsonNode node) {
    if (node.isTextual()) {
      return new MetadataValue.Text(node.textValue());
    }
    if (node.isNumber()) {
      return new MetadataValue.Numeric(node.doubleValue());
    }
    if (node.isBoolean()) {
      return new MetadataValue.Flag(node.booleanValue());
    }
    throw fields.invalid(name, "a string, number or boolean");
  }

  private static Condition range(Fields fields, String key) {
    String low = fields.has("gte") ? "gte" : "gt";
    String high = fields.has("lte") ? "lte" : "lt";
    if ((fields.has("gte") && fields.has("gt")) || (fields.has("lte") && fields.has("lt"))) {
      throw fields.invalid(fields.has("gte") && fields.has("gt") ? "gt" : "lt", "one bound a side");
    }
    boolean times =
        RANGE.stream().flatMap(name -> fields.node(name).stream()).anyMatch(JsonNode::isTextual);
    return times
        ? new Condition.TimeRange(
            key,
            fields.has(low) ? time(fields, low) : Instant.MIN,
            low.equals("gte"),
            fields.has(high) ? time(fields, high) : Instant.MAX,
            high.equals("lte"))
        : new Condition.NumberRange(
            key,
            number(fields, low, Double.NEGATIVE_INFINITY),
            low.equals("gte"),
            number(fields, high, Double.POSITIVE_INFINITY),
            high.equals("lte"));
  }

  private static double number(Fields fields, String name, double absent) {
    return fields.decimal(name, -Double.MAX_VALUE, Double.MAX_VALUE).orElse(absent);
  }

  private static Instant time(Fields fields, String name) {
    JsonNode node = fields.node(name).orElseThrow();
    try {
      return OffsetDateTime.parse(node.asText()).toInstant();
    } catch (DateTimeException e) {
      throw fields.invalid(
          name, "an RFC 3339 time such as \"2026-01-31T12:00:00Z\", or numbers on both sides");
    }
  }

  private static Problem tooLarge(String field, String what) {
    return Problem.of(
            400,
            "filter_too_large",
            field
                + ": the filter has "
                + what
                + ", expected at most "
                + CONDITIONS_MAX
                + " conditions, "
                + DEPTH_MAX
                + " deep; for many values of one key use in, which takes "
                + VALUES_MAX)
        .with("field", field)
        .with("limit", CONDITIONS_MAX);
  }
}
