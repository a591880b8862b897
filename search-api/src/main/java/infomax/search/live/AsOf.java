package infomax.search.live;

import com.fasterxml.jackson.annotation.JsonValue;
import infomax.index.PublishedShards;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which publication of the past is meant: the newest that is not after this. */
public sealed interface AsOf {

  /**
   * Not after the publication with this number. Shards are published independently of one another,
   * so that each has a number of its own.
   *
   * @param sequences the numbers, from 1, in the order of the shards
   */
  record Publication(List<Long> sequences) implements AsOf {

    private static final String NUMBERS = "[1-9]\\d{0,17}(,[1-9]\\d{0,17})*";

    /** Copies the list. */
    public Publication {
      sequences = List.copyOf(sequences);
    }

    /** The one of a generation with one shard. */
    public Publication(long sequence) {
      this(List.of(sequence));
    }

    /** The one that is open. */
    public static Publication of(PublishedShards published) {
      return new Publication(published.sequences());
    }

    /** Reads what {@link #json} wrote; empty if it is none. */
    public static Optional<Publication> parse(String text) {
      if (!text.matches(NUMBERS)) {
        return Optional.empty();
      }
      return Optional.of(new Publication(Stream.of(text.split(",")).map(Long::valueOf).toList()));
    }

    /** The number; of several shards their numbers as text, such as {@code 12,7}. */
    @JsonValue
    public Object json() {
      return sequences.size() == 1 ? sequences.getFirst() : toString();
    }

    @Override
    public String toString() {
      return sequences.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
  }

  /**
   * Published not after this instant.
   *
   * @param instant the instant
   */
  record Time(Instant instant) implements AsOf {
    @Override
    public String toString() {
      return instant.toString();
    }
  }
}
