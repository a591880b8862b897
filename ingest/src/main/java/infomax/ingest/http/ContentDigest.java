package infomax.ingest.http;

import infomax.runtime.http.Problem;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The header {@code Content-Digest} (RFC 9530): what the client says its body is. */
final class ContentDigest {

  /** The header. */
  static final String NAME = "Content-Digest";

  private final String algorithm;
  private final MessageDigest digest;
  private final byte[] expected;

  private ContentDigest(String algorithm, byte[] expected) {
    this.algorithm = algorithm;
    this.digest = digest(algorithm);
    this.expected = expected;
  }

  /**
   * The digest of a header; of several the first that can be checked.
   *
   * @return null without a header
   * @throws Problem 400 {@code invalid_parameter} if it holds none that can be checked
   */
  static @Nullable ContentDigest of(@Nullable String header) {
    if (header == null) {
      return null;
    }
    for (String member : header.split(",", -1)) {
      String[] parts = member.strip().split("=", 2);
      boolean known = parts[0].equals("sha-256") || parts[0].equals("sha-512");
      if (known && parts.length == 2 && parts[1].matches(":[A-Za-z0-9+/=]+:")) {
        return new ContentDigest(parts[0], decoded(parts[1]));
      }
    }
    throw invalid(header);
  }

  /** Gathers the next bytes of the body. */
  void update(byte[] bytes, int offset, int length) {
    digest.update(bytes, offset, length);
  }

  /**
   * Checks what was gathered.
   *
   * @throws Problem 400 {@code digest_mismatch}
   */
  void verify() {
    byte[] actual = digest.digest();
    if (!MessageDigest.isEqual(actual, expected)) {
      throw Problem.of(
          400,
          "digest_mismatch",
          "%s is %s, the body that came has %s; send it again"
              .formatted(NAME, written(expected), written(actual)));
    }
  }

  private String written(byte[] value) {
    return algorithm + "=:" + Base64.getEncoder().encodeToString(value) + ":";
  }

  private static byte[] decoded(String binary) {
    try {
      return Base64.getDecoder().decode(binary.substring(1, binary.length() - 1));
    } catch (IllegalArgumentException e) {
      throw invalid(binary);
    }
  }

  private static MessageDigest digest(String algorithm) {
    try {
      // Names of the header and of Java differ in case only.
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }

  private static Problem invalid(String header) {
    return Problem.of(
        400,
        "invalid_parameter",
        NAME + " is '" + header + "', expected such as sha-256=:base64: or sha-512=:base64:");
  }
}
