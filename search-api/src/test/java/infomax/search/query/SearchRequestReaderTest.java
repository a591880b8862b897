package infomax.search.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.events.ImageId;
import infomax.events.Token;
import infomax.index.Metric;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A JSON body and an image with a query string say the same things. */
final class SearchRequestReaderTest {

  @Test
  void fillsInDefaults() {
    SearchRequest request = json("{\"id\":\"a\"}");
    assertThat(request.query()).isEqualTo(new Query.ById(new ImageId("a")));
    assertThat(request.k()).isEqualTo(10);
    assertThat(request.candidates()).isEqualTo(100);
    assertThat(request.exact()).isFalse();
    assertThat(request.metric()).isEqualTo(Metric.COSINE);
    assertThat(request.include()).containsExactly(Include.METADATA);
    assertThat(request.consistency().tokens()).isEmpty();
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
    assertThat(request.k()).isEqualTo(3);
    assertThat(request.exact()).isTrue();
    assertThat(request.metric()).isEqualTo(Metric.EUCLIDEAN);
    assertThat(request.include()).containsExactly(Include.DIGEST, Include.VECTOR);
    assertThat(request.encoder()).isEqualTo(new EncoderChoice("4"));
    assertThat(request.consistency().timeout()).isEqualTo(Duration.ofMillis(700));
    assertThat(request.consistency().tokens())
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

  private static SearchRequest json(String json) {
    return SearchRequestReader.ofJson(json.getBytes(StandardCharsets.UTF_8));
  }
}
