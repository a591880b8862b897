package infomax.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.runtime.http.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ContentDigestTest {

  /** The example of RFC 9530, appendix B.1. */
  private static final byte[] BODY = "{\"hello\": \"world\"}\n".getBytes(StandardCharsets.UTF_8);

  private static final String SHA_256 = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";

  @Test
  void theBodyOfTheStandardHasItsDigest() {
    assertThatCode(() -> check(SHA_256, BODY)).doesNotThrowAnyException();
    assertThatCode(() -> check("md5=:AA==:, " + SHA_256, BODY)).doesNotThrowAnyException();
  }

  @Test
  void anotherBodyHasNot() {
    assertThatThrownBy(() -> check(SHA_256, new byte[0]))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.status()).isEqualTo(400);
              assertThat(problem.code()).isEqualTo("digest_mismatch");
              // The digest of nothing is well known.
              assertThat(problem)
                  .hasMessageContaining(SHA_256)
                  .hasMessageContaining("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:");
            });
  }

  @Test
  void whatCannotBeCheckedIsRefused() {
    for (String header :
        List.of("", "md5=:AA==:", "sha-256", "sha-256=RK/0", "sha-256=:!:", "sha-256=:A=A:")) {
      assertThatThrownBy(() -> check(header, BODY))
          .as(header)
          .isInstanceOfSatisfying(
              Problem.class, problem -> assertThat(problem.code()).isEqualTo("invalid_parameter"));
    }
    assertThat(ContentDigest.of(null)).isNull();
  }

  private static void check(String header, byte[] body) {
    ContentDigest digest = ContentDigest.of(header);
    digest.update(body, 0, body.length);
    digest.verify();
  }
}
