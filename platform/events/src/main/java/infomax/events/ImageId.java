package infomax.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/**
 * The identity of an image: 1 to 512 bytes of UTF-8, given by the producer or derived from the
 * uploaded bytes. It is the record key in {@code images} and the term in the index.
 *
 * @param value the id; never blank-trimmed or normalised, two ids are equal when their bytes are
 */
public record ImageId(@JsonValue String value) implements Comparable<ImageId> {

  /** Longest id in bytes of UTF-8. */
  public static final int BYTES_MAX = 512;

  /**
   * Checks the length and that the text is encodable.
   *
   * @throws IllegalArgumentException if empty, longer than {@link #BYTES_MAX} bytes, or not valid
   *     Unicode
   */
  @JsonCreator
  public ImageId {
    int length = encode(value).length;
    if (length == 0 || length > BYTES_MAX) {
      throw new IllegalArgumentException(
          "image id has " + length + " bytes of UTF-8, expected 1 to " + BYTES_MAX);
    }
  }

  /**
   * Reads an id from a record key.
   *
   * @throws IllegalArgumentException if the bytes are not 1 to 512 bytes of valid UTF-8
   */
  public static ImageId of(byte[] utf8) {
    try {
      return new ImageId(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString());
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("image id is not valid UTF-8", e);
    }
  }

  /** The id of an image that came without one: the same bytes sent twice are one image. */
  public static ImageId ofContent(Digest uploadedBytes) {
    return new ImageId("sha256-" + uploadedBytes.hex());
  }

  /** The id as UTF-8, a fresh array. */
  public byte[] bytes() {
    return encode(value);
  }

  /** The partition this id lives in: murmur2(id) mod {@code partitions}, for life. */
  public int partition(int partitions) {
    return Utils.toPositive(Utils.murmur2(bytes())) % partitions;
  }

  @Override
  public int compareTo(ImageId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }

  private static byte[] encode(String value) {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("image id is not valid Unicode", e);
    }
  }
}
