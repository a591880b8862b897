package infomax.index;

import infomax.events.Digest;
import infomax.events.image.Metadata;
import infomax.index.Condition.Exists;
import infomax.index.Condition.In;
import infomax.index.Condition.NumberRange;
import infomax.index.Condition.Prefix;
import infomax.index.Condition.TimeRange;
import infomax.index.MetadataValue.Flag;
import infomax.index.MetadataValue.Numeric;
import infomax.index.MetadataValue.Text;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.BytesRefBuilder;
import org.apache.lucene.util.NumericUtils;

/**
 * Metadata as it is indexed for filters, and filters as queries over it. Three fields serve every
 * key, however many keys producers invent:
 *
 * <ul>
 *   <li>{@value #TERMS}: per key the term {@code key}, for exists; per value {@code key 0 type
 *       value}, where type is {@code s}, {@code n} or {@code b}; numbers as eight sortable bytes.
 *   <li>{@value #NUMBERS}: points of two dimensions, the first eight bytes of the key's SHA-256 and
 *       the number as a sortable long.
 *   <li>{@value #TIMES}: the same for strings that read as RFC 3339 times, in microseconds since
 *       1970.
 * </ul>
 */
final class MetadataFields {

  static final String TERMS = "metadata.terms";
  static final String NUMBERS = "metadata.numbers";
  static final String TIMES = "metadata.times";

  /** No time is shorter: {@code 2026-01-01T00:00Z}. */
  private static final int TIME_CHARACTERS_MIN = 17;

  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final long NANOS_PER_MICRO = 1_000;

  private MetadataFields() {}

  static void add(Document document, Metadata metadata) {
    metadata
        .values()
        .forEach(
            (key, value) -> {
              document.add(term(new BytesRef(key)));
              MetadataValue.of(value).forEach(each -> add(document, key, each));
            });
  }

  private static void add(Document document, String key, MetadataValue value) {
    document.add(term(term(key, value)));
    switch (value) {
      case Numeric numeric ->
          document.add(new LongPoint(NUMBERS, hash(key), sortable(numeric.number())));
      case Text text ->
          time(text.text())
              .ifPresent(time -> document.add(new LongPoint(TIMES, hash(key), floorMicros(time))));
      case Flag _ -> {}
    }
  }

  /** The time a string stands for, if it is a complete one with an offset. */
  static Optional<Instant> time(String text) {
    // A look before parsing: most strings are no times, and an exception costs microseconds.
    if (text.length() < TIME_CHARACTERS_MIN || text.charAt(4) != '-') {
      return Optional.empty();
    }
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  static Query query(Filter filter) {
    if (filter.isEmpty()) {
      return MatchAllDocsQuery.INSTANCE;
    }
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    filter.must().forEach(condition -> query.add(query(condition), Occur.FILTER));
    filter.mustNot().forEach(condition -> query.add(query(condition), Occur.MUST_NOT));
    if (!filter.should().isEmpty()) {
      BooleanQuery.Builder either = new BooleanQuery.Builder();
      filter.should().forEach(condition -> either.add(query(condition), Occur.SHOULD));
      query.add(either.build(), Occur.FILTER);
    } else if (filter.must().isEmpty()) {
      query.add(MatchAllDocsQuery.INSTANCE, Occur.FILTER);
    }
    return query.build();
  }

  private static Query query(Condition condition) {
    return switch (condition) {
      case Filter filter -> query(filter);
      case Condition.OnKey onId when onId.key().equals(Condition.ID) -> idQuery(onId);
      case In in ->
          new TermInSetQuery(
              TERMS, in.values().stream().map(value -> term(in.key(), value)).toList());
      case Exists exists -> new TermQuery(new Term(TERMS, exists.key()));
      case Prefix prefix ->
          new PrefixQuery(new Term(TERMS, term(prefix.key(), new Text(prefix.text()))));
      case NumberRange range ->
          points(
              NUMBERS,
              range.key(),
              sortable(range.lowIncluded() ? range.low() : Math.nextUp(range.low())),
              sortable(range.highIncluded() ? range.high() : Math.nextDown(range.high())));
      case TimeRange range ->
          points(
              TIMES,
              range.key(),
              range.lowIncluded() ? ceilingMicros(range.low()) : above(floorMicros(range.low())),
              range.highIncluded()
                  ? floorMicros(range.high())
                  : below(ceilingMicros(range.high())));
    };
  }

  private static Query idQuery(Condition.OnKey condition) {
    return switch (condition) {
      case In in -> {
        List<BytesRef> ids =
            in.values().stream()
                .filter(Text.class::isInstance)
                .map(value -> new BytesRef(((Text) value).text()))
                .toList();
        yield ids.isEmpty()
            ? new MatchNoDocsQuery("an id is a string")
            : new TermInSetQuery(ImageFields.ID, ids);
      }
      case Prefix prefix -> new PrefixQuery(new Term(ImageFields.ID, prefix.text()));
      case Exists _ -> MatchAllDocsQuery.INSTANCE;
      case NumberRange _, TimeRange _ -> new MatchNoDocsQuery("an id is a string");
    };
  }

  private static Query points(String field, String key, long low, long high) {
    if (low > high) {
      return new MatchNoDocsQuery("the range is empty");
    }
    long hash = hash(key);
    return LongPoint.newRangeQuery(field, new long[] {hash, low}, new long[] {hash, high});
  }

  private static Field term(BytesRef term) {
    return new StringField(TERMS, term, Field.Store.NO);
  }

  private static BytesRef term(String key, MetadataValue value) {
    BytesRefBuilder term = new BytesRefBuilder();
    term.copyChars(key);
    term.append((byte) 0);
    switch (value) {
      case Text(String text) -> {
        term.append((byte) 's');
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        term.append(utf8, 0, utf8.length);
      }
      case Numeric(double number) -> {
        term.append((byte) 'n');
        byte[] sortable = new byte[Long.BYTES];
        NumericUtils.longToSortableBytes(sortable(number), sortable, 0);
        term.append(sortable, 0, sortable.length);
      }
      case Flag(boolean flag) -> {
        term.append((byte) 'b');
        term.append((byte) (flag ? 1 : 0));
      }
    }
    return term.toBytesRef();
  }

  private static long hash(String key) {
    Digest digest = Digest.of(key.getBytes(StandardCharsets.UTF_8));
    return HexFormat.fromHexDigitsToLong(digest.hex(), 0, 16);
  }

  private static long sortable(double number) {
    return NumericUtils.doubleToSortableLong(number + 0.0);
  }

  private static long floorMicros(Instant time) {
    long second = time.getEpochSecond();
    if (Math.abs(second) > Long.MAX_VALUE / MICROS_PER_SECOND - 1) {
      return second < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    return second * MICROS_PER_SECOND + time.getNano() / NANOS_PER_MICRO;
  }

  private static long ceilingMicros(Instant time) {
    long floor = floorMicros(time);
    return time.truncatedTo(ChronoUnit.MICROS).equals(time) ? floor : above(floor);
  }

  private static long above(long micros) {
    return micros == Long.MAX_VALUE ? micros : micros + 1;
  }

  private static long below(long micros) {
    return micros == Long.MIN_VALUE ? micros : micros - 1;
  }
}
