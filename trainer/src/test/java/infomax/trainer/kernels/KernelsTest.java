package infomax.trainer.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The form of the kernels follows the JVM's modules. */
class KernelsTest {

  /** Run in a JVM of its own. */
  static final class PrintName {
    public static void main(String[] arguments) {
      System.out.println(Kernels.available().name());
    }
  }

  @Test
  void vectorFormWithTheModule() {
    assertThat(Kernels.available().name()).isEqualTo("vector");
  }

  @Test
  void scalarFormWithoutTheModule() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                Path.of("target", "classes") + ":" + Path.of("target", "test-classes"),
                PrintName.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(output.strip()).isEqualTo("scalar");
    assertThat(process.exitValue()).isZero();
  }
}
