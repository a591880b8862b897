package infomax.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.standalone.client.ApiClient;
import infomax.standalone.demo.image.GeneratedImages;
import infomax.standalone.demo.image.SourceImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every {@code curl} line of the README works as pasted, in its order, on a running system. */
class ReadmeGuarantee {

  @TempDir Path folder;

  @Test
  void everyCurlLineWorksAsPasted() throws Exception {
    String readme =
        Files.readString(Path.of(System.getProperty("infomax.root")).resolve("README.md"));
    List<String> lines =
        Pattern.compile("(?m)^curl .*$").matcher(readme).results().map(MatchResult::group).toList();
    assertThat(lines).hasSizeGreaterThan(8);
    GeneratedImages images = new GeneratedImages(7, 100, Long.MAX_VALUE, 0);
    Files.write(folder.resolve("photo.jpg"), images.next().orElseThrow().bytes());
    StandaloneConfig config =
        new StandaloneConfig(folder.resolve("data"), 0, Optional.empty(), Map.of());
    try (StandaloneSystem system = StandaloneSystem.start(config, _ -> {});
        ApiClient api = new ApiClient(system.address())) {
      for (int count = 0; count < 20; count++) {
        SourceImage image = images.next().orElseThrow();
        assertThat(api.putImage(image.id().value(), image.bytes()).status()).isEqualTo(202);
      }
      Awaitility.await("the first generation answers")
          .atMost(Duration.ofMinutes(2))
          .until(() -> api.get("/v1/status").json().path("serving").path("images").asLong() >= 20);
      for (String line : lines) {
        run(line.replace("http://localhost:8080", system.address().toString()));
      }
    }
  }

  private void run(String line) throws Exception {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder("sh", "-c", line.replaceFirst("curl ", "curl --fail-with-body "))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).describedAs(line).isTrue();
    if (line.contains("/v1/rollback")) {
      // This young system has nothing to go back to yet, as the README says; RollGuarantee does it.
      assertThat(Files.readString(output)).contains("nothing_to_roll_back_to");
      return;
    }
    assertThat(process.exitValue()).describedAs("%s%n%s", line, Files.readString(output)).isZero();
  }
}
