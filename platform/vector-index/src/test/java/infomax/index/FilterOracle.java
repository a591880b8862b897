package infomax.index;

import infomax.events.ImageId;
import infomax.index.Condition.Exists;
import infomax.index.Condition.In;
import infomax.index.Condition.NumberRange;
import infomax.index.Condition.Prefix;
import infomax.index.Condition.TimeRange;
import infomax.index.MetadataValue.Numeric;
import infomax.index.MetadataValue.Text;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/** Filters by the book: a look at one image at a time, without an index. */
final class FilterOracle {

  private FilterOracle() {}

  static boolean matches(IndexedImage image, Condition condition) {
    return switch (condition) {
      case Filter filter ->
          filter.must().stream().allMatch(each -> matches(image, each))
              && filter.mustNot().stream().noneMatch(each -> matches(image, each))
              && (filter.should().isEmpty()
                  || filter.should().stream().anyMatch(each -> matches(image, each)));
      case Exists exists ->
          exists.key().equals(Condition.ID) || image.metadata().values().containsKey(exists.key());
      case Condition.OnKey onKey -> values(image, onKey.key()).stream().anyMatch(test(onKey));
    };
  }

  private static Predicate<MetadataValue> test(Condition.OnKey condition) {
    return switch (condition) {
      case In in -> in.values()::contains;
      case Exists _ -> _ -> true;
      case Prefix prefix ->
          value -> value instanceof Text(String text) && text.startsWith(prefix.text());
      case NumberRange range ->
          value ->
              value instanceof Numeric(double number)
                  && (number > range.low() || (range.lowIncluded() && number == range.low()))
                  && (number < range.high() || (range.highIncluded() && number == range.high()));
      case TimeRange range ->
          value ->
              value instanceof Text(String text)
                  && MetadataFields.time(text).filter(time -> within(time, range)).isPresent();
    };
  }

  private static boolean within(Instant time, TimeRange range) {
    int low = time.compareTo(range.low());
    int high = time.compareTo(range.high());
    return (low > 0 || (range.lowIncluded() && low == 0))
        && (high < 0 || (range.highIncluded() && high == 0));
  }

  private static List<MetadataValue> values(IndexedImage image, String key) {
    if (key.equals(Condition.ID)) {
      ImageId id = image.id();
      return List.of(new Text(id.value()));
    }
    Object value = image.metadata().values().get(key);
    return value == null ? List.of() : MetadataValue.of(value);
  }
}
