package infomax.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ThreadNiceTest {

  private static final Executor NEW_THREAD = work -> Thread.ofPlatform().start(work);

  @Test
  @EnabledOnOs(OS.LINUX)
  void onlyTheCallingThreadYields() {
    int before = ofThisThread();
    int inThread =
        CompletableFuture.supplyAsync(
                () -> {
                  ThreadNice.set(17);
                  return ofThisThread();
                },
                NEW_THREAD)
            .join();
    assertThat(inThread).isEqualTo(17);
    assertThat(ofThisThread()).isEqualTo(before).isNotEqualTo(17);
  }

  @Test
  void aValueOutsideTheRangeIsRefused() {
    assertThatThrownBy(() -> ThreadNice.set(-1)).hasMessageContaining("expected 0 to 19");
    assertThatThrownBy(() -> ThreadNice.set(20)).hasMessageContaining("expected 0 to 19");
  }

  /** Field 19 of proc_pid_stat(5); the name before it may hold blanks. */
  private static int ofThisThread() {
    try {
      String stat = Files.readString(Path.of("/proc/thread-self/stat"));
      String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return Integer.parseInt(afterName[16]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
