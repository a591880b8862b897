package infomax.standalone.command;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.standalone.UserError;
import infomax.standalone.client.ApiClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code infomax search}. */
@Command(
    name = "search",
    mixinStandardHelpOptions = true,
    description =
        "Finds the nearest images to an image file, to an indexed image, or to several of them.")
final class SearchCommand extends ClientCommand {

  @Parameters(index = "0", arity = "0..1", paramLabel = "IMAGE", description = "an image file")
  private @Nullable Path image;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description = "an indexed image, which is its own first hit")
  private @Nullable String id;

  @Option(
      names = "--like",
      paramLabel = "ID",
      description = "an indexed image to find more of, itself no hit; may be repeated")
  private List<String> like = List.of();

  @Option(
      names = {"-k", "--k"},
      paramLabel = "N",
      defaultValue = "10",
      description = "hits (default: ${DEFAULT-VALUE})")
  private int k;

  @Option(
      names = "--filter",
      paramLabel = "KEY=VALUE",
      description = {
        "metadata that hits have, or a condition or filter in JSON; repeated ones hold together.",
        "A number, true or false is compared as such; put it in double quotes for a text"
      })
  private List<String> filter = List.of();

  @Option(
      names = "--min-score",
      paramLabel = "SCORE",
      description = "least score of a hit; with cosine -1 to 1")
  private @Nullable Double minScore;

  @Option(
      names = "--group-by",
      paramLabel = "KEY",
      description = "metadata key whose values the hits are grouped by; -k counts the groups")
  private @Nullable String groupBy;

  @Option(names = "--exact", description = "score every image instead of walking the graph")
  private boolean exact;

  @Option(
      names = "--offset",
      paramLabel = "N",
      description = "hits to skip, for the next page; needs --generation")
  private @Nullable Integer offset;

  @Option(
      names = "--generation",
      paramLabel = "G",
      description = "generation that has to answer, as the first page named it")
  private @Nullable Integer generation;

  @Option(
      names = "--as-of",
      paramLabel = "WHEN",
      description = {
        "answer as it was: the publication an answer names, or a time such as 2026-01-31T12:00:00Z;",
        "what was replaced is kept for ten minutes"
      })
  private @Nullable String asOf;

  @Override
  void run(ApiClient api) throws IOException, InterruptedException {
    print(
        required(api.post("/v1/search", body(), Duration.ofSeconds(30))), SearchCommand::printText);
  }

  private Map<String, Object> body() throws IOException {
    int queries = (image == null ? 0 : 1) + (id == null ? 0 : 1) + (like.isEmpty() ? 0 : 1);
    if (queries != 1) {
      throw UserError.usage("give one of an image file, --id ID, --like ID");
    }
    if (offset != null && generation == null) {
      throw UserError.usage(
          "--offset needs --generation: that of the first page's answer, so that all pages come"
              + " from one");
    }
    Map<String, Object> body = new LinkedHashMap<>();
    if (image != null) {
      body.put("image", Base64.getEncoder().encodeToString(read(image)));
    } else if (id != null) {
      body.put("id", id);
    } else {
      body.put("examples", Map.of("positive", like));
    }
    body.put("k", k);
    putIfGiven(body, "minScore", minScore);
    putIfGiven(body, "groupBy", groupBy);
    putIfGiven(body, "offset", offset);
    putIfGiven(body, "generation", generation);
    putIfGiven(body, "asOf", asOf);
    if (!filter.isEmpty()) {
      body.put("filter", FilterOption.of(filter));
    }
    if (exact) {
      body.put("exact", true);
    }
    return body;
  }

  private static void putIfGiven(Map<String, Object> body, String name, @Nullable Object value) {
    if (value != null) {
      body.put(name, value);
    }
  }

  private static byte[] read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new UserError(file + " is no file; give an image file, or --id ID for an indexed one");
    }
    return Files.readAllBytes(file);
  }

  private static void printText(JsonNode answer) {
    for (JsonNode group : answer.path("groups")) {
      System.out.println(group.path("value"));
      printHits(group.path("hits"));
    }
    printHits(answer.path("hits"));
    System.out.printf(
        Locale.ROOT,
        "encoder %s (%s), generation %d, publication %s, %,d images, %s%s, lag %s, %.1f ms%n",
        answer.path("encoder").path("version").asText(),
        answer.path("encoder").path("verdict").asText(),
        answer.path("generation").asInt(),
        answer.path("publication").asText(),
        answer.path("images").asLong(),
        answer.has("matches")
            ? String.format(Locale.ROOT, "%,d match, ", answer.path("matches").asLong())
            : "",
        answer.path("exact").asBoolean() ? "exact" : "approximate",
        answer.path("lag").asText(),
        answer.path("took").asDouble());
  }

  private static void printHits(JsonNode hits) {
    for (JsonNode hit : hits) {
      System.out.printf(
          Locale.ROOT,
          "%8.4f  %s  %s%n",
          hit.path("score").asDouble(),
          hit.path("id").asText(),
          hit.path("metadata"));
    }
  }
}
