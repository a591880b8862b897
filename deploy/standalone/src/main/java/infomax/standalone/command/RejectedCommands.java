package infomax.standalone.command;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.standalone.UserError;
import infomax.standalone.client.ApiClient;
import infomax.standalone.client.ApiClient.Answer;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code infomax rejected} and its subcommands. */
final class RejectedCommands {

  private static final Duration REPLAY_TIMEOUT = Duration.ofSeconds(90);

  private RejectedCommands() {}

  /** {@code infomax rejected}. */
  @Command(
      name = "rejected",
      mixinStandardHelpOptions = true,
      description =
          "Lists the images refused last, the newest first, each with its offset and its reason;"
              + " see its subcommands for more of one.",
      subcommands = {Newest.class, Show.class, Replay.class, Purge.class})
  static final class Rejected extends ClientCommand {
    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      print(required(api.get("/v1/rejected")), RejectedCommands::printNewest);
    }
  }

  /** {@code infomax rejected list}, the same by its full name. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the images refused last, the newest first.")
  static final class Newest extends ClientCommand {
    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      print(required(api.get("/v1/rejected")), RejectedCommands::printNewest);
    }
  }

  /** {@code infomax rejected show}. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Shows why one was refused, where it came from, and what came with it.")
  static final class Show extends ClientCommand {
    @Parameters(index = "0", paramLabel = "OFFSET", description = "offset, as the list shows it")
    private long offset;

    @Option(names = "--save", paramLabel = "FILE", description = "file to save its bytes to")
    private @Nullable Path save;

    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      JsonNode letter = required(api.get("/v1/rejected/" + offset));
      print(letter, Show::printText);
      if (save != null) {
        Answer content = api.get("/v1/rejected/" + offset + "/content");
        if (!content.succeeded()) {
          throw new UserError(content.problem());
        }
        Files.write(save, content.body());
        System.err.printf(Locale.ROOT, "%,d bytes saved to %s%n", content.body().length, save);
      }
    }

    private static void printText(JsonNode letter) {
      line("offset", letter.path("offset").asText());
      line("at", letter.path("at").asText());
      line("key", textOrBase64(letter, "key"));
      line("image", letter.path("id").asText("-"));
      line("reason", letter.path("reason").asText() + ": " + letter.path("message").asText());
      line("stage", letter.path("stage").asText());
      JsonNode origin = letter.path("origin");
      line(
          "origin",
          "%s, partition %d, offset %d"
              .formatted(
                  origin.path("topic").asText(),
                  origin.path("partition").asInt(),
                  origin.path("offset").asLong()));
      JsonNode bytes = letter.path("bytes");
      line(
          "bytes",
          bytes.isNumber() ? String.format(Locale.ROOT, "%,d", bytes.asInt()) : "not kept");
      for (JsonNode header : letter.path("headers")) {
        line("header", header.path("name").asText() + ": " + textOrBase64(header, "value"));
      }
    }

    private static void line(String name, String value) {
      System.out.printf("%-7s %s%n", name, value);
    }

    private static String textOrBase64(JsonNode node, String name) {
      JsonNode base64 = node.path(name + "Base64");
      return base64.isTextual() ? base64.asText() + " (base64)" : node.path(name).asText("-");
    }
  }

  /** {@code infomax rejected replay}. */
  @Command(
      name = "replay",
      mixinStandardHelpOptions = true,
      description = {
        "Sends the original key, headers and bytes to images.uploads once more.",
        "Refused if the image was written or deleted since, unless --force says otherwise."
      })
  static final class Replay extends ClientCommand {
    @Parameters(index = "0", paramLabel = "OFFSET", description = "offset, as the list shows it")
    private long offset;

    @Option(names = "--force", description = "replay even over later changes of the image")
    private boolean force;

    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      String path = "/v1/rejected/" + offset + "/replay" + (force ? "?force=true" : "");
      print(required(api.post(path, Map.of(), REPLAY_TIMEOUT)), Replay::printText);
    }

    private static void printText(JsonNode answer) {
      JsonNode upload = answer.path("upload");
      System.out.printf(
          "sent as %s, partition %d, offset %d; infomax rejected shows it again if it is refused%n",
          upload.path("topic").asText(),
          upload.path("partition").asInt(),
          upload.path("offset").asLong());
    }
  }

  /** {@code infomax rejected purge}. */
  @Command(
      name = "purge",
      mixinStandardHelpOptions = true,
      description = "Deletes refused images for good, from the oldest up to an offset or a time.")
  static final class Purge extends ClientCommand {
    @Option(
        names = "--before",
        required = true,
        paramLabel = "OFFSET|TIME",
        description = "the first to keep: its offset, or a time such as 2026-01-31T00:00:00Z")
    private String before = "";

    @Option(names = "--yes", description = "do not ask")
    private boolean yes;

    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      if (!yes) {
        confirm();
      }
      print(
          required(api.deleteAt("/v1/rejected?before=" + ApiClient.encoded(before))),
          Purge::printText);
    }

    @SuppressWarnings("SystemConsoleNull") // JDK 22 to 24 made one without a terminal, 25 does not.
    private void confirm() {
      Console console = System.console();
      if (console == null || !console.isTerminal()) {
        throw UserError.usage("there is no terminal to ask at; --yes purges without asking");
      }
      String answer =
          console.readLine(
              "Delete every refused image before %s for good, with its bytes? [y/N] ", before);
      if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).startsWith("y")) {
        throw new UserError("nothing was deleted");
      }
    }

    private static void printText(JsonNode answer) {
      System.out.printf(
          Locale.ROOT,
          "%,d offsets deleted, the first that is kept is %d%n",
          answer.path("offsets").asLong(),
          answer.path("before").asLong());
    }
  }

  private static void printNewest(JsonNode answer) {
    for (JsonNode image : answer.path("rejected")) {
      System.out.printf(
          Locale.ROOT,
          "%d  %s  %s  %s: %s%n",
          image.path("offset").asLong(),
          image.path("at").asText(),
          image.path("key").asText("-"),
          image.path("reason").asText(),
          image.path("message").asText());
    }
  }
}
