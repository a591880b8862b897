package infomax.search.live;

import infomax.events.Positions;
import java.time.Instant;

/** Learns what has become searchable. Called on the loader's thread; must be quick. */
@FunctionalInterface
public interface PublicationListener {

  /**
   * From now on answers include everything below {@code positions}.
   *
   * @param generation the generation that answers
   * @param positions next offsets to read of the publication that answers
   * @param at when it began to answer
   */
  void served(int generation, Positions positions, Instant at);
}
