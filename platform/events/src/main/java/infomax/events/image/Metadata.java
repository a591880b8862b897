package infomax.events.image;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import infomax.events.Json;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a producer says about an image: a flat JSON object, typed by value. Immutable.
 *
 * @param values sorted by key; each value is a {@link String}, a finite {@link Number}, a {@link
 *     Boolean} or an unmodifiable {@link List} of {@link String}
 */
public record Metadata(@JsonValue SortedMap<String, Object> values) {

  /** Most keys. */
  public static final int KEYS_MAX = 64;

  /** Longest JSON form in bytes: 16 KiB. */
  public static final int BYTES_MAX = 16 * 1024;

  /** The key that holds a class label; labels measure an encoder, they never train one. */
  public static final String LABEL = "label";

  /** No metadata. */
  public static final Metadata NONE = new Metadata(new TreeMap<>());

  private static final Pattern KEY = Pattern.compile("[a-z0-9.-][a-z0-9_.-]{0,63}");

  /**
   * Checks keys, types and size.
   *
   * @throws IllegalArgumentException naming the first offending key and what is accepted
   */
  @JsonCreator
  public Metadata {
    if (values.size() > KEYS_MAX) {
      throw new IllegalArgumentException(
          "metadata has " + values.size() + " keys, expected at most " + KEYS_MAX);
    }
    TreeMap<String, Object> checked = new TreeMap<>();
    values.forEach((key, value) -> checked.put(checkKey(key), checkValue(key, value)));
    values = Collections.unmodifiableSortedMap(checked);
  }

  /**
   * Reads the JSON of a {@code metadata} header.
   *
   * @throws IllegalArgumentException if longer than {@link #BYTES_MAX} or not an accepted object
   */
  public static Metadata parse(byte[] json) {
    if (json.length > BYTES_MAX) {
      throw new IllegalArgumentException(
          "metadata has " + json.length + " bytes, expected at most " + BYTES_MAX);
    }
    return Json.read(json, Metadata.class);
  }

  /** Metadata from a plain map. */
  public static Metadata of(Map<String, ?> values) {
    return new Metadata(new TreeMap<>(values));
  }

  /** The label, if there is one and it is a string. */
  public Optional<String> label() {
    return values.get(LABEL) instanceof String label ? Optional.of(label) : Optional.empty();
  }

  /** True if metadata may have such a key. */
  public static boolean isKey(String text) {
    return KEY.matcher(text).matches();
  }

  /** The JSON form, UTF-8. */
  public byte[] json() {
    return Json.write(values);
  }

  private static String checkKey(String key) {
    if (!KEY.matcher(key).matches()) {
      throw new IllegalArgumentException(
          "metadata key '" + key + "', expected 1 to 64 of a-z 0-9 _ . - and no leading _");
    }
    return key;
  }

  private static Object checkValue(String key, Object value) {
    return switch (value) {
      case String text -> text;
      case Boolean flag -> flag;
      // JSON has no infinity: 1e999 would be written as none, and could not be read again.
      case Double number when !Double.isFinite(number) ->
          throw new IllegalArgumentException(
              "metadata value of '"
                  + key
                  + "' is beyond "
                  + Double.MAX_VALUE
                  + ", expected a number within the range of a double");
      case Number number -> number;
      case List<?> list -> checkList(key, list);
      case null, default ->
          throw new IllegalArgumentException(
              "metadata value of '"
                  + key
                  + "' is "
                  + value
                  + ", expected a string, number, boolean or array of strings");
    };
  }

  private static List<String> checkList(String key, List<?> list) {
    return list.stream()
        .map(
            element -> {
              if (element instanceof String text) {
                return text;
              }
              throw new IllegalArgumentException(
                  "metadata value of '" + key + "' holds " + element + ", expected only strings");
            })
        .toList();
  }
}
