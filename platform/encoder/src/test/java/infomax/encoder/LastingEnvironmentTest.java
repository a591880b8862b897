package infomax.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.runtime.process.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LastingEnvironmentTest {

  private static final String NAME = "stopping";

  @Test
  void encodersWorkToTheEndOfAShutdownHook(@TempDir Path folder) throws Exception {
    try (ChildJvm process =
        ChildJvm.start(NAME, StoppingProcess.class, List.of(), List.of(), folder)) {
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> !process.isAlive());
      assertThat(process.exitValue()).as(ChildJvm.logTail(folder, NAME, 20)).hasValue(0);
    }
    assertThat(ChildJvm.logTail(folder, NAME, 1))
        .isEqualTo(Integer.toString(StoppingProcess.ENCODERS));
  }
}
