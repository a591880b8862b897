package infomax.ingest.http;

import infomax.events.ImageId;
import infomax.events.Token;
import infomax.events.image.Rejection;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.KafkaException;

/** Follows one write until searchers show it, or something else became of it. Thread-safe. */
public final class WriteWatch {

  private final ReplicaPositions replicas;
  private final LogLookup lookup;

  /** A watch over what replicas report and the log holds. */
  public WriteWatch(ReplicaPositions replicas, LogLookup lookup) {
    this.replicas = replicas;
    this.lookup = lookup;
  }

  /** What became of a write. */
  sealed interface Outcome {

    /** Every replica that serves shows it. */
    record Searchable() implements Outcome {}

    /** Every replica that serves has passed it, and shows a later write of the same id. */
    record Superseded() implements Outcome {}

    /** The indexer refused it. */
    record Rejected(Rejection rejection) implements Outcome {}

    /** Not known in time; the write stands and will be indexed. */
    record Pending() implements Outcome {}
  }

  /** Where the search for a rejection has to begin; taken before the write. */
  long begin() {
    return lookup.rejectedEnd();
  }

  /**
   * Waits for the outcome of a write.
   *
   * @param begin from {@link #begin}
   */
  Outcome await(ImageId id, Token token, long begin, Duration timeout) throws InterruptedException {
    OptionalLong reached = replicas.await(token, timeout);
    if (reached.isEmpty()) {
      return new Outcome.Pending();
    }
    try {
      // The indexer's dead letter is acknowledged before the commit that passes the record.
      Optional<Rejection> rejection = lookup.rejection(token, begin);
      if (rejection.isPresent()) {
        return new Outcome.Rejected(rejection.get());
      }
      return lookup.isSuperseded(id, token, reached.getAsLong())
          ? new Outcome.Superseded()
          : new Outcome.Searchable();
    } catch (KafkaException e) {
      return new Outcome.Pending();
    }
  }
}
