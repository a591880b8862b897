package infomax.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Topic;
import infomax.standalone.StandaloneConfig;
import infomax.standalone.StandaloneSystem;
import infomax.standalone.client.ApiClient;
import infomax.standalone.demo.image.GeneratedImages;
import infomax.standalone.demo.image.SourceImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every client command against a running system, for people and for programs. */
final class CommandLineIT {

  @TempDir Path folder;

  @Test
  void everyClientCommandAnswersInTextAndInJson() throws Exception {
    StandaloneConfig config =
        new StandaloneConfig(folder.resolve("data"), 0, Optional.empty(), Map.of());
    try (StandaloneSystem system = StandaloneSystem.start(config, _ -> {});
        ApiClient api = new ApiClient(system.address())) {
      String url = system.address().toString();
      Path photos = photos();
      assertThat(json(url, "ingest", photos.toString()).get("accepted").asInt()).isEqualTo(30);
      Awaitility.await("the first generation answers")
          .atMost(Duration.ofMinutes(2))
          .until(() -> api.get("/v1/status").json().path("serving").path("images").asLong() == 30);
      String photo = photos.resolve("1.png").toString();

      assertThat(json(url, "search", photo, "-k", "3").at("/hits/0/id").asText()).isEqualTo(photo);
      JsonNode byId = json(url, "search", "--id", photo, "--exact");
      assertThat(byId.at("/hits/0/id").asText()).isEqualTo(photo);
      assertThat(byId.get("exact").asBoolean()).isTrue();
      JsonNode like = json(url, "search", "--like", photo, "--min-score", "-1", "--k", "29");
      assertThat(like.get("hits"))
          .hasSize(29)
          .noneMatch(hit -> hit.get("id").asText().equals(photo));
      String generation = like.get("generation").asText();
      JsonNode next =
          json(url, "search", "--id", photo, "--offset", "10", "--generation", generation);
      assertThat(next.get("hits")).hasSize(10);
      assertThat(
              json(url, "search", "--id", photo, "--filter", "_id=" + photo).get("matches").asInt())
          .isEqualTo(1);
      assertThat(text(url, "search", photo)).contains(photo).contains("untrained");

      assertThat(json(url, "status").at("/serving/images").asInt()).isEqualTo(30);
      assertThat(text(url, "status")).contains("generation " + generation + " answers");
      assertThat(json(url, "encoders").get("encoders")).hasSize(1);
      assertThat(text(url, "encoders")).contains("untrained");
      assertThat(json(url, "encoders", "show", "0").get("version").asInt()).isZero();
      assertThat(text(url, "encoders", "show", "0")).contains("encoder 0: untrained");
      assertThat(json(url, "generations").at("/generations/0/state").asText()).isEqualTo("live");
      assertThat(text(url, "generations")).contains("generation " + generation + " is live");

      Path broken = Files.writeString(folder.resolve("broken.png"), "no image");
      Typed refused = Typed.run("ingest", broken.toString(), "--url", url, "-o", "json");
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.json().at("/refused/0/file").asText()).isEqualTo(broken.toString());
      try (Producer<byte[], byte[]> producer = system.clients().producer("test-uploads")) {
        byte[] key = "broken".getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>(Topic.UPLOADS.name(), key, key)).get();
      }
      Awaitility.await("the refused image is listed")
          .atMost(Duration.ofSeconds(20))
          .until(() -> !json(url, "rejected").get("rejected").isEmpty());
      assertThat(text(url, "rejected")).contains("unsupported_format");
      String letter = json(url, "rejected", "list").at("/rejected/0/offset").asText();
      Path saved = folder.resolve("saved.bin");
      assertThat(text(url, "rejected", "show", letter, "--save", saved.toString()))
          .contains("unsupported_format", "images.uploads", "key     broken");
      assertThat(saved).hasContent("broken");
      assertThat(text(url, "rejected", "replay", letter)).contains("images.uploads");
      Awaitility.await("it is refused again")
          .atMost(Duration.ofSeconds(20))
          .until(() -> json(url, "rejected").get("rejected").size() == 2);
      long newest = json(url, "rejected").at("/rejected/0/offset").asLong();
      Typed unasked = Typed.run("rejected", "purge", "--before", "" + newest, "--url", url);
      assertThat(unasked.exitCode()).isEqualTo(2);
      assertThat(unasked.errors()).contains("--yes");
      assertThat(text(url, "rejected", "purge", "--before", "" + newest, "--yes"))
          .contains("the first that is kept is " + newest);
      Typed gone = Typed.run("rejected", "show", letter, "--url", url);
      assertThat(gone.exitCode()).isEqualTo(1);
      assertThat(gone.errors()).contains("no dead letter lies at offset " + letter);

      JsonNode request = json(url, "train", "--why", "a test");
      assertThat(request.get("why").asText()).isEqualTo("a test");
      Awaitility.await("the request is known")
          .atMost(Duration.ofSeconds(20))
          .until(() -> api.get("/v1/requests/" + request.get("id").asText()).status() == 200);
      Typed.run("cancel", request.get("id").asText(), "--why", "tested", "--url", url);
      Typed rollback = Typed.run("rollback", "--why", "a test", "--url", url);
      assertThat(rollback.exitCode()).isEqualTo(1);
      assertThat(rollback.errors()).contains("no previous generation");
      assertThat(json(url, "generations", "show", generation).get("state").asText())
          .isEqualTo("live");
      assertThat(text(url, "generations", "show", generation)).contains("verification: passed");
      Typed promote = Typed.run("promote", "99", "--why", "a test", "--url", url);
      assertThat(promote.exitCode()).isEqualTo(1);
      assertThat(promote.errors()).contains("generation is '99'");
      Typed reject = Typed.run("reject", generation, "--why", "a test", "--url", url);
      assertThat(reject.exitCode()).isEqualTo(1);
      assertThat(reject.errors()).contains("expected one that is not live yet");
      assertThat(json(url, "pause", "--why", "a test").get("kind").asText()).isEqualTo("pause");
      Awaitility.await("the pause shows")
          .atMost(Duration.ofSeconds(20))
          .until(() -> text(url, "status").contains("indexing is paused since"));
      text(url, "resume");
      Awaitility.await("the pause is over")
          .atMost(Duration.ofSeconds(20))
          .until(() -> json(url, "status").get("paused").isNull());
      Typed reindex = Typed.run("reindex", "--vector-format", "int4", "--url", url);
      assertThat(reindex.exitCode()).isEqualTo(1);
      assertThat(reindex.errors()).contains("vectorFormat").contains("float32, int8");
    }
  }

  private Path photos() throws Exception {
    Path photos = Files.createDirectory(folder.resolve("photos"));
    GeneratedImages images = new GeneratedImages(7, 100, Long.MAX_VALUE, 0);
    for (int number = 0; number < 30; number++) {
      SourceImage image = images.next().orElseThrow();
      Files.write(photos.resolve(number + ".png"), image.bytes());
    }
    return photos;
  }

  private static JsonNode json(String url, String... command) throws Exception {
    return run(url, "json", command).json();
  }

  private static String text(String url, String... command) {
    return run(url, "text", command).output();
  }

  private static Typed run(String url, String form, String... command) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of("--url", url, "-o", form));
    Typed typed = Typed.run(arguments.toArray(String[]::new));
    assertThat(typed.exitCode()).as("%s: %s", arguments, typed.errors()).isZero();
    return typed;
  }
}
