package infomax.events;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The next offset to read in one partition, with the leader epoch it was learnt under (KIP-320), so
 * that a truncated log is noticed.
 *
 * @param offset next offset to read, never below 0
 * @param leaderEpoch leader epoch of the record before it, or {@link #NO_EPOCH}
 */
public record Position(long offset, @JsonProperty("epoch") int leaderEpoch) {

  /** No leader epoch is known, as at the beginning of a partition. */
  public static final int NO_EPOCH = -1;

  /** Checks the ranges. */
  public Position {
    if (offset < 0 || leaderEpoch < NO_EPOCH) {
      throw new IllegalArgumentException(
          "position "
              + offset
              + " under epoch "
              + leaderEpoch
              + ", expected offset >= 0, epoch >= -1");
    }
  }

  /** A position without a known leader epoch. */
  public static Position of(long offset) {
    return new Position(offset, NO_EPOCH);
  }
}
