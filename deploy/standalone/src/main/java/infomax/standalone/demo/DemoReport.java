package infomax.standalone.demo;

import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.Json;
import infomax.events.Topic;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.imaging.UndecodableImageException;
import infomax.runtime.kafka.Topics;
import infomax.standalone.StandaloneSystem;
import infomax.standalone.UserError;
import infomax.standalone.demo.DemoSummary.PrecisionRow;
import infomax.standalone.demo.DemoSummary.TrainingRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** Evaluates a run of the demo once its stream has stopped and everything is searchable. */
final class DemoReport {

  private final StandaloneSystem system;
  private final ControlState state;
  private final ReleaseEncoders encoders;
  private final int inputSize;

  DemoReport(StandaloneSystem system, ControlState state, ReleaseEncoders encoders, int inputSize) {
    this.system = system;
    this.state = state;
    this.encoders = encoders;
    this.inputSize = inputSize;
  }

  /**
   * Reads log and index once more, each on its own, and gathers everything that was measured.
   *
   * @param complete false if the run ended early
   */
  DemoSummary summary(
      boolean complete,
      UploadStream stream,
      double firstAnswerSeconds,
      FreshnessProbe freshness,
      QueryLoad queries,
      RollWindow window,
      AnswerCheck check)
      throws IOException {
    LogContents log = LogContents.read(system.clients());
    Map<ImageId, Digest> indexed = LiveContents.read(system.store(), state);
    List<EncoderRelease> live = EncoderCampaign.live(state);
    return new DemoSummary(
        DemoSummary.SCHEMA,
        complete,
        stream.acknowledgedIds(),
        rejected(),
        stream.deletedIds(),
        log.images().size(),
        indexed.size(),
        log.images().entrySet().stream()
            .filter(entry -> !entry.getValue().digest().equals(indexed.get(entry.getKey())))
            .count(),
        indexed.keySet().stream().filter(id -> !log.images().containsKey(id)).count(),
        firstAnswerSeconds,
        boxed(freshness.quantileMillis(0.5)),
        boxed(freshness.quantileMillis(0.99)),
        freshness.samples(),
        queries.sent(),
        queries.quantileMicros(0.99).stream()
            .mapToObj(micros -> micros / 1e3)
            .findFirst()
            .orElse(null),
        queries.failed(),
        window.queriesDuring(),
        window.imagesDuring(),
        check.checked(),
        check.mixed(),
        embedImagesPerSecond(live),
        live.size(),
        trainings(),
        precision(log, live));
  }

  /** Writes the summary as one JSON object. */
  static void write(DemoSummary summary, Path file) {
    try {
      Files.write(file, Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(summary));
    } catch (IOException e) {
      throw new UserError("the summary could not be written to " + file + ": " + e.getMessage(), e);
    }
  }

  /** Freshness in words; both are empty as long as nothing has come in since the first answer. */
  static String freshness(OptionalLong p50Millis, OptionalLong p99Millis) {
    return p50Millis.isEmpty() || p99Millis.isEmpty()
        ? "no image since the first answer to tell freshness by"
        : "freshness p50 %d ms, p99 %d ms".formatted(p50Millis.getAsLong(), p99Millis.getAsLong());
  }

  private static OptionalLong millis(@Nullable Long millis) {
    return millis == null ? OptionalLong.empty() : OptionalLong.of(millis);
  }

  /** Tells the summary in a few lines. */
  void print(Narrator narrator, DemoSummary summary, List<String> queryFailures) {
    narrator.say(
        "%,d ids sent, %,d rejected, %,d deleted; %,d in the log, %,d in the index, %d missing, %d extra",
        summary.imagesProduced(),
        summary.imagesRejected(),
        summary.imagesDeleted(),
        summary.imagesInLog(),
        summary.imagesIndexed(),
        summary.idsMissing(),
        summary.idsExtra());
    narrator.say(
        "%,d queries, %d failed; %,d answers checked, %d mixed; %s",
        summary.queries(),
        summary.queriesFailed(),
        summary.answersChecked(),
        summary.answersMixed(),
        freshness(millis(summary.freshnessP50Ms()), millis(summary.freshnessP99Ms())));
    queryFailures.forEach(failure -> narrator.say("failed query: %s", failure));
    PrecisionRow precision = summary.precisionAt10();
    if (precision != null) {
      narrator.say(
          "precision@10 of %d held-out queries among %,d: pixels %.3f, untrained %s, encoder 1 %s, encoder 2 %s",
          precision.queries(),
          precision.gallery(),
          precision.pixels(),
          figure(precision.untrained()),
          figure(precision.encoder1()),
          figure(precision.encoder2()));
    }
  }

  private long rejected() {
    try (Admin admin = system.clients().admin("demo-rejected")) {
      return RecordCount.of(system.clients(), Topic.REJECTED, new Topics(admin));
    }
  }

  private @Nullable Double embedImagesPerSecond(List<EncoderRelease> live) {
    if (live.size() < EncoderCampaign.ENCODERS) {
      return null;
    }
    IndexGeneration generation =
        EncoderCampaign.generationOf(state, live.get(1).version()).orElseThrow();
    IndexGeneration.Verification verification = generation.verification();
    Map<GenerationState, java.time.Instant> entered = new TreeMap<>();
    generation.history().forEach(step -> entered.putIfAbsent(step.state(), step.at()));
    java.time.Instant caughtUp = entered.get(GenerationState.CAUGHT_UP);
    java.time.Instant began = entered.get(GenerationState.BUILDING);
    if (verification == null || caughtUp == null || began == null) {
      return null;
    }
    double seconds = Math.max(1, Duration.between(began, caughtUp).toMillis()) / 1e3;
    return verification.images() / seconds;
  }

  private List<TrainingRow> trainings() {
    return state.encoders().values().stream()
        .filter(release -> release.training() != null && release.snapshot() != null)
        .map(DemoReport::row)
        .toList();
  }

  private static TrainingRow row(EncoderRelease release) {
    EncoderRelease.TrainingSummary training = java.util.Objects.requireNonNull(release.training());
    EncoderRelease.SnapshotSummary snapshot = java.util.Objects.requireNonNull(release.snapshot());
    return new TrainingRow(
        release.version(),
        release.onnx(),
        release.preset(),
        snapshot.images(),
        training.imagesSeen(),
        training.seconds(),
        training.imagesPerSecond(),
        training.lossFirst(),
        training.lossLast(),
        release.verdict().name().toLowerCase(Locale.ROOT),
        release.reasons());
  }

  private @Nullable PrecisionRow precision(LogContents log, List<EncoderRelease> live)
      throws IOException {
    Optional<RetrievalComparison> comparison = RetrievalComparison.of(log.images());
    if (comparison.isEmpty()) {
      return null;
    }
    RetrievalComparison same = comparison.get();
    try {
      return new PrecisionRow(
          state.encoders().containsKey(0) ? same.precisionAt10(encoders.open(0)) : null,
          live.isEmpty() ? null : same.precisionAt10(encoders.open(live.get(0).version())),
          live.size() < 2 ? null : same.precisionAt10(encoders.open(live.get(1).version())),
          same.precisionAt10OfPixels(inputSize),
          same.queries(),
          same.gallery());
    } catch (UndecodableImageException e) {
      throw new IOException("an image of the log cannot be decoded", e);
    }
  }

  private static String figure(@Nullable Double value) {
    return value == null ? "-" : String.format(Locale.ROOT, "%.3f", value);
  }

  private static @Nullable Long boxed(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }
}
