package infomax.trainer.engine;

import java.util.ArrayList;
import java.util.List;

/** Creates native buffers and frees them all together. Not safe for use by several threads. */
final class NativeArena implements AutoCloseable {

  private final List<NativeFloats> owned = new ArrayList<>();

  NativeFloats floats(int rows, int columns) {
    NativeFloats floats = NativeFloats.create(rows, columns);
    owned.add(floats);
    return floats;
  }

  /** A buffer with another of the same extents for its gradient. */
  Variable variable(int rows, int columns) {
    return new Variable(floats(rows, columns), floats(rows, columns));
  }

  @Override
  public void close() {
    owned.forEach(NativeFloats::free);
    owned.clear();
  }
}
