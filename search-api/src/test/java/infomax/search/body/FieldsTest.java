package infomax.search.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import infomax.runtime.http.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

/** Requests are read strictly, and every refusal says what would have been accepted. */
final class FieldsTest {

  private static final SequencedMap<String, Integer> CHOICES =
      new LinkedHashMap<>(Map.of("one", 1));

  @Test
  void readsWhatIsThereAndDefaultsWhatIsNot() {
    Fields fields = parse("{\"k\":7,\"exact\":true,\"name\":null}", "k", "exact", "name", "wait");
    assertThat(fields.integer("k", 1, 1, 10)).isEqualTo(7);
    assertThat(fields.flag("exact", false)).isTrue();
    assertThat(fields.text("name")).isEmpty();
    assertThat(fields.duration("wait", Duration.ofSeconds(3), Duration.ofSeconds(9)))
        .isEqualTo(Duration.ofSeconds(3));
    assertThat(Fields.parse(new byte[0], List.of("k")).integer("k", 4, 1, 10)).isEqualTo(4);
  }

  @Test
  void namesAnUnknownMemberWithItsPathAndTheKnownOnes() {
    assertThatThrownBy(() -> parse("{\"limit\":1}", "k", "id"))
        .hasMessage("unknown field 'limit', expected one of k, id");
    Fields outer = parse("{\"inner\":{\"x\":1}}", "inner");
    assertThatThrownBy(() -> outer.object("inner", List.of("y")))
        .hasMessage("unknown field 'inner.x', expected one of y");
  }

  @Test
  void namesABadValueAndWhatIsAccepted() {
    Fields fields =
        parse(
            "{\"k\":2.5,\"many\":99,\"exact\":\"yes\",\"wait\":\"3h\",\"v\":[1,\"a\"],\"c\":\"two\"}",
            "k",
            "many",
            "exact",
            "wait",
            "v",
            "c");
    assertThatThrownBy(() -> fields.integer("k", 1, 1, 10))
        .hasMessage("k is 2.5, expected a whole number from 1 to 10");
    assertThatThrownBy(() -> fields.integer("many", 1, 1, 10)).hasMessageContaining("many is 99");
    assertThatThrownBy(() -> fields.flag("exact", false))
        .hasMessage("exact is \"yes\", expected true or false");
    assertThatThrownBy(() -> fields.duration("wait", Duration.ZERO, Duration.ofSeconds(9)))
        .hasMessageContaining("expected a duration such as \"500ms\" or \"2s\", at most 9s");
    assertThatThrownBy(() -> fields.numbers("v")).hasMessageContaining("finite numbers");
    assertThatThrownBy(() -> fields.choice("c", CHOICES, 0))
        .hasMessage("c is \"two\", expected one of one");
  }

  @Test
  void refusesNumbersThatDoNotFitAFloat() {
    assertThatThrownBy(() -> parse("{\"v\":[1e300]}", "v").numbers("v"))
        .hasMessageContaining("finite numbers");
  }

  @Test
  void abbreviatesLongValues() {
    String text = "x".repeat(500);
    Problem problem =
        catchThrowableOfType(
            Problem.class, () -> parse("{\"k\":\"" + text + "\"}", "k").integer("k", 1, 1, 2));
    assertThat(problem.getMessage()).hasSizeLessThan(160).contains("...");
    assertThat(problem.code()).isEqualTo("invalid_value");
    assertThat(problem.status()).isEqualTo(400);
  }

  @Test
  void readsQueryStringsByTheSameRules() {
    Fields fields =
        Fields.ofQueryString(
            Map.of("k", List.of("3", "5"), "exact", List.of("true"), "c", List.of("one,one")),
            List.of("k", "exact", "c"));
    assertThat(fields.integer("k", 1, 1, 10)).isEqualTo(5);
    assertThat(fields.flag("exact", false)).isTrue();
    assertThat(fields.choices("c", CHOICES)).contains(List.of(1));
    assertThatThrownBy(() -> Fields.ofQueryString(Map.of("x", List.of("1")), List.of("k")))
        .hasMessageContaining("unknown field 'x'");
  }

  @Test
  void understandsDurations() {
    assertThat(Durations.parse("500ms")).contains(Duration.ofMillis(500));
    assertThat(Durations.parse("2s")).contains(Duration.ofSeconds(2));
    assertThat(Durations.parse("1m")).contains(Duration.ofMinutes(1));
    assertThat(Durations.parse("5")).isEmpty();
    assertThat(Durations.parse("-1s")).isEmpty();
  }

  private static Fields parse(String json, String... known) {
    return Fields.parse(json.getBytes(StandardCharsets.UTF_8), List.of(known));
  }
}
