package infomax.standalone.demo;

import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.IndexGeneration;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Counts what happens during the roll of encoder 2: from the beginning of its generation to five
 * seconds after its alias moved. Used by one thread.
 */
final class RollWindow {

  private static final Duration AFTER = Duration.ofSeconds(5);

  private final LongSupplier queries;
  private final LongSupplier images;
  private long queriesAtBegin = -1;
  private long imagesAtBegin;
  private long aliasMovedNanos;
  private long queriesDuring;
  private long imagesDuring;

  RollWindow(LongSupplier queries, LongSupplier images) {
    this.queries = queries;
    this.images = images;
  }

  /** Looks at the state; to be called several times a second. */
  void observe(ControlState state) {
    List<EncoderRelease> live = EncoderCampaign.live(state);
    if (live.isEmpty()) {
      return;
    }
    if (queriesAtBegin < 0 && second(state, live.getFirst().version()).isPresent()) {
      queriesAtBegin = queries.getAsLong();
      imagesAtBegin = images.getAsLong();
    }
    if (queriesAtBegin < 0) {
      return;
    }
    if (aliasMovedNanos == 0 && live.size() >= EncoderCampaign.ENCODERS) {
      aliasMovedNanos = System.nanoTime();
    }
    if (aliasMovedNanos == 0 || System.nanoTime() - aliasMovedNanos <= AFTER.toNanos()) {
      queriesDuring = queries.getAsLong() - queriesAtBegin;
      imagesDuring = images.getAsLong() - imagesAtBegin;
    }
  }

  /** Queries sent during the roll. */
  long queriesDuring() {
    return queriesDuring;
  }

  /** Images produced during the roll. */
  long imagesDuring() {
    return imagesDuring;
  }

  private static Optional<IndexGeneration> second(ControlState state, int firstVersion) {
    return state.generations().values().stream()
        .filter(generation -> generation.encoderVersion() > firstVersion)
        .findFirst();
  }
}
