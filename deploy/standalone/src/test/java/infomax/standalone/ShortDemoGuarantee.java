package infomax.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo from beginning to end on real images, where an image set is present: exit code 0, or 3
 * if the gate kept a candidate out, which is the gate's right on so little training; the log equals
 * the index either way.
 */
class ShortDemoGuarantee {

  private static final Path DATA =
      Path.of(System.getProperty("infomax.root")).resolveSibling("shared").resolve("data");

  @TempDir Path folder;

  @Test
  void cifar10With32Pixels() throws Exception {
    run("cifar10-train-50k.tar.gz", "--limit", "2000", "--first", "1000", "--images-seen", "6400");
  }

  @Test
  @Tag("soak")
  void tinyImageNetWith64Pixels() throws Exception {
    run(
        "tiny-imagenet-100x200.tar.gz",
        "--limit",
        "1000",
        "--first",
        "500",
        "--images-seen",
        "1600",
        "--input",
        "64");
  }

  private void run(String archive, String... arguments) throws Exception {
    Path images = DATA.resolve(archive);
    Assumptions.assumeTrue(
        Files.exists(images), "skipped: the image set " + archive + " is not beside the project");
    Path summary = folder.resolve("summary.json");
    List<String> all =
        new ArrayList<>(
            List.of(
                "--images",
                images.toString(),
                "--exit-after-roll",
                "--summary",
                summary.toString()));
    all.addAll(List.of(arguments));
    try (DemoProcess demo =
        DemoProcess.startShortLived(folder.resolve("data"), all.toArray(String[]::new))) {
      int exit = demo.awaitExit(Duration.ofMinutes(8));
      System.out.println(demo.output());
      assertThat(exit).describedAs(demo.output()).isIn(0, 3);
    }
    JsonNode measured = DemoProcess.summary(summary);
    assertThat(measured.path("complete").asBoolean()).isTrue();
    assertThat(measured.path("imagesIndexed").asLong()).isGreaterThan(400);
    assertThat(measured.path("idsMissing").asLong()).isZero();
    assertThat(measured.path("idsExtra").asLong()).isZero();
    assertThat(measured.path("queriesFailed").asLong()).describedAs(measured.toString()).isZero();
    assertThat(measured.path("answersMixed").asLong()).isZero();
    assertThat(measured.path("answersChecked").asLong()).isGreaterThan(50);
    assertThat(measured.path("trainings")).isNotEmpty();
  }
}
