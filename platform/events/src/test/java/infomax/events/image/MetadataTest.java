package infomax.events.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MetadataTest {

  @Test
  void keepsTheTypeOfEveryValue() {
    Metadata metadata = parse("{\"a\":\"1\",\"b\":1,\"c\":true,\"d\":[\"x\"],\"e\":1.5}");
    assertThat(metadata.values())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("a", "1", "b", 1, "c", true, "d", List.of("x"), "e", 1.5));
    assertThat(Metadata.parse(metadata.json())).isEqualTo(metadata);
  }

  @Test
  void namesTheKeyThatIsWrong() {
    assertRefused(
        "{\"_x\":1}", "metadata key '_x', expected 1 to 64 of a-z 0-9 _ . - and no leading _");
    assertRefused("{\"A\":1}", "metadata key 'A'");
    assertRefused("{\"a\":{\"b\":1}}", "metadata value of 'a' is {b=1}, expected");
    assertRefused("{\"a\":null}", "metadata value of 'a' is null");
    assertRefused("{\"a\":[1]}", "metadata value of 'a' holds 1, expected only strings");
    assertRefused("{\"a\":-1e999}", "metadata value of 'a' is beyond 1.7976931348623157E308");
    assertRefused("[1]", "unreadable Metadata");
    assertRefused("", "unreadable Metadata");
  }

  @Test
  void hasLimits() {
    TreeMap<String, Object> many = new TreeMap<>();
    for (int key = 0; key <= Metadata.KEYS_MAX; key++) {
      many.put("k" + key, key);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Metadata.of(many))
        .withMessage("metadata has 65 keys, expected at most 64");
    assertRefused("{\"a\":\"" + "x".repeat(Metadata.BYTES_MAX) + "\"}", "expected at most 16384");
  }

  private static void assertRefused(String json, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse(json))
        .withMessageContaining(message);
  }

  private static Metadata parse(String json) {
    return Metadata.parse(json.getBytes(StandardCharsets.UTF_8));
  }
}
