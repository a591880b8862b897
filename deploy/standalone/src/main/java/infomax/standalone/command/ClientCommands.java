package infomax.standalone.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import infomax.events.Json;
import infomax.standalone.UserError;
import infomax.standalone.client.ApiClient;
import infomax.standalone.client.ApiClient.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The smaller of the commands that talk to a running system over HTTP. */
final class ClientCommands {

  private ClientCommands() {}

  /** {@code infomax status}. */
  @Command(
      name = "status",
      mixinStandardHelpOptions = true,
      description = "Shows what is live and how fresh it is, or what came of a request.")
  static final class Status extends ClientCommand {
    @Option(
        names = "--request",
        paramLabel = "ID",
        description = "the request of that id instead, as train and others printed it")
    private @Nullable String request;

    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      if (request != null) {
        print(required(api.get("/v1/requests/" + ApiClient.encoded(request))), Status::printText);
        return;
      }
      print(required(api.get("/v1/status")), StatusText::print);
    }

    private static void printText(JsonNode asked) {
      String outcome = asked.path("outcome").asText();
      System.out.printf(
          "request %s (%s, asked by %s at %s) is %s%s%n",
          asked.path("id").asText(),
          asked.path("kind").asText(),
          asked.path("who").asText(),
          asked.path("createdAt").asText(),
          asked.path("status").asText(),
          outcome.isEmpty() ? "" : ": " + outcome);
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
      ArrayNode refused = Json.mapper().createArrayNode();
      for (Path path : paths) {
        if (!Files.exists(path)) {
          throw new UserError(path + " does not exist; give image files, or folders of them");
        }
        try (Stream<Path> files = Files.walk(path)) {
          for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
            Answer answer = api.putImage(file.toString(), Files.readAllBytes(file));
            if (answer.succeeded()) {
              accepted++;
            } else {
              refused.addObject().put("file", file.toString()).put("problem", answer.problem());
            }
          }
        }
      }
      ObjectNode outcome = Json.mapper().createObjectNode().put("accepted", accepted);
      outcome.set("refused", refused);
      print(outcome, Ingest::printText);
      if (!refused.isEmpty()) {
        throw new UserError(
            "%,d of %,d files were refused; the reasons are above"
                .formatted(refused.size(), accepted + refused.size()));
      }
    }

    private static void printText(JsonNode outcome) {
      for (JsonNode refused : outcome.path("refused")) {
        System.out.println(refused.path("file").asText() + ": " + refused.path("problem").asText());
      }
      System.out.printf(
          Locale.ROOT,
          "%,d accepted, %,d refused%n",
          outcome.path("accepted").asInt(),
          outcome.path("refused").size());
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

    @Option(names = "--seed", description = "seed of weights and training")
    private @Nullable Long seed;

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
        throw UserError.usage("--force needs --why: the reason is kept with the release");
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
      if (seed != null) {
        body.put("seed", seed);
      }
      if (like != null) {
        body.put("like", like);
      }
      print(required(api.train(body)), ClientCommands::printRequest);
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
                  Duration.ofSeconds(30))),
          ClientCommands::printRequest);
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
              api.post("/v1/rollback", Map.of("who", user(), "why", why), Duration.ofSeconds(30))),
          ClientCommands::printRequest);
    }
  }

  /** {@code infomax reindex}. */
  @Command(
      name = "reindex",
      mixinStandardHelpOptions = true,
      description = {
        "Builds the index of the live encoder anew with these parameters and makes it live, as in"
            + " any",
        "roll. What is not given is as the indexer is configured. What is given holds for the",
        "generations that follow too, until the next reindex."
      })
  static final class Reindex extends ClientCommand {
    /** The formats as they are typed, for completion. */
    static final class Formats extends ArrayList<String> {
      Formats() {
        super(List.of("float32", "int8"));
      }
    }

    @Option(names = "--shards", description = "Lucene indexes, a divisor of the 12 partitions")
    private @Nullable Long shards;

    @Option(
        names = "--max-conn",
        description = "neighbours of a vector in the graph, 4 to 128 (HNSW's M)")
    private @Nullable Long maxConn;

    @Option(
        names = "--beam-width",
        description = "candidates for those neighbours, --max-conn to 1000 (efConstruction)")
    private @Nullable Long beamWidth;

    @Option(
        names = "--vector-format",
        completionCandidates = Formats.class,
        description = {
          "${COMPLETION-CANDIDATES}: with int8 a search reads a quarter of the bytes; scores stay",
          "those of the float32 vectors"
        })
    private @Nullable String vectorFormat;

    @Option(names = "--why", description = "reason, kept with the request")
    private @Nullable String why;

    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      Map<String, Object> body = new HashMap<>();
      body.put("who", user());
      body.put("why", why == null ? "asked on the command line" : why);
      put(body, "shards", shards);
      put(body, "maxConn", maxConn);
      put(body, "beamWidth", beamWidth);
      put(body, "vectorFormat", vectorFormat);
      print(
          required(api.post("/v1/reindex", body, Duration.ofSeconds(30))),
          request ->
              System.out.printf(
                  "asked as request %s; infomax generations shows how far it is%n",
                  request.path("id").asText()));
    }

    private static void put(Map<String, Object> body, String name, @Nullable Object value) {
      if (value != null) {
        body.put(name, value);
      }
    }
  }

  static void printRequest(JsonNode request) {
    String id = request.path("id").asText();
    System.out.printf(
        "asked as request %s; infomax status --request %s shows what comes of it%n", id, id);
  }
}
