package infomax.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A SHA-256 digest.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Digest(@JsonValue String hex) {

  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  /** Checks the form. */
  @JsonCreator
  public Digest {
    if (!HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException(
          "digest is '" + hex + "', expected 64 lower-case hexadecimal digits");
    }
  }

  /** Digest of the whole array. */
  public static Digest of(byte[] bytes) {
    return ofHash(sha256().digest(bytes));
  }

  /** The digest that {@code sha256} has gathered; resets it. */
  public static Digest of(MessageDigest sha256) {
    return ofHash(sha256.digest());
  }

  /** A fresh SHA-256, for digests over streams. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static Digest ofHash(byte[] hash) {
    return new Digest(HexFormat.of().formatHex(hash));
  }

  @Override
  public String toString() {
    return hex;
  }
}
