package infomax.index;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;

/** A single value of metadata, by its type: values of different types are never equal. */
public sealed interface MetadataValue {

  /**
   * A string, or one string of an array.
   *
   * @param text the string
   */
  record Text(@JsonValue String text) implements MetadataValue {}

  /**
   * A number. Numbers are compared as IEEE 754 doubles, so whole numbers beyond 2^53 are rounded.
   *
   * @param number its value; no NaN
   */
  record Numeric(double number) implements MetadataValue {

    /** Makes -0 equal to 0. */
    public Numeric {
      if (Double.isNaN(number)) {
        throw new IllegalArgumentException("number is NaN, expected a number");
      }
      number = number + 0.0;
    }

    /** As JSON writes it: whole numbers without a fraction. */
    @JsonValue
    Number json() {
      return number == Math.rint(number) && Math.abs(number) < 1L << 53
          ? (Number) (long) number
          : number;
    }
  }

  /**
   * True or false.
   *
   * @param flag which
   */
  record Flag(@JsonValue boolean flag) implements MetadataValue {}

  /** The values a metadata value stands for: itself, or every element of an array. */
  static List<MetadataValue> of(Object value) {
    return switch (value) {
      case String text -> List.of(new Text(text));
      case Number number -> List.of(new Numeric(number.doubleValue()));
      case Boolean flag -> List.of(new Flag(flag));
      case List<?> texts ->
          texts.stream().<MetadataValue>map(text -> new Text((String) text)).distinct().toList();
      default -> throw new IllegalArgumentException(value + " is no value of metadata");
    };
  }
}
