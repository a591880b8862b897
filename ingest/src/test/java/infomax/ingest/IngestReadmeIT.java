package infomax.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Topic;
import infomax.testing.TestingKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Every line with curl in the README of this module works as pasted. */
final class IngestReadmeIT {

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  @TempDir Path folder;

  @Test
  void everyCurlLineTakesItsImagesIn() throws Exception {
    List<String> lines =
        Pattern.compile("(?m)^.*\\bcurl -.*$")
            .matcher(Files.readString(Path.of("README.md")))
            .results()
            .map(MatchResult::group)
            .toList();
    assertThat(lines).hasSize(5);
    Path photos = Files.createDirectory(folder.resolve("photos"));
    Files.write(photos.resolve("a.jpg"), TestImages.canonicalJpeg(1));
    Files.write(photos.resolve("b.jpg"), TestImages.canonicalJpeg(2));
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(folder.resolve("photos.zip")))) {
      for (String name : List.of("photos/a.jpg", "photos/b.jpg")) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(Files.readAllBytes(folder.resolve(name)));
      }
    }
    try (RunningIngest ingest = RunningIngest.start(KAFKA.clients())) {
      for (String line : lines) {
        String output = run(line.replace("localhost:8080", "127.0.0.1:" + ingest.port()));
        if (line.contains("/batch")) {
          assertThat(output).as(line).contains("\"accepted\":2,\"refused\":0,\"complete\":true");
        } else {
          assertThat(output).as(line).contains("\"token\"");
        }
      }
    }
    assertThat(TopicReader.timesByKey(KAFKA.clients(), Topic.IMAGES))
        .isEqualTo(
            Map.of("a", 2, "b", 1, "a.jpg", 1, "b.jpg", 1, "photos/a.jpg", 2, "photos/b.jpg", 2));
  }

  private String run(String line) throws Exception {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder("sh", "-c", line.replaceFirst("curl ", "curl --fail-with-body "))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(line).isTrue();
    assertThat(process.exitValue()).as("%s%n%s", line, Files.readString(output)).isZero();
    return Files.readString(output);
  }
}
