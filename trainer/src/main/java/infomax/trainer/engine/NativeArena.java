package infomax.trainer.engine;

import infomax.trainer.onednn.Primitives;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Creates native buffers and frees them all together. Not safe for use by several threads, but for
 * {@link #own}.
 */
final class NativeArena implements AutoCloseable {

  private final List<NativeFloats> owned = new ArrayList<>();
  private final Queue<Primitives> users = new ConcurrentLinkedQueue<>();

  NativeFloats floats(int rows, int columns) {
    NativeFloats floats = NativeFloats.create(rows, columns);
    owned.add(floats);
    return floats;
  }

  /** A buffer with another of the same extents for its gradient. */
  Variable variable(int rows, int columns) {
    return new Variable(floats(rows, columns), floats(rows, columns));
  }

  /** Closes those too, before the buffers that they use. */
  void own(Primitives primitives) {
    users.add(primitives);
  }

  @Override
  public void close() {
    users.forEach(Primitives::close);
    users.clear();
    owned.forEach(NativeFloats::free);
    owned.clear();
  }
}
