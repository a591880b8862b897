package infomax.runtime.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.runtime.config.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyFileTest {

  private static final String HASH = ApiKeys.hash("k").hex();

  @Test
  void whatIsWrittenIsRead() {
    ApiKey page = new ApiKey("page", ApiKeys.hash("one"), Set.of(Scope.READ, Scope.ADMIN), null);
    ApiKey loader =
        new ApiKey(
            "loader-2",
            ApiKeys.hash("two"),
            Set.of(Scope.WRITE),
            Instant.parse("2027-01-31T00:00:00Z"));
    assertThat(parse("# keys\n\n" + KeyFile.line(page) + "\r\n" + KeyFile.line(loader)))
        .containsExactly(page, loader);
    assertThat(KeyFile.line(page)).contains("[\"read\",\"admin\"]").doesNotContain("expires");
  }

  @Test
  void everyMistakeIsSaidWithItsLine() {
    refused("# nothing", "there is no key");
    refused("# a\n{\"name\"", "line 2 is no JSON object");
    refused("[]", "line 1: expected a JSON object");
    refused(entry("a", "[\"read\"]") + " " + entry("b", "[\"read\"]"), "line 1 is no JSON object");
    refused(entry("A b", "[\"read\"]"), "name is 'A b'");
    refused(entry("a", "[]"), "expected one or more of read, write, admin");
    refused(entry("a", "[\"open\"]"), "scope is 'open'");
    refused(entry("a", "[\"read\"]") + "\n" + entry("b", "[\"write\"]"), "line 2: the name 'b'");
    refused(
        "{\"name\":\"a\",\"scopes\":[\"read\"],\"sha256\":\"" + HASH + "\",\"expires\":\"soon\"}",
        "expires is 'soon'");
    refused(
        "{\"name\":\"a\",\"scopes\":[\"read\"],\"sha256\":\"" + HASH + "\",\"expire\":\"x\"}",
        "unknown member 'expire'");
  }

  @Test
  void aKeyInPlaceOfItsHashIsNotRepeated() {
    String key = ApiKeys.generate(new SecureRandom());
    for (String line :
        List.of(
            "{\"name\":\"a\",\"scopes\":[\"read\"],\"sha256\":\"" + key + "\"}",
            "{\"name\":\"a\",\"scopes\":[\"read\"],\"key\":\"" + key + "\"}",
            key)) {
      assertThatThrownBy(() -> parse(line))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageNotContaining(key);
    }
  }

  @Test
  void keysHave256BitsAndDiffer() {
    SecureRandom random = new SecureRandom();
    String key = ApiKeys.generate(random);
    assertThat(key).matches("infomax_[A-Za-z0-9_-]{43}").isNotEqualTo(ApiKeys.generate(random));
  }

  private static String entry(String name, String scopes) {
    return "{\"name\":\"" + name + "\",\"sha256\":\"" + HASH + "\",\"scopes\":" + scopes + "}";
  }

  private static List<ApiKey> parse(String text) {
    return KeyFile.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void refused(String text, String reason) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(reason);
  }
}
