package infomax.search.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import infomax.events.ImageId;
import infomax.events.Token;
import infomax.events.Topic;
import infomax.events.image.Metadata;
import infomax.index.Effort;
import infomax.index.Metric;
import infomax.index.Selection;
import infomax.runtime.http.Problem;
import infomax.search.body.Fields;
import infomax.search.live.AsOf;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads searches: a JSON body, or an image as the body with everything else in the query string.
 */
final class SearchRequestReader {

  static final int K_DEFAULT = 10;
  static final int K_MAX = 1000;
  static final int GROUP_SIZE_DEFAULT = 3;
  static final int GROUP_SIZE_MAX = 100;
  static final int EXAMPLES_MAX = 50;

  static final SequencedMap<String, Metric> METRICS =
      named(Map.entry("cosine", Metric.COSINE), Map.entry("euclidean", Metric.EUCLIDEAN));

  private static final SequencedMap<String, Include> INCLUDES =
      named(
          Map.entry("metadata", Include.METADATA),
          Map.entry("digest", Include.DIGEST),
          Map.entry("position", Include.POSITION),
          Map.entry("vector", Include.VECTOR));

  private static final SequencedMap<String, Query.Strategy> STRATEGIES =
      named(
          Map.entry("average", Query.Strategy.AVERAGE),
          Map.entry("best_score", Query.Strategy.BEST_SCORE));

  private static final List<String> OPTIONS =
      List.of(
          "encoder",
          "k",
          "offset",
          "minScore",
          "filter",
          "metric",
          "exact",
          "candidates",
          "include",
          "groupBy",
          "groupSize",
          "diversity");
  private static final List<String> DEMANDS = List.of("generation", "asOf", "maxLag", "timeLimit");

  static final List<String> POINT = List.of("image", "id", "vector");
  static final List<String> EXAMPLES = List.of("positive", "negative", "strategy");
  static final List<String> CONSISTENCY = List.of("tokens", "timeout");
  static final List<String> TOKEN = List.of("topic", "partition", "offset");

  /** Members of a search in a batch. */
  static final List<String> SEARCH = joined(List.of(POINT, List.of("examples"), OPTIONS));

  /** Members of a search. */
  static final List<String> BODY = joined(List.of(SEARCH, List.of("consistency"), DEMANDS));

  /** Members of a batch. */
  static final List<String> BATCH = joined(List.of(List.of("searches", "consistency"), DEMANDS));

  /** Parameters of a search in a query string. */
  static final List<String> QUERY_STRING =
      joined(List.of(OPTIONS, List.of("token", "timeout"), DEMANDS));

  private SearchRequestReader() {}

  /** Reads a JSON body. */
  static SearchRequest ofJson(byte[] json) {
    Fields fields = Fields.parse(json, BODY);
    return request(fields, query(fields), false, demands(fields, consistency(fields)));
  }

  /** Reads a JSON body with several searches. */
  static BatchRequest batch(byte[] json) {
    Fields fields = Fields.parse(json, BATCH);
    Demands demands = demands(fields, consistency(fields));
    List<SearchRequest> searches =
        fields.objects("searches", SEARCH, BatchRequest.SEARCHES_MAX).stream()
            .map(search -> request(search, query(search), false, demands))
            .toList();
    if (searches.isEmpty()) {
      throw fields.invalid(
          "searches", "an array of 1 to " + BatchRequest.SEARCHES_MAX + " searches");
    }
    return new BatchRequest(searches, demands);
  }

  /**
   * Reads an image body.
   *
   * @param parameters the query string; values are what JSON would have, without quotes
   */
  static SearchRequest ofImage(byte[] image, Map<String, List<String>> parameters) {
    return ofQueryString(new Query.ByImage(image), false, parameters);
  }

  /** Reads a search for the neighbours of an indexed image, itself not among them. */
  static SearchRequest neighbours(ImageId id, Map<String, List<String>> parameters) {
    return ofQueryString(new Query.ById(id), true, parameters);
  }

  private static SearchRequest ofQueryString(
      Query query, boolean withoutItself, Map<String, List<String>> parameters) {
    Fields fields = Fields.ofQueryString(parameters, QUERY_STRING);
    List<String> tokens = parameters.getOrDefault("token", List.of());
    Consistency consistency =
        new Consistency(
            tokens.stream().map(SearchRequestReader::token).toList(),
            fields.duration("timeout", Consistency.TIMEOUT_DEFAULT, Consistency.TIMEOUT_MAX));
    return request(fields, query, withoutItself, demands(fields, consistency));
  }

  private static SearchRequest request(
      Fields fields, Query query, boolean withoutItself, Demands demands) {
    EncoderChoice encoder = encoder(fields);
    if (encoder == null && query.points().stream().anyMatch(Query.ByVector.class::isInstance)) {
      throw Problem.of(
              400,
              "encoder_required",
              "a search by vector needs encoder: the version or SHA-256 of the release the vector"
                  + " comes from")
          .with("field", fields.path("encoder"));
    }
    Selection selection = selection(fields);
    if (selection.offset() > 0 && demands.generation() == null) {
      throw Problem.of(
              400,
              "generation_required",
              fields.path("offset")
                  + " is "
                  + selection.offset()
                  + ", which needs generation: that of the first page's answer, so that all pages"
                  + " come from one")
          .with("field", "generation");
    }
    int hits = (selection.offset() + selection.k()) * groupSize(selection);
    return new SearchRequest(
        query,
        encoder,
        fields.choice("metric", METRICS, Metric.COSINE),
        FilterReader.read(fields),
        selection,
        fields.integer(
            "candidates",
            Effort.defaultCandidates(hits),
            selection.offset() + selection.k(),
            Effort.CANDIDATES_MAX),
        fields.flag("exact", false),
        fields.choices("include", INCLUDES).orElse(List.of(Include.METADATA)),
        withoutItself,
        demands);
  }

  private static Selection selection(Fields fields) {
    int k = fields.integer("k", K_DEFAULT, 1, K_MAX);
    int offset = fields.integer("offset", 0, 0, K_MAX - k);
    Selection.Grouping grouping = grouping(fields, k);
    double diversity = fields.decimal("diversity", 0, 1).orElse(0);
    if (diversity > 0 && grouping != null) {
      throw fields.invalid("diversity", "0 or absent together with groupBy");
    }
    return new Selection(
        offset,
        k,
        fields
            .decimal("minScore", -Double.MAX_VALUE, Double.MAX_VALUE)
            .orElse(Double.NEGATIVE_INFINITY),
        diversity,
        grouping);
  }

  private static Selection.@Nullable Grouping grouping(Fields fields, int k) {
    Optional<String> key = fields.text("groupBy");
    if (key.isEmpty()) {
      if (fields.has("groupSize")) {
        throw fields.invalid("groupSize", "groupBy beside it");
      }
      return null;
    }
    if (!Metadata.isKey(key.get())) {
      throw fields.invalid(
          "groupBy", "a metadata key of 1 to 64 of a-z 0-9 _ . - and no leading _");
    }
    int sizeMax = Math.min(GROUP_SIZE_MAX, K_MAX / k);
    return new Selection.Grouping(
        key.get(), fields.integer("groupSize", Math.min(GROUP_SIZE_DEFAULT, sizeMax), 1, sizeMax));
  }

  private static int groupSize(Selection selection) {
    return selection.grouping() == null ? 1 : selection.grouping().size();
  }

  private static Demands demands(Fields fields, Consistency consistency) {
    OptionalLong generation = fields.whole("generation", 1, Integer.MAX_VALUE);
    OptionalLong maxLag = fields.whole("maxLag", 0, Long.MAX_VALUE);
    return new Demands(
        generation.isPresent() ? Math.toIntExact(generation.getAsLong()) : null,
        asOf(fields, consistency),
        consistency,
        maxLag.isPresent() ? maxLag.getAsLong() : null,
        fields.duration("timeLimit", Demands.TIME_LIMIT_DEFAULT, Demands.TIME_LIMIT_MAX));
  }

  /** Numbers are a publication's, anything else an instant. */
  private static @Nullable AsOf asOf(Fields fields, Consistency consistency) {
    if (!fields.has("asOf")) {
      return null;
    }
    if (!consistency.tokens().isEmpty()) {
      throw fields.invalid("asOf", "nothing beside consistency: the past does not catch up");
    }
    String text = fields.scalar("asOf").asText();
    Optional<AsOf.Publication> publication = AsOf.Publication.parse(text);
    if (publication.isPresent()) {
      return publication.get();
    }
    try {
      return new AsOf.Time(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeParseException e) {
      throw fields.invalid(
          "asOf",
          "the publication that an answer names, or a time such as 2026-01-31T12:00:00Z (RFC 3339)");
    }
  }

  private static Query query(Fields fields) {
    List<Query> queries = new ArrayList<>(points(fields));
    fields.object("examples", EXAMPLES).map(SearchRequestReader::examples).ifPresent(queries::add);
    if (queries.size() != 1) {
      throw Problem.of(
              400,
              "one_query",
              "there are "
                  + queries.size()
                  + " of image (base64), id, vector, examples; expected exactly one, or an image as"
                  + " the body with its content type")
          .with("field", fields.path("id"))
          .with("expected", List.of("image", "id", "vector", "examples"));
    }
    return queries.getFirst();
  }

  private static List<Query.Point> points(Fields fields) {
    List<Query.Point> points = new ArrayList<>();
    fields.text("image").map(text -> image(fields, text)).ifPresent(points::add);
    fields.text("id").map(text -> id(fields, text)).ifPresent(points::add);
    fields.numbers("vector").map(Query.ByVector::new).ifPresent(points::add);
    return points;
  }

  private static Query.ByExamples examples(Fields fields) {
    List<Query.Point> positive = examples(fields, "positive");
    if (positive.isEmpty()) {
      throw fields.invalid("positive", "an array of at least one example");
    }
    return new Query.ByExamples(
        positive,
        examples(fields, "negative"),
        fields.choice("strategy", STRATEGIES, Query.Strategy.AVERAGE));
  }

  private static List<Query.Point> examples(Fields fields, String name) {
    String expected = "examples: ids, or objects with one of " + String.join(", ", POINT);
    List<Query.Point> examples = new ArrayList<>();
    for (JsonNode element : fields.elements(name, EXAMPLES_MAX, expected)) {
      ObjectNode object;
      if (element instanceof ObjectNode given) {
        object = given;
      } else if (element.isTextual()) {
        object = JsonNodeFactory.instance.objectNode().set("id", element);
      } else {
        throw fields.invalid(name, "an array of " + expected);
      }
      String place = name + "[" + examples.size() + "]";
      List<Query.Point> points = points(fields.below(place, object, POINT));
      if (points.size() != 1) {
        throw fields.invalid(name, "an array of " + expected);
      }
      examples.add(points.getFirst());
    }
    return examples;
  }

  private static Query.Point image(Fields fields, String base64) {
    try {
      return new Query.ByImage(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw fields.invalid("image", "an image in base64 (RFC 4648, not URL-safe, no line breaks)");
    }
  }

  private static Query.Point id(Fields fields, String text) {
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

  private static Consistency consistency(Fields outer) {
    return outer
        .object("consistency", CONSISTENCY)
        .map(
            fields ->
                new Consistency(
                    fields.objects("tokens", TOKEN, Consistency.TOKENS_MAX).stream()
                        .map(SearchRequestReader::token)
                        .toList(),
                    fields.duration(
                        "timeout", Consistency.TIMEOUT_DEFAULT, Consistency.TIMEOUT_MAX)))
        .orElse(Consistency.NONE);
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
            "token is '" + text + "', expected topic/partition/offset such as images/3/17")
        .with("field", "token");
  }

  private static List<String> joined(List<List<String>> lists) {
    return lists.stream().flatMap(List::stream).toList();
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
