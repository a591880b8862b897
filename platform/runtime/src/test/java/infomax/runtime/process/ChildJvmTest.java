package infomax.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildJvmTest {

  @TempDir Path folder;

  @Test
  void aChildEndsWithItsPipe() throws Exception {
    ChildJvm child = start();
    awaitLog("ready with 'a \\ b'");
    child.close();
    assertThat(child.isAlive()).isFalse();
    assertThat(ChildJvm.logTail(folder, "child", 1)).isEqualTo("shut down in order");
  }

  @Test
  void aKilledChildIsGone() throws Exception {
    ChildJvm child = start();
    awaitLog("ready");
    child.kill();
    assertThat(child.isAlive()).isFalse();
  }

  private ChildJvm start() throws Exception {
    return ChildJvm.start(
        "child", WaitingMain.class, List.of("-Xmx32m"), List.of("a \\ b"), folder);
  }

  private void awaitLog(String text) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> ChildJvm.logTail(folder, "child", 5).contains(text));
  }

  /** A child that waits for its end. */
  static final class WaitingMain {
    private WaitingMain() {}

    public static void main(String[] arguments) throws InterruptedException {
      ParentWatch.install();
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> System.out.println("shut down in order")));
      System.out.println("ready with '" + arguments[0] + "'");
      new CountDownLatch(1).await();
    }
  }
}
