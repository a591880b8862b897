package infomax.runtime.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this whole process yield the processor to everything else, from now on and for good: for a
 * process that somebody waits for while it starts and for whose work nobody does. Where the system
 * is not Linux it does nothing. Thread-safe.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/sched.7.html">sched(7), "The autogroup
 *     feature"</a>
 */
public final class ProcessNice {

  private static final Logger LOG = LoggerFactory.getLogger(ProcessNice.class);

  private static final Path SELF = Path.of("/proc/self");

  /** Where the session stands in proc_pid_stat(5), counted from the field after the name. */
  private static final int SESSION = 3;

  private ProcessNice() {}

  /**
   * Yields: every thread there is, and thereby every thread that those will start.
   *
   * @param nice 0 (nothing changes) to 19 (yields most)
   */
  public static void set(int nice) {
    if (nice == 0 || !Files.isDirectory(SELF)) {
      return;
    }
    try {
      setOfSession(nice);
      setOfThreads(nice);
    } catch (IOException e) {
      LOG.warn("this process does not yield the processor: {}", e.toString());
    }
  }

  /**
   * Where Linux schedules sessions as groups, nice values count only inside of one: a session of
   * its own gets as much of the processor as all other sessions together. A session that is shared
   * with others is left as it is.
   */
  private static void setOfSession(int nice) throws IOException {
    Path autogroup = SELF.resolve("autogroup");
    if (Files.isWritable(autogroup) && isOwnSession()) {
      Files.writeString(autogroup, String.valueOf(nice));
    }
  }

  private static boolean isOwnSession() throws IOException {
    String stat = Files.readString(SELF.resolve("stat"));
    String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(afterName[SESSION]) == ProcessHandle.current().pid();
  }

  private static void setOfThreads(int nice) throws IOException {
    Set<Integer> done = new HashSet<>();
    boolean foundMore;
    do {
      // A thread started by one that had not yielded yet is found in the next round.
      foundMore = false;
      for (int thread : threads()) {
        if (done.add(thread)) {
          foundMore = true;
          ThreadNice.set(thread, nice);
        }
      }
    } while (foundMore);
  }

  private static List<Integer> threads() throws IOException {
    try (Stream<Path> tasks = Files.list(SELF.resolve("task"))) {
      return tasks.map(task -> Integer.valueOf(task.getFileName().toString())).toList();
    }
  }
}
