package infomax.search.live;

import java.util.concurrent.atomic.AtomicBoolean;

/** A request's hold on a generation, from its start to its end. The caller closes it. */
public final class Lease implements AutoCloseable {

  private final LiveGeneration generation;
  private final AtomicBoolean closed = new AtomicBoolean();

  Lease(LiveGeneration generation) {
    this.generation = generation;
  }

  /** The generation; not to be used after {@link #close}. */
  public LiveGeneration generation() {
    return generation;
  }

  @Override
  public void close() {
    if (!closed.getAndSet(true)) {
      generation.releaseReference();
    }
  }
}
