package infomax.trainer.kernels;

/** Lengths in cache lines of 64 bytes. */
final class CacheLines {

  private static final int FLOATS = 16;

  private CacheLines() {}

  /**
   * Floats of the next odd number of lines that holds so many floats. Buffers that lie so far apart
   * do not compete for the same places in a cache, as they do at powers of two.
   */
  static int oddFloats(int floats) {
    int lines = (floats + FLOATS - 1) / FLOATS;
    return (lines | 1) * FLOATS;
  }
}
