package infomax.index;

import java.time.Instant;
import java.util.List;

/**
 * What an image's metadata has to fulfil. Values are compared within their type only: a number
 * never matches a string, so a key whose type changes keeps all its values. An array of strings
 * matches where one of its strings does.
 *
 * <p>The key {@value #ID} stands for the image's id, a string.
 */
public sealed interface Condition permits Condition.OnKey, Filter {

  /** The key that stands for the image's id; metadata has no keys with a leading underscore. */
  String ID = "_id";

  /** A condition on the value under one key. */
  sealed interface OnKey extends Condition {
    /** The key. */
    String key();
  }

  /**
   * The value is one of these.
   *
   * @param key the key
   * @param values at least one
   */
  record In(String key, List<MetadataValue> values) implements OnKey {
    /** Copies the list. */
    public In {
      values = List.copyOf(values);
      if (values.isEmpty()) {
        throw new IllegalArgumentException("no values for '" + key + "', expected at least one");
      }
    }

    /** The value is this one. */
    public static In equal(String key, MetadataValue value) {
      return new In(key, List.of(value));
    }
  }

  /**
   * The value is a number in a range.
   *
   * @param key the key
   * @param low lower end; negative infinity for none
   * @param lowIncluded whether the lower end belongs to the range
   * @param high upper end; infinity for none
   * @param highIncluded whether the upper end belongs to the range
   */
  record NumberRange(String key, double low, boolean lowIncluded, double high, boolean highIncluded)
      implements OnKey {}

  /**
   * The value is a string that reads as an RFC 3339 time in a range, to the microsecond.
   *
   * @param key the key
   * @param low lower end; {@link Instant#MIN} for none
   * @param lowIncluded whether the lower end belongs to the range
   * @param high upper end; {@link Instant#MAX} for none
   * @param highIncluded whether the upper end belongs to the range
   */
  record TimeRange(String key, Instant low, boolean lowIncluded, Instant high, boolean highIncluded)
      implements OnKey {}

  /**
   * There is a value, of any type.
   *
   * @param key the key
   */
  record Exists(String key) implements OnKey {}

  /**
   * The value is a string that begins so.
   *
   * @param key the key
   * @param text the beginning
   */
  record Prefix(String key, String text) implements OnKey {}
}
