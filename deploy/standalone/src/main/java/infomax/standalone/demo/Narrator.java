package infomax.standalone.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Tells what happens, in plain words, each line with the time since the start; on a terminal the
 * last line may be a progress bar that is drawn over itself. Thread-safe.
 */
final class Narrator {

  private static final int BAR_CELLS = 24;
  private static final Duration PLAIN_PROGRESS_EVERY = Duration.ofSeconds(5);

  private final PrintStream out;
  private final boolean terminal;
  private final long startMillis;
  private boolean barShown;
  private long plainProgressNanos;

  /**
   * A narrator.
   *
   * @param out where the words go
   * @param terminal true if lines can be drawn over
   * @param startMillis when the command began, epoch milliseconds
   */
  Narrator(PrintStream out, boolean terminal, long startMillis) {
    this.out = out;
    this.terminal = terminal;
    this.startMillis = startMillis;
  }

  /** Says a sentence. */
  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
  synchronized void say(String format, Object... arguments) {
    clearBar();
    double seconds = (System.currentTimeMillis() - startMillis) / 1e3;
    out.printf(
        Locale.ROOT, "%6.1f s  %s%n", seconds, String.format(Locale.ROOT, format, arguments));
    out.flush();
  }

  /** Shows progress from 0 to 1; where the output is no terminal, a line every few seconds. */
  synchronized void progress(String what, double done, String detail) {
    int cells = (int) Math.round(BAR_CELLS * Math.clamp(done, 0, 1));
    String bar = "#".repeat(cells) + ".".repeat(BAR_CELLS - cells);
    progress(String.format(Locale.ROOT, "%s [%s] %3.0f %%  %s", what, bar, 100 * done, detail));
  }

  /** Shows what goes on, in place; where the output is no terminal, a line every few seconds. */
  synchronized void progress(String line) {
    if (terminal) {
      out.print("\r\u001b[K          " + line);
      out.flush();
      barShown = true;
    } else if (System.nanoTime() - plainProgressNanos > PLAIN_PROGRESS_EVERY.toNanos()) {
      plainProgressNanos = System.nanoTime();
      say("%s", line);
    }
  }

  private void clearBar() {
    if (barShown) {
      out.print("\r\u001b[K");
      barShown = false;
    }
  }
}
