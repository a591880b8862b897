package infomax.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import infomax.events.ImageId;
import infomax.events.Topic;
import infomax.events.image.ImageEvent;
import infomax.events.image.ImageEvent.ImageDeleted;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.ImageEventCodec;
import infomax.testing.TestingKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/producing.md as they stand there, each where its tool is installed. */
final class ProducingIT {

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  private static final String ADDRESS = "localhost:9092";

  @TempDir Path folder;

  @BeforeEach
  void writePhoto() throws IOException {
    Files.write(folder.resolve("photo.jpg"), TestImages.canonicalJpeg(1));
  }

  @Test
  void theJavaExampleUploads() throws Exception {
    Files.writeString(folder.resolve("Upload.java"), example("java"));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    // What runs the tests names its libraries in the manifest of one jar.
    run(
        java,
        "-cp",
        System.getProperty("java.class.path"),
        "Upload.java",
        KAFKA.broker().bootstrapServers(),
        "my-photo",
        "photo.jpg");
    try (RunningIngest _ = RunningIngest.start(KAFKA.clients())) {
      assertStored();
    }
  }

  @Test
  void thePythonExampleUploads() throws Exception {
    assumeTrue(isThere("python3", "-c", "import confluent_kafka"), "confluent-kafka is not there");
    Files.writeString(folder.resolve("upload.py"), example("python"));
    run("python3", "upload.py", KAFKA.broker().bootstrapServers(), "my-photo", "photo.jpg");
    try (RunningIngest _ = RunningIngest.start(KAFKA.clients())) {
      assertStored();
    }
  }

  @Test
  void theKcatExampleUploadsAndDeletes() throws Exception {
    assumeTrue(isThere("kcat", "-V"), "kcat is not there");
    run("sh", "-e", "-c", example("sh").replace(ADDRESS, KAFKA.broker().bootstrapServers()));
    try (RunningIngest _ = RunningIngest.start(KAFKA.clients())) {
      assertStored();
      assertThat(await("my-old-photo")).isInstanceOf(ImageDeleted.class);
    }
  }

  private void assertStored() throws Exception {
    ImageStored stored = (ImageStored) await("my-photo");
    assertThat(stored.image().bytes()).isEqualTo(TestImages.canonicalJpeg(1));
    assertThat(stored.metadata().label()).contains("cat");
  }

  private static ImageEvent await(String id) throws Exception {
    byte[] key = new ImageId(id).bytes();
    List<ConsumerRecord<byte[], byte[]>> found =
        Awaitility.await(id)
            .atMost(Duration.ofSeconds(30))
            .until(
                () ->
                    TopicReader.readAll(KAFKA.clients(), Topic.IMAGES).stream()
                        .filter(each -> java.util.Arrays.equals(key, each.key()))
                        .toList(),
                list -> !list.isEmpty());
    return ImageEventCodec.read(found.getLast());
  }

  private static String example(String language) throws IOException {
    Path page = Path.of(System.getProperty("infomax.root"), "docs", "producing.md");
    Matcher block =
        Pattern.compile("(?s)```" + language + "\n(.*?)```").matcher(Files.readString(page));
    assertThat(block.find()).as("an example in %s", language).isTrue();
    return block.group(1);
  }

  private void run(String... command) throws Exception {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(command[0]).isTrue();
    assertThat(process.exitValue()).as("%s", Files.readString(output)).isZero();
  }

  private static boolean isThere(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
