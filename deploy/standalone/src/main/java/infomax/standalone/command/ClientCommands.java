package infomax.standalone.command;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Json;
import infomax.standalone.UserError;
import infomax.standalone.client.ApiClient;
import infomax.standalone.client.ApiClient.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands that talk to a running system over HTTP. */
final class ClientCommands {

  private ClientCommands() {}

  /** What every client command has. */
  abstract static class ClientCommand implements Callable<Integer> {

    @Option(
        names = "--url",
        defaultValue = "http://localhost:8080",
        description = "where the system is (default: ${DEFAULT-VALUE})")
    private URI url = URI.create("http://localhost:8080");

    @Override
    public final Integer call() throws Exception {
      try (ApiClient api = new ApiClient(url)) {
        run(api);
        return 0;
      } catch (IOException e) {
        throw new UserError(String.valueOf(e.getMessage()), e);
      }
    }

    abstract void run(ApiClient api) throws IOException, InterruptedException;

    /** The answer's JSON; a problem becomes the command's error. */
    static JsonNode required(Answer answer) throws IOException {
      if (!answer.succeeded()) {
        throw new UserError(answer.problem());
      }
      return answer.json();
    }

    static void print(JsonNode json) throws IOException {
      System.out.println(Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(json));
    }
  }

  /** {@code infomax status}. */
  @Command(
      name = "status",
      mixinStandardHelpOptions = true,
      description = "Shows what is live and how fresh it is.")
  static final class Status extends ClientCommand {
    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      print(required(api.get("/v1/status")));
    }
  }

  /** {@code infomax search}. */
  @Command(
      name = "search",
      mixinStandardHelpOptions = true,
      description = "Finds the nearest images to an image file or to an indexed image.")
  static final class Search extends ClientCommand {
    @Parameters(index = "0", arity = "0..1", description = "an image file")
    private @Nullable Path image;

    @Option(names = "--id", description = "id of an indexed image")
    private @Nullable String id;

    @Option(names = "-k", defaultValue = "10", description = "hits (default: ${DEFAULT-VALUE})")
    private int k;

    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      Map<String, Object> body = new HashMap<>();
      body.put("k", k);
      if (id != null && image == null) {
        body.put("id", id);
      } else if (image != null && id == null) {
        body.put("image", Base64.getEncoder().encodeToString(read(image)));
      } else {
        throw new UserError("give either an image file or --id ID");
      }
      JsonNode answer = required(api.post("/v1/search", body, Duration.ofSeconds(30)));
      for (JsonNode hit : answer.path("hits")) {
        System.out.printf(
            Locale.ROOT,
            "%8.4f  %s  %s%n",
            hit.path("score").asDouble(),
            hit.path("id").asText(),
            hit.path("metadata"));
      }
      System.out.printf(
          Locale.ROOT,
          "encoder %s, generation %d, %,d images, lag %s%n",
          answer.path("encoder").path("version").asText(),
          answer.path("generation").asInt(),
          answer.path("images").asLong(),
          answer.path("lag").asText());
    }
  }

  /** {@code infomax ingest}. */
  @Command(
      name = "ingest",
      mixinStandardHelpOptions = true,
      description = "Uploads image files, and the files of folders, under their paths as ids.")
  static final class Ingest extends ClientCommand {
    @Parameters(arity = "1..*", description = "files and folders")
    private List<Path> paths = List.of();

    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      int accepted = 0;
      List<String> refused = new ArrayList<>();
      for (Path path : paths) {
        try (Stream<Path> files = Files.walk(path)) {
          for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
            Answer answer = api.putImage(file.toString(), read(file));
            if (answer.succeeded()) {
              accepted++;
            } else {
              refused.add(file + ": " + answer.problem());
            }
          }
        }
      }
      refused.forEach(System.err::println);
      System.out.printf(Locale.ROOT, "%,d accepted, %,d refused%n", accepted, refused.size());
      if (!refused.isEmpty()) {
        throw new UserError("not every file was accepted");
      }
    }
  }

  /** {@code infomax rejected}. */
  @Command(
      name = "rejected",
      mixinStandardHelpOptions = true,
      description = "Lists the images refused last, the newest first, each with its reason.")
  static final class Rejected extends ClientCommand {
    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      for (JsonNode image : required(api.get("/v1/rejected")).path("rejected")) {
        System.out.printf(
            Locale.ROOT,
            "%s  %s  %s: %s%n",
            image.path("at").asText(),
            image.path("key").asText("-"),
            image.path("reason").asText(),
            image.path("message").asText());
      }
    }
  }

  /** {@code infomax train}. */
  @Command(
      name = "train",
      mixinStandardHelpOptions = true,
      description = "Asks for a training on what the log holds now.")
  static final class Train extends ClientCommand {
    @Option(names = "--preset", description = "training preset")
    private @Nullable String preset;

    @Option(names = "--images-seen", description = "images to pass through the network")
    private @Nullable Long imagesSeen;

    @Option(names = "--warm-start", description = "release whose weights to begin with")
    private @Nullable Integer warmStart;

    @Option(
        names = "--like",
        description = {
          "release whose training to repeat, with its preset, seed, images seen and log positions;",
          "the request's outcome says whether snapshot and weights are the same, and if not, why"
        })
    private @Nullable Integer like;

    @Option(
        names = "--force",
        description = "serve the release even if the gate rejects it; needs --why")
    private boolean force;

    @Option(names = "--why", description = "reason, kept with the request")
    private @Nullable String why;

    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      if (force && why == null) {
        throw new UserError("--force needs --why: the reason is kept with the release");
      }
      Map<String, Object> body = new HashMap<>();
      body.put("who", user());
      body.put("why", why == null ? "asked on the command line" : why);
      if (force) {
        body.put("force", true);
      }
      if (preset != null) {
        body.put("preset", preset);
      }
      if (imagesSeen != null) {
        body.put("imagesSeen", imagesSeen);
      }
      if (warmStart != null) {
        body.put("warmStart", warmStart);
      }
      if (like != null) {
        body.put("like", like);
      }
      print(required(api.train(body)));
    }
  }

  /** {@code infomax cancel}. */
  @Command(
      name = "cancel",
      mixinStandardHelpOptions = true,
      description = "Ends a training that waits or runs, without a release.")
  static final class Cancel extends ClientCommand {
    @Parameters(index = "0", description = "id of the training's request, as train printed it")
    private String id = "";

    @Option(names = "--why", required = true, description = "reason, kept with the request")
    private String why = "";

    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      print(
          required(
              api.post(
                  "/v1/trainings/" + ApiClient.encoded(id) + "/cancel",
                  Map.of("who", user(), "why", why),
                  Duration.ofSeconds(30))));
    }
  }

  /** {@code infomax rollback}. */
  @Command(
      name = "rollback",
      mixinStandardHelpOptions = true,
      description = "Moves back to the previous generation at once and pauses automatic rolls.")
  static final class Rollback extends ClientCommand {
    @Option(names = "--why", required = true, description = "reason, kept with the request")
    private String why = "";

    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      print(
          required(
              api.post("/v1/rollback", Map.of("who", user(), "why", why), Duration.ofSeconds(30))));
    }
  }

  private static byte[] read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new UserError(file + " is no file");
    }
    return Files.readAllBytes(file);
  }

  private static String user() {
    return System.getProperty("user.name", "unknown");
  }
}
