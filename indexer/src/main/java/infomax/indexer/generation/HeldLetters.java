package infomax.indexer.generation;

import infomax.events.Positions;
import infomax.events.image.DeadLetter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Dead letters that a generation would have written, had it led: when it comes to lead, those that
 * the old leader had not come to are still to be written. Bounded; the oldest go first. Used by one
 * thread.
 */
final class HeldLetters {

  private static final int LETTERS_MAX = 1_000;
  private static final long BYTES_MAX = 16L * 1024 * 1024;

  private final Deque<DeadLetter> letters = new ArrayDeque<>();
  private long bytes;

  void add(DeadLetter letter) {
    letters.addLast(letter);
    bytes += length(letter);
    while (letters.size() > LETTERS_MAX || bytes > BYTES_MAX) {
      bytes -= length(letters.removeFirst());
    }
  }

  /** Lets go of all letters and returns those whose records are not below {@code positions}. */
  List<DeadLetter> takeFrom(Positions positions) {
    List<DeadLetter> taken =
        letters.stream().filter(letter -> !positions.satisfies(letter.origin())).toList();
    letters.clear();
    bytes = 0;
    return taken;
  }

  private static long length(DeadLetter letter) {
    byte[] value = letter.value();
    return value == null ? 0 : value.length;
  }
}
