package infomax.events.control;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How the index of a generation is laid out; fixed for the generation's life. Immutable.
 *
 * @param shards Lucene indexes it consists of, at least 1; shard s holds the images of the
 *     partitions whose number mod shards is s
 * @param maxConn Lucene's HNSW maxConn (M): neighbours of a vector in the graph, 1 to 512
 * @param beamWidth Lucene's HNSW beamWidth (efConstruction): candidates looked at for a vector's
 *     neighbours, 1 to 3200
 * @param vectorFormat how the vectors are kept
 */
public record IndexParameters(int shards, int maxConn, int beamWidth, VectorFormat vectorFormat) {

  /** What is used where nobody says otherwise, and what was used before there was a choice. */
  public static final IndexParameters DEFAULT =
      new IndexParameters(1, 16, 100, VectorFormat.FLOAT32);

  /** Least maxConn that may be asked for: a thinner graph falls apart. */
  public static final int MAX_CONN_MIN = 4;

  /** Most maxConn that may be asked for: beyond it a graph only grows. */
  public static final int MAX_CONN_MAX = 128;

  /** Most beamWidth that may be asked for. */
  public static final int BEAM_WIDTH_MAX = 1000;

  private static final int LUCENE_MAX_CONN_MAX = 512;
  private static final int LUCENE_BEAM_WIDTH_MAX = 3200;

  /** Checks what Lucene allows; {@link #refusal} says what may be asked for. */
  public IndexParameters {
    if (shards < 1
        || maxConn < 1
        || maxConn > LUCENE_MAX_CONN_MAX
        || beamWidth < 1
        || beamWidth > LUCENE_BEAM_WIDTH_MAX) {
      throw new IllegalArgumentException(
          "%d shards, maxConn %d, beamWidth %d: expected at least 1, 1 to %d, 1 to %d"
              .formatted(shards, maxConn, beamWidth, LUCENE_MAX_CONN_MAX, LUCENE_BEAM_WIDTH_MAX));
    }
  }

  /** Reads parameters of any age: what is not there has its default. */
  @JsonCreator
  static IndexParameters read(
      @JsonProperty("shards") @Nullable Integer shards,
      @JsonProperty("maxConn") @Nullable Integer maxConn,
      @JsonProperty("beamWidth") @Nullable Integer beamWidth,
      @JsonProperty("vectorFormat") @Nullable VectorFormat vectorFormat) {
    return new IndexOverrides(shards, maxConn, beamWidth, vectorFormat).on(DEFAULT);
  }

  /**
   * Those of a record that may be older than this type, when maxConn and beamWidth stood alone.
   *
   * @param index the record's parameters; null in an old one
   * @param maxConn what an old one says; else null
   * @param beamWidth what an old one says; else null
   */
  public static IndexParameters ofAnyAge(
      @Nullable IndexParameters index, @Nullable Integer maxConn, @Nullable Integer beamWidth) {
    return index == null ? read(null, maxConn, beamWidth, null) : index;
  }

  /** Numbers of shards that a log with this many partitions can be spread over: its divisors. */
  public static List<Integer> shardsFor(int partitions) {
    return IntStream.rangeClosed(1, partitions)
        .filter(shards -> partitions % shards == 0)
        .boxed()
        .toList();
  }

  /**
   * Why a generation may not be begun with these parameters; empty if it may.
   *
   * @param partitions partitions of the log it is built from
   */
  public Optional<Refusal> refusal(int partitions) {
    if (!shardsFor(partitions).contains(shards)) {
      return Optional.of(
          new Refusal(
              "shards",
              shards,
              "one of "
                  + shardsFor(partitions).stream()
                      .map(String::valueOf)
                      .collect(Collectors.joining(", "))));
    }
    if (maxConn < MAX_CONN_MIN || maxConn > MAX_CONN_MAX) {
      return Optional.of(new Refusal("maxConn", maxConn, MAX_CONN_MIN + " to " + MAX_CONN_MAX));
    }
    if (beamWidth < maxConn || beamWidth > BEAM_WIDTH_MAX) {
      return Optional.of(
          new Refusal(
              "beamWidth",
              beamWidth,
              "maxConn, which is %d, to %d".formatted(maxConn, BEAM_WIDTH_MAX)));
    }
    return Optional.empty();
  }

  /** In words, for reasons and outcomes. */
  public String description() {
    return "%d %s, maxConn %d, beamWidth %d, %s vectors"
        .formatted(
            shards,
            shards == 1 ? "shard" : "shards",
            maxConn,
            beamWidth,
            vectorFormat.name().toLowerCase(Locale.ROOT));
  }

  /**
   * A parameter that is not accepted.
   *
   * @param field its name
   * @param value its value
   * @param expected what is accepted
   */
  public record Refusal(String field, int value, String expected) {

    /** The sentence that says so. */
    public String sentence() {
      return field + " is " + value + ", expected " + expected;
    }
  }
}
