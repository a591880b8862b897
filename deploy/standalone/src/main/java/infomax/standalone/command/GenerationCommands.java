package infomax.standalone.command;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.standalone.client.ApiClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands about generations and their way to go live. */
final class GenerationCommands {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private GenerationCommands() {}

  /** {@code infomax generations}. */
  @Command(
      name = "generations",
      mixinStandardHelpOptions = true,
      description = "Lists the index generations, the newest first, and why each is where it is.",
      subcommands = Show.class)
  static final class Generations extends ClientCommand {
    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      print(required(api.get("/v1/generations")), Generations::printText);
    }

    /** Such as {@code int8 M=16 ef=100}, and the number of shards where there are several. */
    private static String index(JsonNode index) {
      int shards = index.path("shards").asInt();
      return "%s M=%d ef=%d%s"
          .formatted(
              index.path("vectorFormat").asText(),
              index.path("maxConn").asInt(),
              index.path("beamWidth").asInt(),
              shards == 1 ? "" : " shards=" + shards);
    }

    private static void printText(JsonNode answer) {
      System.out.printf(
          "%-10s  %-7s  %-9s  %-22s  %s%n", "generation", "encoder", "state", "index", "since");
      for (JsonNode generation : answer.path("generations")) {
        System.out.printf(
            Locale.ROOT,
            "%-10d  %-7d  %-9s  %-22s  %s: %s%n",
            generation.path("number").asInt(),
            generation.path("encoderVersion").asInt(),
            generation.path("state").asText(),
            index(generation.path("index")),
            generation.path("since").asText(),
            generation.path("waitsFor").isTextual()
                ? generation.path("waitsFor").asText()
                : generation.path("reason").asText());
      }
      JsonNode live = answer.path("live");
      if (live.isObject()) {
        System.out.printf(
            "generation %s is live%s, automatic rolls are %s%n",
            live.path("generation").asText(),
            live.path("previous").isNumber()
                ? ", " + live.path("previous").asText() + " is there to roll back to"
                : "",
            live.path("automaticRolls").asBoolean() ? "on" : "off");
      }
    }
  }

  /** {@code infomax generations show}. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = {
        "Shows the steps of a generation, its verification, and how it would have answered recent",
        "queries beside the generation live then."
      })
  static final class Show extends ClientCommand {
    @Parameters(index = "0", description = "number of the generation")
    private int number;

    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      print(required(api.get("/v1/generations/" + number)), Show::printText);
    }

    private static void printText(JsonNode generation) {
      line(
          "generation %s with encoder %s is %s",
          generation.path("number").asText(),
          generation.path("encoderVersion").asText(),
          generation.path("state").asText());
      for (JsonNode step : generation.path("history")) {
        line(
            "  %s  %-9s  %s",
            step.path("at").asText(), step.path("state").asText(), step.path("reason").asText());
      }
      JsonNode verification = generation.path("verification");
      if (verification.isObject()) {
        line(
            "verification: %s, %,d images, recall@10 %.3f, golden images cosine >= %.4f",
            verification.path("passed").asBoolean() ? "passed" : "failed",
            verification.path("images").asLong(),
            verification.path("recallAt10").asDouble(),
            verification.path("goldenCosineMin").asDouble());
      }
      shadow(generation.path("shadow"));
      if (generation.path("waitsFor").isTextual()) {
        line("%s: infomax promote or reject it", generation.path("waitsFor").asText());
      }
    }

    private static void shadow(JsonNode shadow) {
      if (!shadow.isObject()) {
        return;
      }
      line(
          "live queries, beside generation %s: %s",
          shadow.path("live").asText(), shadow.path("detail").asText());
      JsonNode figures = shadow.path("figures");
      if (figures.isObject()) {
        line(
            "  overlap@10 %.3f, rank-biased overlap %.3f",
            figures.path("overlapAt10").asDouble(), figures.path("rankBiasedOverlap").asDouble());
        line(
            "  latency: median %.1f ms, it was %.1f ms; p99 %.1f ms, it was %.1f ms",
            figures.path("candidateLatency").path("medianMillis").asDouble(),
            figures.path("liveLatency").path("medianMillis").asDouble(),
            figures.path("candidateLatency").path("p99Millis").asDouble(),
            figures.path("liveLatency").path("p99Millis").asDouble());
      }
    }

    private static void line(String format, Object... values) {
      System.out.printf(Locale.ROOT, format + "%n", values);
    }
  }

  /** {@code infomax promote}. */
  @Command(
      name = "promote",
      mixinStandardHelpOptions = true,
      description = {
        "Makes a generation live that stands by or is verified, which is also how one that waits for",
        "approval is approved. Automatic rolls resume."
      })
  static final class Promote extends GenerationRequest {
    Promote() {
      super("promote");
    }
  }

  /** {@code infomax reject}. */
  @Command(
      name = "reject",
      mixinStandardHelpOptions = true,
      description = {
        "Ends a generation that is on its way to go live. Its encoder, unless it is the live one, is",
        "not rolled by itself again."
      })
  static final class Reject extends GenerationRequest {
    Reject() {
      super("reject");
    }
  }

  /** {@code infomax pause}. */
  @Command(
      name = "pause",
      mixinStandardHelpOptions = true,
      description = {
        "Lets nothing be indexed, and no roll go on, until infomax resume. Searches are answered and",
        "uploads taken meanwhile."
      })
  static final class Pause extends ClientCommand {
    @Option(names = "--why", required = true, description = "reason, kept with the request")
    private String why = "";

    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      ask(api, this, "/v1/pause", why);
    }
  }

  /** {@code infomax resume}. */
  @Command(
      name = "resume",
      mixinStandardHelpOptions = true,
      description = "Lets indexing go on where infomax pause stopped it.")
  static final class Resume extends ClientCommand {
    @Option(names = "--why", description = "reason, kept with the request")
    private String why = "asked on the command line";

    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      ask(api, this, "/v1/resume", why);
    }
  }

  /** A request about one generation. */
  abstract static class GenerationRequest extends ClientCommand {
    private final String verb;

    @Parameters(index = "0", description = "number of the generation")
    private int number;

    @Option(names = "--why", required = true, description = "reason, kept with the request")
    private String why = "";

    GenerationRequest(String verb) {
      this.verb = verb;
    }

    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      ask(api, this, "/v1/generations/" + number + "/" + verb, why);
    }
  }

  private static void ask(ApiClient api, ClientCommand command, String path, String why)
      throws IOException, InterruptedException {
    command.print(
        ClientCommand.required(
            api.post(path, Map.of("who", ClientCommand.user(), "why", why), TIMEOUT)),
        ClientCommands::printRequest);
  }
}
