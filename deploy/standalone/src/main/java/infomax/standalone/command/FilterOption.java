package infomax.standalone.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import infomax.events.Json;
import infomax.standalone.UserError;
import java.util.List;

/** The filter of a search as it is typed: conditions of which all have to hold. */
final class FilterOption {

  private static final ObjectReader STRICT =
      Json.mapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private FilterOption() {}

  /**
   * A filter in the API's form.
   *
   * @param typed each {@code KEY=VALUE}, or a JSON object with a condition or a whole filter; a
   *     value that is JSON's number, boolean or quoted string is one, anything else is text
   */
  static ObjectNode of(List<String> typed) {
    ObjectNode filter = Json.mapper().createObjectNode();
    ArrayNode must = filter.putArray("must");
    typed.forEach(each -> must.add(condition(each)));
    return filter;
  }

  private static JsonNode condition(String typed) {
    if (typed.startsWith("{")) {
      try {
        return STRICT.readTree(typed);
      } catch (JsonProcessingException e) {
        throw UserError.usage(
            "--filter '" + typed + "' is not JSON: " + e.getOriginalMessage().split("\n", 2)[0]);
      }
    }
    int equals = typed.indexOf('=');
    if (equals < 1) {
      throw UserError.usage(
          "--filter is '"
              + typed
              + "', expected KEY=VALUE such as label=cat, or JSON such as"
              + " {\"key\":\"year\",\"range\":{\"gte\":2020}}");
    }
    ObjectNode condition = Json.mapper().createObjectNode();
    condition.put("key", typed.substring(0, equals));
    condition.set("eq", value(typed.substring(equals + 1)));
    return condition;
  }

  private static JsonNode value(String typed) {
    try {
      JsonNode value = STRICT.readTree(typed);
      if (value.isNumber() || value.isBoolean() || value.isTextual()) {
        return value;
      }
    } catch (JsonProcessingException e) {
      // Not JSON: text, as it is typed most of the time.
    }
    return TextNode.valueOf(typed);
  }
}
