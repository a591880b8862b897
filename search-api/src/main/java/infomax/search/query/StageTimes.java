package infomax.search.query;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * Where the time of one request goes. Told to its client as {@code Server-Timing} (W3C), durations
 * in milliseconds. Used by one thread.
 */
final class StageTimes {

  /** Response header it is told in. */
  static final String HEADER = "Server-Timing";

  private static final long NANOS_PER_MICRO = 1_000;
  private static final long MICROS_PER_MILLI = 1_000;

  private final long startNanos = System.nanoTime();
  private final Map<Stage, Long> nanos = new EnumMap<>(Stage.class);

  /** What is done for an answer. */
  enum Stage {
    /** Uploaded bytes to canonical images to pixels. */
    DECODE,
    /** Pixels to embeddings. */
    EMBED,
    /** Vectors to ranked candidates. */
    SEARCH,
    /** What the index knows of the images asked for and of the hits. */
    FETCH;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A stage took so much longer. */
  void add(Stage stage, long tookNanos) {
    nanos.merge(stage, tookNanos, Long::sum);
  }

  /** Time spent on a stage so far, in nanoseconds; 0 if the request has no such stage. */
  long nanos(Stage stage) {
    return nanos.getOrDefault(stage, 0L);
  }

  /** The header's value: every stage there was, and {@code total} since this began. */
  String header() {
    StringJoiner header = new StringJoiner(", ");
    nanos.forEach((stage, tookNanos) -> header.add(entry(stage.label(), tookNanos)));
    return header.add(entry("total", System.nanoTime() - startNanos)).toString();
  }

  private static String entry(String name, long tookNanos) {
    long micros = (tookNanos + NANOS_PER_MICRO / 2) / NANOS_PER_MICRO;
    String thousandths = Long.toString(MICROS_PER_MILLI + micros % MICROS_PER_MILLI).substring(1);
    return name + ";dur=" + micros / MICROS_PER_MILLI + "." + thousandths;
  }
}
