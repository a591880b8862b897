package infomax.search.live;

import java.time.Instant;

/** Which publication of the past is meant: the newest that is not after this. */
public sealed interface AsOf {

  /**
   * Not after the publication with this number.
   *
   * @param sequence the number, from 1
   */
  record Publication(long sequence) implements AsOf {
    @Override
    public String toString() {
      return Long.toString(sequence);
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
