package infomax.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ProcessNiceTest {

  private static final String NAME = "yielding";
  private static final Path AUTOGROUP = Path.of("/proc/self/autogroup");

  @TempDir Path folder;

  @Test
  void everyThreadYieldsAlsoThoseStartedLaterAndSoDoesTheSession() throws Exception {
    String session = Files.exists(AUTOGROUP) ? "nice 15" : "none";
    try (ChildJvm child =
        ChildJvm.start(NAME, YieldingMain.class, List.of("-Xmx32m"), List.of(), folder)) {
      Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !child.isAlive());
    }
    assertThat(ChildJvm.logTail(folder, NAME, 2)).isEqualTo("threads [15]\nsession " + session);
  }

  /** Yields, and says how all its threads and its session stand. */
  static final class YieldingMain {
    private YieldingMain() {}

    public static void main(String[] arguments) throws Exception {
      ProcessNice.set(15);
      Thread later = Thread.ofPlatform().start(YieldingMain::print);
      later.join();
    }

    private static void print() {
      try {
        System.out.println("threads " + niceValues());
        String session =
            Files.exists(AUTOGROUP)
                ? Files.readString(AUTOGROUP).strip().replaceFirst("^\\S+ ", "")
                : "none";
        System.out.println("session " + session);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    /** Field 19 of proc_pid_stat(5) of each thread; the name before it may hold blanks. */
    private static Set<Integer> niceValues() throws IOException {
      Set<Integer> values = new TreeSet<>();
      try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
        for (Path task : tasks.toList()) {
          String stat = Files.readString(task.resolve("stat"));
          String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
          values.add(Integer.valueOf(afterName[16]));
        }
      }
      return values;
    }
  }
}
