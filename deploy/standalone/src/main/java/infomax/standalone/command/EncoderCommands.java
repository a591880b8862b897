package infomax.standalone.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import infomax.events.Json;
import infomax.standalone.UserError;
import infomax.standalone.client.ApiClient;
import infomax.standalone.client.ApiClient.Answer;
import infomax.trainer.evaluation.Neighbours.Metric;
import infomax.trainer.evaluation.Overlap;
import infomax.trainer.export.OnnxFile;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.release.NeighbourSheet;
import infomax.trainer.statistics.VectorSet;
import infomax.trainer.training.EncoderEmbedder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code infomax encoders} and its subcommands. */
final class EncoderCommands {

  private static final String FIGURE = "precisionAt10Cosine";
  private static final String UNLABELLED_FIGURE = "ownViewHitAt1";
  private static final String ENCODER = "onnx";
  private static final int IMAGES_MAX = 2_000;
  private static final int NEIGHBOURS = 10;
  private static final String OVERLAP = "overlapAt10";
  private static final int SHEET_SIDE = 64;
  private static final long SHEET_SEED = 1;

  private EncoderCommands() {}

  /** {@code infomax encoders}: one line for each release. */
  @Command(
      name = "encoders",
      mixinStandardHelpOptions = true,
      description = "Lists the encoder releases; see its subcommands for more of one or two.",
      subcommands = {Show.class, Compare.class})
  static final class Encoders extends ClientCommand {
    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      print(required(api.get("/v1/encoders")), Encoders::printText);
    }

    private static void printText(JsonNode answer) {
      System.out.printf(
          "%-7s  %-10s  %-12s  %-10s  %s%n",
          "encoder", "verdict", "preset", "generation", "figure");
      for (JsonNode encoder : answer.path("encoders")) {
        System.out.printf(
            Locale.ROOT,
            "%-7d  %-10s  %-12s  %-10s  %s%n",
            encoder.path("version").asInt(),
            encoder.path("verdict").asText(),
            encoder.path("preset").asText(),
            generations(encoder),
            figure(encoder));
      }
    }

    private static String generations(JsonNode encoder) {
      StringBuilder states = new StringBuilder();
      for (JsonNode generation : encoder.path("generations")) {
        states.append(states.isEmpty() ? "" : ", ").append(generation.path("state").asText());
      }
      return states.isEmpty() ? "-" : states.toString();
    }

    private static String figure(JsonNode encoder) {
      JsonNode candidate = figures(encoder).get("candidate");
      if (candidate == null) {
        return "-";
      }
      return candidate.has(FIGURE)
          ? String.format(Locale.ROOT, "precision@10 %.3f", candidate.path(FIGURE).asDouble())
          : String.format(
              Locale.ROOT, "own-view hit@1 %.3f", candidate.path(UNLABELLED_FIGURE).asDouble());
    }
  }

  /** {@code infomax encoders show}. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Shows how a release was trained, what was measured of it, and the verdict.")
  static final class Show extends ClientCommand {
    @Parameters(index = "0", description = "version of the release")
    private int version;

    @Option(names = "--save", description = "folder to save its sheets, curves and files to")
    private @Nullable Path save;

    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      JsonNode encoder = encoder(api, version);
      print(encoder, Show::printText);
      if (save != null) {
        for (Path file : saveArtifacts(api, encoder, save)) {
          System.err.println("saved " + file);
        }
      }
    }

    private static void printText(JsonNode encoder) {
      PrintStream out = System.out;
      out.printf(
          "encoder %d: %s, preset %s, %s%n",
          encoder.path("version").asInt(),
          encoder.path("verdict").asText(),
          encoder.path("preset").asText(),
          encoder.path("warmStartedFrom").isNull()
              ? "trained from scratch"
              : "went on from encoder " + encoder.path("warmStartedFrom").asInt());
      for (JsonNode reason : encoder.path("reasons")) {
        out.println("  " + reason.asText());
      }
      JsonNode training = encoder.path("training");
      if (!training.isNull()) {
        out.printf(
            Locale.ROOT,
            "%,d images seen in %.0f s, of a snapshot of %,d; loss %.3f at first, %.3f at last%n",
            training.path("imagesSeen").asLong(),
            training.path("seconds").asDouble(),
            encoder.path("snapshot").path("images").asLong(),
            training.path("lossFirst").asDouble(),
            training.path("lossLast").asDouble());
      }
      JsonNode repetition = encoder.path("configuration").path("repetition");
      if (repetition.isTextual()) {
        out.println(repetition.asText());
      }
      JsonNode int8 = encoder.path("int8");
      if (int8.isObject()) {
        out.printf(
            "int8 %s: %s%n",
            int8.path("onnx").isNull() ? "not offered" : "offered", int8.path("reason").asText());
      }
      table(figures(encoder));
    }

    private List<Path> saveArtifacts(ApiClient api, JsonNode encoder, Path folder)
        throws IOException, InterruptedException {
      Files.createDirectories(folder);
      List<Path> saved = new ArrayList<>();
      for (JsonNode artifact : encoder.path("artifacts")) {
        String name = artifact.path("name").asText();
        String ending =
            switch (artifact.path("contentType").asText()) {
              case "image/png" -> "-" + name + ".png";
              case "application/json" -> "-" + name + ".json";
              default -> name.equals(ENCODER) ? "." + name : "-" + name;
            };
        Path file = folder.resolve("encoder-" + version + ending);
        saved.add(Files.write(file, artifact(api, version, name)));
      }
      return saved;
    }
  }

  /** {@code infomax encoders compare}. */
  @Command(
      name = "compare",
      mixinStandardHelpOptions = true,
      description = {
        "Puts the figures of two releases side by side. Each was measured on the held-out images of",
        "its own training; pixels and random weights say how much the images differ. With --images",
        "both embed the same images: how many of each one's ten nearest they agree on is told, and",
        "--save draws what they find, side by side."
      })
  static final class Compare extends ClientCommand {
    @Parameters(index = "0", description = "version of a release")
    private int one;

    @Parameters(index = "1", description = "version of another")
    private int other;

    @Option(
        names = "--images",
        description = {
          "folder, .tar, .tar.gz or CIFAR-10 .bin file; of more than 2,000 images as many are drawn,",
          "the same ones every time"
        })
    private @Nullable Path images;

    @Option(names = "--save", description = "PNG file for the sheets, needs --images")
    private @Nullable Path save;

    @Override
    void run(ApiClient api) throws IOException, InterruptedException {
      if (save != null && images == null) {
        throw UserError.usage("--save needs --images: say which images to draw");
      }
      Map<String, JsonNode> columns = new LinkedHashMap<>();
      for (int version : List.of(one, other)) {
        Map<String, JsonNode> figures = figures(encoder(api, version));
        if (figures.isEmpty() && images == null) {
          throw new UserError(
              "encoder %d was not measured, since it was not trained: say with --images what to"
                      .formatted(version)
                  + " compare on");
        }
        figures.forEach(
            (row, values) -> {
              if (!row.equals("live")) {
                columns.put(version + (row.equals("candidate") ? "" : "/" + row), values);
              }
            });
      }
      ObjectNode comparison = Json.mapper().createObjectNode();
      comparison.putObject("figures").setAll(columns);
      if (images != null) {
        comparison.setAll(compareOn(images, api));
      }
      print(comparison, Compare::printText);
    }

    private static void printText(JsonNode comparison) {
      Map<String, JsonNode> columns = new LinkedHashMap<>();
      comparison
          .path("figures")
          .properties()
          .forEach(each -> columns.put(each.getKey(), each.getValue()));
      table(columns);
      if (comparison.has(OVERLAP)) {
        System.out.printf(
            Locale.ROOT,
            "overlap@%d on %,d images: %.3f%n",
            NEIGHBOURS,
            comparison.path("images").asInt(),
            comparison.path(OVERLAP).asDouble());
      }
    }

    private ObjectNode compareOn(Path path, ApiClient api)
        throws IOException, InterruptedException {
      JsonNode left = encoder(api, one);
      JsonNode right = encoder(api, other);
      SortedSet<Integer> sides =
          new TreeSet<>(
              List.of(left.path("inputSize").asInt(), right.path("inputSize").asInt(), SHEET_SIDE));
      ImageSample sample = ImageSample.read(path, sides, IMAGES_MAX);
      if (sample.count() <= NEIGHBOURS) {
        throw new UserError(
            "%s holds %d images, expected more than %d"
                .formatted(path, sample.count(), NEIGHBOURS));
      }
      VectorSet ones = embeddings(api, left, sample);
      VectorSet others = embeddings(api, right, sample);
      if (save != null) {
        Files.write(
            save,
            NeighbourSheet.png(
                sample.pixels(SHEET_SIDE), SHEET_SIDE, ones, others, Metric.COSINE, SHEET_SEED));
        System.err.printf("saved %s, encoder %d at the left, %d at the right%n", save, one, other);
      }
      return Json.mapper()
          .createObjectNode()
          .put("images", sample.count())
          .put(OVERLAP, Overlap.at(NEIGHBOURS, ones, others));
    }

    private static VectorSet embeddings(ApiClient api, JsonNode encoder, ImageSample sample)
        throws IOException, InterruptedException {
      NetworkShape shape =
          new NetworkShape(encoder.path("inputSize").asInt(), encoder.path("dimensions").asInt());
      OnnxFile onnx = OnnxFile.of(artifact(api, encoder.path("version").asInt(), ENCODER));
      int threads = Runtime.getRuntime().availableProcessors();
      try (EncoderEmbedder embedder = EncoderEmbedder.open(onnx, shape, threads)) {
        return embedder.embed(sample.pixels(shape.inputSize()));
      }
    }
  }

  private static byte[] artifact(ApiClient api, int version, String name)
      throws IOException, InterruptedException {
    Answer answer = api.get("/v1/encoders/" + version + "/artifacts/" + ApiClient.encoded(name));
    if (!answer.succeeded()) {
      throw new UserError(answer.problem());
    }
    return answer.body();
  }

  private static JsonNode encoder(ApiClient api, int version)
      throws IOException, InterruptedException {
    return ClientCommand.required(api.get("/v1/encoders/" + version));
  }

  /** Figures by name of what was measured, in the release's order. */
  private static Map<String, JsonNode> figures(JsonNode encoder) {
    Map<String, JsonNode> figures = new LinkedHashMap<>();
    for (JsonNode row : encoder.path("evaluation")) {
      figures.put(row.path("name").asText(), row.path("figures"));
    }
    return figures;
  }

  private static void table(Map<String, JsonNode> columns) {
    SortedSet<String> names = new TreeSet<>();
    columns.values().forEach(figures -> figures.fieldNames().forEachRemaining(names::add));
    if (names.isEmpty()) {
      return;
    }
    StringBuilder header = new StringBuilder(String.format("%-24s", ""));
    columns.keySet().forEach(column -> header.append(String.format("  %16s", column)));
    System.out.println(header);
    for (String name : names) {
      StringBuilder line = new StringBuilder(String.format("%-24s", name));
      for (JsonNode figures : columns.values()) {
        line.append(
            figures.has(name)
                ? String.format(Locale.ROOT, "  %16.4f", figures.path(name).asDouble())
                : String.format("  %16s", "-"));
      }
      System.out.println(line);
    }
  }
}
