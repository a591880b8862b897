package infomax.search.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.events.ImageId;
import infomax.events.Token;
import infomax.index.Condition;
import infomax.index.Filter;
import infomax.index.MetadataValue;
import infomax.index.Metric;
import infomax.index.Selection;
import infomax.runtime.http.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A JSON body and an image with a query string say the same things. */
final class SearchRequestReaderTest {

  @Test
  void fillsInDefaults() {
    SearchRequest request = json("{\"id\":\"a\"}");
    assertThat(request.query()).isEqualTo(new Query.ById(new ImageId("a")));
    assertThat(request.selection().k()).isEqualTo(10);
    assertThat(request.candidates()).isEqualTo(100);
    assertThat(request.exact()).isFalse();
    assertThat(request.metric()).isEqualTo(Metric.COSINE);
    assertThat(request.include()).containsExactly(Include.METADATA);
    assertThat(request.demands().consistency().tokens()).isEmpty();
  }

  @Test
  void readsEverythingFromAQueryString() {
    SearchRequest request =
        SearchRequestReader.ofImage(
            new byte[] {1},
            Map.of(
                "k", List.of("3"),
                "exact", List.of("true"),
                "metric", List.of("euclidean"),
                "include", List.of("digest,vector"),
                "encoder", List.of("4"),
                "timeout", List.of("700ms"),
                "token", List.of("images/3/17", "images/11/0")));
    assertThat(request.selection().k()).isEqualTo(3);
    assertThat(request.exact()).isTrue();
    assertThat(request.metric()).isEqualTo(Metric.EUCLIDEAN);
    assertThat(request.include()).containsExactly(Include.DIGEST, Include.VECTOR);
    assertThat(request.encoder()).isEqualTo(new EncoderChoice("4"));
    assertThat(request.demands().consistency().timeout()).isEqualTo(Duration.ofMillis(700));
    assertThat(request.demands().consistency().tokens())
        .containsExactly(new Token("images", 3, 17), new Token("images", 11, 0));
  }

  @Test
  void namesATokenThatCannotBe() {
    assertThatThrownBy(
            () ->
                json(
                    "{\"id\":\"a\",\"consistency\":{\"tokens\":[{\"partition\":12,\"offset\":1}]}}"))
        .hasMessage("consistency.tokens[0].partition is 12, expected a whole number from 0 to 11");
    assertThatThrownBy(
            () ->
                json(
                    "{\"id\":\"a\",\"consistency\":{\"tokens\":"
                        + "[{\"topic\":\"images.uploads\",\"partition\":1,\"offset\":1}]}}"))
        .hasMessageContaining("expected 'images'");
    assertThatThrownBy(
            () -> SearchRequestReader.ofImage(new byte[1], Map.of("token", List.of("3:4"))))
        .hasMessageContaining("images/3/17");
  }

  @Test
  void readsExamplesSelectionAndDemands() {
    SearchRequest request =
        json(
            """
            {"examples": {"positive": ["a", {"vector": [1, 2]}], "negative": [{"id": "b"}],
              "strategy": "best_score"}, "encoder": 3, "k": 20, "offset": 40, "generation": 7,
             "minScore": 0.5, "diversity": 0.25, "maxLag": 0, "timeLimit": "200ms"}
            """);
    assertThat(request.query())
        .isInstanceOfSatisfying(
            Query.ByExamples.class,
            examples -> {
              assertThat(examples.positive()).hasSize(2);
              assertThat(examples.positive().getFirst())
                  .isEqualTo(new Query.ById(new ImageId("a")));
              assertThat(examples.negative()).containsExactly(new Query.ById(new ImageId("b")));
              assertThat(examples.strategy()).isEqualTo(Query.Strategy.BEST_SCORE);
            });
    assertThat(request.selection()).isEqualTo(new Selection(40, 20, 0.5, 0.25, null));
    assertThat(request.candidates()).isEqualTo(120);
    assertThat(request.demands().generation()).isEqualTo(7);
    assertThat(request.demands().maxLag()).isZero();
    assertThat(request.demands().timeLimit()).isEqualTo(Duration.ofMillis(200));
    SearchRequest grouped = json("{\"id\":\"a\",\"k\":500,\"groupBy\":\"shop\"}");
    assertThat(grouped.selection().grouping()).isEqualTo(new Selection.Grouping("shop", 2));
  }

  @Test
  void readsFiltersFromABodyAndFromAQueryString() {
    String filter =
        """
        {"must": [{"key": "label", "in": ["cat", 5, true]},
                  {"key": "width", "range": {"gt": 10, "lte": 20.5}},
                  {"should": [{"key": "_id", "prefix": "photos/"}, {"key": "a", "exists": false}]}],
         "must_not": [{"key": "at", "range": {"gte": "2026-01-31T12:00:00+02:00"}}]}
        """;
    Filter expected =
        new Filter(
            List.of(
                new Condition.In(
                    "label",
                    List.of(
                        new MetadataValue.Text("cat"),
                        new MetadataValue.Numeric(5),
                        new MetadataValue.Flag(true))),
                new Condition.NumberRange("width", 10, false, 20.5, true),
                new Filter(
                    List.of(),
                    List.of(
                        new Condition.Prefix("_id", "photos/"),
                        new Filter(List.of(), List.of(), List.of(new Condition.Exists("a")))),
                    List.of())),
            List.of(),
            List.of(
                new Condition.TimeRange(
                    "at", Instant.parse("2026-01-31T10:00:00Z"), true, Instant.MAX, false)));
    assertThat(json("{\"id\":\"a\",\"filter\":" + filter + "}").filter()).isEqualTo(expected);
    assertThat(
            SearchRequestReader.neighbours(
                    new ImageId("a"),
                    Map.of("filter", List.of(filter.strip()), "minScore", List.of("0.5")))
                .filter())
        .isEqualTo(expected);
  }

  @Test
  void namesFieldAndLimitOfWhatItRefuses() {
    String many = "{\"key\":\"a\",\"exists\":true},".repeat(99);
    String deep = "{\"must\":[".repeat(6) + "]}".repeat(6);
    Map<String, String> table =
        Map.ofEntries(
            Map.entry(
                "\"k\":5,\"offset\":996", "offset is 996, expected a whole number from 0 to 995"),
            Map.entry("\"offset\":10", "needs generation"),
            Map.entry("\"minScore\":\"1\"", "minScore is \"1\", expected a finite number"),
            Map.entry("\"diversity\":2", "diversity is 2, expected a number from 0 to 1"),
            Map.entry(
                "\"diversity\":1,\"groupBy\":\"a\"", "expected 0 or absent together with groupBy"),
            Map.entry("\"groupSize\":1", "groupBy beside it"),
            Map.entry("\"groupBy\":\"A\"", "metadata key"),
            Map.entry("\"k\":100,\"groupBy\":\"a\",\"groupSize\":11", "from 1 to 10"),
            Map.entry("\"candidates\":20001", "from 10 to 20000"),
            Map.entry("\"timeLimit\":\"31s\"", "at most 30s"),
            Map.entry("\"filter\":[]", "filter is [], expected an object with must, should"),
            Map.entry("\"filter\":{\"must\":{}}", "filter.must is {}, expected an array"),
            Map.entry("\"filter\":{\"x\":1}", "unknown field 'filter.x'"),
            Map.entry("\"filter\":{\"must\":[{\"eq\":1}]}", "filter.must[0].key is absent"),
            Map.entry("\"filter\":{\"must\":[{\"key\":\"_a\",\"eq\":1}]}", "or _id"),
            Map.entry("\"filter\":{\"must\":[{\"key\":\"a\"}]}", "exactly one of eq, in, range"),
            Map.entry(
                "\"filter\":{\"must\":[{\"key\":\"a\",\"eq\":[1]}]}",
                "a string, number or boolean"),
            Map.entry("\"filter\":{\"must\":[{\"key\":\"a\",\"in\":[]}]}", "at least one"),
            Map.entry("\"filter\":{\"must\":[{\"key\":\"a\",\"range\":{}}]}", "gt, gte, lt, lte"),
            Map.entry(
                "\"filter\":{\"must\":[{\"key\":\"a\",\"range\":{\"gt\":1,\"gte\":1}}]}",
                "one bound a side"),
            Map.entry(
                "\"filter\":{\"must\":[{\"key\":\"a\",\"range\":{\"gt\":\"May\"}}]}", "RFC 3339"),
            Map.entry(
                "\"filter\":{\"must\":[{\"key\":\"a\",\"range\":{\"gt\":1,\"lt\":\"2026-01-31T12:00:00Z\"}}]}",
                "RFC 3339"),
            Map.entry(
                "\"filter\":{\"must\":["
                    + many
                    + "{\"should\":["
                    + many
                    + "{\"key\":\"a\",\"exists\":true}]}]}",
                "more than 100 conditions"),
            Map.entry("\"filter\":" + deep, "5 deep"),
            Map.entry("\"maxLag\":-1", "maxLag is -1"),
            Map.entry("\"generation\":0", "generation is 0"));
    table.forEach(
        (member, message) ->
            assertThatThrownBy(() -> json("{\"id\":\"a\"," + member + "}"))
                .as(member)
                .isInstanceOfSatisfying(
                    Problem.class,
                    problem -> {
                      assertThat(problem).hasMessageContaining(message);
                      assertThat(problem.extensions()).containsKey("field");
                    }));
    assertThatThrownBy(() -> json("{\"examples\":{\"positive\":[]}}"))
        .hasMessageContaining("positive");
    assertThatThrownBy(() -> json("{\"examples\":{\"positive\":[1]}}")).hasMessageContaining("ids");
    assertThatThrownBy(() -> json("{\"examples\":{\"positive\":[{\"vector\":[1]}]}}"))
        .hasMessageContaining("needs encoder");
    assertThatThrownBy(() -> batch("{\"searches\":[]}")).hasMessageContaining("1 to 100");
    assertThatThrownBy(() -> batch("{\"searches\":[" + "{\"id\":\"a\"},".repeat(100) + "{}]}"))
        .hasMessageContaining("at most 100");
    assertThatThrownBy(() -> batch("{\"searches\":[{\"id\":\"a\",\"k\":0}]}"))
        .hasMessageContaining("searches[0].k is 0");
    assertThatThrownBy(() -> batch("{\"searches\":[{\"id\":\"a\",\"maxLag\":0}]}"))
        .hasMessageContaining("unknown field 'searches[0].maxLag'");
  }

  private static BatchRequest batch(String json) {
    return SearchRequestReader.batch(json.getBytes(StandardCharsets.UTF_8));
  }

  private static SearchRequest json(String json) {
    return SearchRequestReader.ofJson(json.getBytes(StandardCharsets.UTF_8));
  }
}
