package infomax.search.query;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import infomax.events.ImageId;
import infomax.events.Token;
import infomax.events.Topic;
import infomax.index.Metric;
import infomax.index.VectorQuery;
import infomax.runtime.http.Problem;
import infomax.search.body.Fields;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads searches: a JSON body, or an image as the body with everything else in the query string.
 */
final class SearchRequestReader {

  static final int K_DEFAULT = 10;
  static final int K_MAX = 1000;

  static final SequencedMap<String, Metric> METRICS =
      named(Map.entry("cosine", Metric.COSINE), Map.entry("euclidean", Metric.EUCLIDEAN));

  private static final SequencedMap<String, Include> INCLUDES =
      named(
          Map.entry("metadata", Include.METADATA),
          Map.entry("digest", Include.DIGEST),
          Map.entry("position", Include.POSITION),
          Map.entry("vector", Include.VECTOR));

  private static final List<String> OPTIONS =
      List.of("encoder", "k", "candidates", "exact", "metric", "include");
  private static final List<String> BODY =
      Stream.concat(Stream.of("image", "id", "vector", "consistency"), OPTIONS.stream()).toList();
  private static final List<String> QUERY_STRING =
      Stream.concat(OPTIONS.stream(), Stream.of("token", "timeout")).toList();

  private static final List<String> TOKEN = List.of("topic", "partition", "offset");

  private SearchRequestReader() {}

  /** Reads a JSON body. */
  static SearchRequest ofJson(byte[] json) {
    Fields fields = Fields.parse(json, BODY);
    Consistency consistency =
        fields
            .object("consistency", List.of("tokens", "timeout"))
            .map(SearchRequestReader::consistency)
            .orElse(Consistency.NONE);
    return request(fields, query(fields), consistency);
  }

  /**
   * Reads an image body.
   *
   * @param parameters the query string; values are what JSON would have, without quotes
   */
  static SearchRequest ofImage(byte[] image, Map<String, List<String>> parameters) {
    Fields fields = Fields.ofQueryString(parameters, QUERY_STRING);
    List<String> tokens = parameters.getOrDefault("token", List.of());
    Consistency consistency =
        new Consistency(
            tokens.stream().map(SearchRequestReader::token).toList(),
            fields.duration("timeout", Consistency.TIMEOUT_DEFAULT, Consistency.TIMEOUT_MAX));
    return request(fields, new Query.ByImage(image), consistency);
  }

  private static SearchRequest request(Fields fields, Query query, Consistency consistency) {
    int k = fields.integer("k", K_DEFAULT, 1, K_MAX);
    int candidates =
        fields.integer(
            "candidates", VectorQuery.defaultCandidates(k), k, VectorQuery.CANDIDATES_MAX);
    EncoderChoice encoder = encoder(fields);
    if (query instanceof Query.ByVector && encoder == null) {
      throw Problem.of(
          400,
          "encoder_required",
          "a search by vector needs encoder: the version or SHA-256 of the release the vector"
              + " comes from");
    }
    return new SearchRequest(
        query,
        encoder,
        k,
        candidates,
        fields.flag("exact", false),
        fields.choice("metric", METRICS, Metric.COSINE),
        fields.choices("include", INCLUDES).orElse(List.of(Include.METADATA)),
        consistency);
  }

  private static Query query(Fields fields) {
    List<Query> queries = new ArrayList<>();
    fields.text("image").map(text -> image(fields, text)).ifPresent(queries::add);
    fields.text("id").map(text -> id(fields, text)).ifPresent(queries::add);
    fields.numbers("vector").map(Query.ByVector::new).ifPresent(queries::add);
    if (queries.size() != 1) {
      throw Problem.of(
          400,
          "one_query",
          "the body has "
              + queries.size()
              + " of image (base64), id, vector; expected exactly one, or an image as the body"
              + " with its content type");
    }
    return queries.getFirst();
  }

  private static Query image(Fields fields, String base64) {
    try {
      return new Query.ByImage(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw fields.invalid("image", "an image in base64 (RFC 4648, not URL-safe, no line breaks)");
    }
  }

  private static Query id(Fields fields, String text) {
    try {
      return new Query.ById(new ImageId(text));
    } catch (IllegalArgumentException e) {
      throw fields.invalid("id", "1 to " + ImageId.BYTES_MAX + " bytes of UTF-8");
    }
  }

  private static @Nullable EncoderChoice encoder(Fields fields) {
    if (!fields.has("encoder")) {
      return null;
    }
    String text = fields.scalar("encoder").asText();
    if (!text.matches("\\d{1,9}|[0-9a-f]{64}")) {
      throw fields.invalid("encoder", "a release version or 64 hexadecimal digits of SHA-256");
    }
    return new EncoderChoice(text);
  }

  private static Consistency consistency(Fields fields) {
    List<Token> tokens =
        fields.objects("tokens", TOKEN, Consistency.TOKENS_MAX).stream()
            .map(SearchRequestReader::token)
            .toList();
    return new Consistency(
        tokens, fields.duration("timeout", Consistency.TIMEOUT_DEFAULT, Consistency.TIMEOUT_MAX));
  }

  private static Token token(Fields fields) {
    String topic = fields.text("topic").orElse(Topic.IMAGES.name());
    OptionalLong partition = fields.whole("partition", 0, Topic.IMAGES.partitions() - 1L);
    OptionalLong offset = fields.whole("offset", 0, Long.MAX_VALUE);
    if (!topic.equals(Topic.IMAGES.name())) {
      throw fields.invalid("topic", "'" + Topic.IMAGES.name() + "'");
    }
    if (partition.isEmpty()) {
      throw fields.invalid("partition", "a partition of " + Topic.IMAGES.name());
    }
    if (offset.isEmpty()) {
      throw fields.invalid("offset", "the offset of the write");
    }
    return new Token(topic, Math.toIntExact(partition.getAsLong()), offset.getAsLong());
  }

  /** A token in a query string: {@code images/3/17}. */
  private static Token token(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length == 3 && parts[1].matches("\\d{1,4}") && parts[2].matches("\\d{1,18}")) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      object.put("topic", parts[0]);
      object.put("partition", Integer.parseInt(parts[1]));
      object.put("offset", Long.parseLong(parts[2]));
      return token(Fields.of(object, TOKEN));
    }
    throw Problem.of(
        400,
        "invalid_value",
        "token is '" + text + "', expected topic/partition/offset such as images/3/17");
  }

  @SafeVarargs
  private static <T> SequencedMap<String, T> named(Map.Entry<String, T>... entries) {
    LinkedHashMap<String, T> named = new LinkedHashMap<>();
    for (Map.Entry<String, T> entry : entries) {
      named.put(entry.getKey(), entry.getValue());
    }
    return named;
  }
}
