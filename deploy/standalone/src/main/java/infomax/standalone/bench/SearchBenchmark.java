package infomax.standalone.bench;

import infomax.events.control.ControlState;
import infomax.standalone.demo.UploadStream;
import infomax.store.ObjectStore;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How fast the whole system answers searches for ten neighbours, by id and by image, with its
 * clients on the same machine: at rest, and while images stream in.
 */
public final class SearchBenchmark {

  private static final long STREAM_FROM = 1L << 40;
  private static final long QUERIES_FROM = 1L << 41;
  private static final int QUESTIONS = 2_000;

  private final Options options;
  private final Consumer<String> progress;

  /** A benchmark that tells {@code progress} what it does. */
  public SearchBenchmark(Options options, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
  }

  /**
   * What to measure.
   *
   * @param vectors images in the index
   * @param fill how they get there
   * @param clients searches at the same time
   * @param rate images per second that stream in during the second half; 0 for no second half
   * @param measured time of each of the two or four loads
   * @param warmUp unmeasured time before each load
   * @param recallQueries searches per kind that are compared with exact search
   * @param seed of images and choices
   */
  public record Options(
      long vectors,
      Fill fill,
      int clients,
      double rate,
      Duration measured,
      Duration warmUp,
      int recallQueries,
      long seed) {}

  /** How the index is filled. */
  public enum Fill {
    /** Through {@code images.uploads}, ingest, log, indexer: nothing is gone around. */
    STREAM,
    /** By the production writer and publisher alone; see {@link PublisherFill}. */
    PUBLISHER
  }

  /**
   * What was measured.
   *
   * @param schema 1
   * @param vectors images in the index when the measurement began
   * @param fill how they got there
   * @param clients searches at the same time
   * @param seconds time of each load
   * @param seed of images and choices
   * @param segmentFiles files of the publication that answered
   * @param byId searches for indexed images, at rest
   * @param byImage searches with JPEGs of 32 px that are not indexed, at rest
   * @param recallAt10ById share of the exact ten nearest that is found, at rest
   * @param recallAt10ByImage the same for searches by image
   * @param streaming the same while images stream in; null without a rate
   */
  public record Report(
      int schema,
      long vectors,
      String fill,
      int clients,
      double seconds,
      long seed,
      int segmentFiles,
      SearchLoad.Result byId,
      SearchLoad.Result byImage,
      double recallAt10ById,
      double recallAt10ByImage,
      @Nullable Streaming streaming) {}

  /**
   * What was measured while images streamed in.
   *
   * @param rate images per second asked for
   * @param byId searches for indexed images
   * @param byIdRatio its queries per second over those at rest
   * @param byImage searches by image
   * @param byImageRatio its queries per second over those at rest
   * @param freshnessP99Millis freshness meanwhile; null without samples
   */
  public record Streaming(
      double rate,
      SearchLoad.Result byId,
      double byIdRatio,
      SearchLoad.Result byImage,
      double byImageRatio,
      @Nullable Long freshnessP99Millis) {}

  /**
   * Starts a system, fills it and measures.
   *
   * @param data new folder of everything
   */
  public Report run(Path data) throws IOException, InterruptedException {
    if (options.fill() == Fill.PUBLISHER) {
      try (BenchSystem empty = BenchSystem.start(data)) {
        progress.accept("the first generation is live and empty");
        fillByPublisher(empty, data);
      }
    }
    try (BenchSystem system = BenchSystem.start(data)) {
      if (options.fill() == Fill.STREAM) {
        progress.accept("uploading %,d images".formatted(options.vectors()));
        system.fill(this::images, options.vectors(), options.seed());
      } else {
        system.await(
            "the filled index answers",
            Duration.ofMinutes(10),
            () -> system.images() >= options.vectors());
      }
      return measure(system);
    }
  }

  /** Measures a system that is filled already. */
  Report measure(BenchSystem system) throws IOException, InterruptedException {
    long vectors = system.images();
    progress.accept("%,d images are searchable".formatted(vectors));
    system.awaitRest();
    Questions byId = Questions.byId(system.api(), QUESTIONS, options.seed());
    try (ClusteredImages asked = new ClusteredImages(options.seed(), QUERIES_FROM);
        HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      Questions byImage = Questions.byImage(system.api(), asked, QUESTIONS);
      SearchLoad load = new SearchLoad(http, options.clients(), options.seed());
      SearchLoad.Result idle = load(load, byId, "at rest");
      SearchLoad.Result idleByImage = load(load, byImage, "at rest");
      double recallById = AnsweredRecall.of(system.api(), byId, options.recallQueries());
      double recallByImage = AnsweredRecall.of(system.api(), byImage, options.recallQueries());
      progress.accept("recall@10 %.4f by id, %.4f by image".formatted(recallById, recallByImage));
      int files =
          system.publication().shards().stream().mapToInt(shard -> shard.files().size()).sum();
      Streaming streaming = null;
      if (options.rate() > 0) {
        streaming = streaming(system, load, byId, idle, byImage, idleByImage);
      }
      return new Report(
          1,
          vectors,
          options.fill().name().toLowerCase(Locale.ROOT),
          options.clients(),
          options.measured().toMillis() / 1e3,
          options.seed(),
          files,
          idle,
          idleByImage,
          recallById,
          recallByImage,
          streaming);
    }
  }

  private Streaming streaming(
      BenchSystem system,
      SearchLoad load,
      Questions byId,
      SearchLoad.Result idle,
      Questions byImage,
      SearchLoad.Result idleByImage)
      throws IOException, InterruptedException {
    try (UploadStream stream =
        system.stream(
            () -> new ClusteredImages(options.seed(), STREAM_FROM),
            options.rate(),
            options.seed())) {
      system.freshness().restartMeasuring();
      SearchLoad.Result busy = load(load, byId, "streaming");
      SearchLoad.Result busyByImage = load(load, byImage, "streaming");
      Optional<Exception> failure = stream.failure();
      if (failure.isPresent()) {
        throw new IOException("the stream ended: " + failure.get().getMessage(), failure.get());
      }
      OptionalLong freshness = system.freshness().quantileMillis(0.99);
      return new Streaming(
          options.rate(),
          busy,
          busy.queriesPerSecond() / Math.max(1e-9, idle.queriesPerSecond()),
          busyByImage,
          busyByImage.queriesPerSecond() / Math.max(1e-9, idleByImage.queriesPerSecond()),
          freshness.isPresent() ? freshness.getAsLong() : null);
    }
  }

  private SearchLoad.Result load(SearchLoad load, Questions questions, String when)
      throws IOException, InterruptedException {
    SearchLoad.Result result = load.run(questions, options.warmUp(), options.measured());
    progress.accept(
        "by %s, %s: %.0f queries/s, p50 %.1f ms, p99 %.1f ms, %d failed, %s"
            .formatted(
                questions.kind(),
                when,
                result.queriesPerSecond(),
                result.p50Millis(),
                result.p99Millis(),
                result.failed(),
                result.stageMillis()));
    return result;
  }

  private void fillByPublisher(BenchSystem empty, Path data) throws InterruptedException {
    ControlState state = empty.control();
    ObjectStore store = empty.system().store();
    empty.close();
    new PublisherFill(store, data.resolve("fill"), progress)
        .fill(state, options.vectors(), options.seed());
  }

  private ClusteredImages images() {
    return new ClusteredImages(options.seed(), 0);
  }
}
