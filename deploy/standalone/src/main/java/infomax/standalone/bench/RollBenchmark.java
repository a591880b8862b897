package infomax.standalone.bench;

import infomax.encoder.Encoder;
import infomax.events.ImageId;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexGeneration.Transition;
import infomax.imaging.EncoderPixels;
import infomax.imaging.ImageIntake;
import infomax.imaging.UndecodableImageException;
import infomax.runtime.control.ControlWriter;
import infomax.standalone.UserError;
import infomax.standalone.demo.AnswerCheck;
import infomax.standalone.demo.QueryLoad;
import infomax.standalone.demo.ReleaseEncoders;
import infomax.standalone.demo.UploadStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a roll costs: images stream in and searches are asked at a steady rate, then a further
 * release appears on {@code control}, and the system builds, verifies and serves its generation.
 * The release is the untrained one under the next version, its verdict set to accepted: nothing is
 * trained, and what a roll costs does not depend on the weights.
 */
public final class RollBenchmark {

  private static final Duration ROLL_TIMEOUT = Duration.ofHours(2);
  private static final int BATCH = 16;
  private static final int CHECKED_ONE_IN = 20;
  private static final long STREAM_FROM = 1L << 40;
  private static final long QUERIES_FROM = 1L << 41;
  private static final int QUERY_IMAGES = 300;
  private static final String FETCHED = "infomax_search_fetched_bytes_total";

  private final Options options;
  private final Consumer<String> progress;

  /** A benchmark that tells {@code progress} what it does. */
  public RollBenchmark(Options options, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
  }

  /**
   * What to measure.
   *
   * @param images images in the log when the roll begins
   * @param rate images per second that stream in before and during it
   * @param queryRate searches per second
   * @param idle time at this rate before the roll, to compare with; also the time for which the
   *     encoder alone is measured
   * @param seed of images and choices
   */
  public record Options(long images, double rate, double queryRate, Duration idle, long seed) {}

  /**
   * What was measured.
   *
   * @param schema 1
   * @param images images in the new generation when it was verified
   * @param rate images per second that streamed in
   * @param queryRate searches per second
   * @param seed of images and choices
   * @param rollSeconds from the beginning of the generation to its going live
   * @param buildSeconds of that, until it had caught up with the log
   * @param encoderImagesPerSecond what all indexer threads embed when nothing else runs
   * @param encoderOnlySeconds images over encoderImagesPerSecond
   * @param rollRatio rollSeconds over encoderOnlySeconds
   * @param freshnessIdleP99Millis of the live generation before the roll; null without samples
   * @param freshnessP99Millis of the live generation during the roll
   * @param freshnessSamples images that figure comes from
   * @param queryIdleP99Millis time of a search before the roll
   * @param queryP99Millis time of a search during the roll
   * @param queryRatio the second over the first
   * @param queries searches during the roll
   * @param queriesFailed of those, the ones that failed
   * @param answersChecked answers whose scores were recomputed from the images
   * @param answersMixed of those, the ones whose scores another encoder gave
   * @param fetchedBytesPerMinute what the replica fetched or linked during the roll, candidate
   *     included
   * @param newVectorBytesPerMinute vectors that were new to the replica meanwhile: what streamed
   *     in, and the candidate's
   * @param fetchRatio the first over the second
   */
  public record Report(
      int schema,
      long images,
      double rate,
      double queryRate,
      long seed,
      double rollSeconds,
      double buildSeconds,
      double encoderImagesPerSecond,
      double encoderOnlySeconds,
      double rollRatio,
      @Nullable Long freshnessIdleP99Millis,
      @Nullable Long freshnessP99Millis,
      long freshnessSamples,
      double queryIdleP99Millis,
      double queryP99Millis,
      double queryRatio,
      long queries,
      long queriesFailed,
      int answersChecked,
      int answersMixed,
      double fetchedBytesPerMinute,
      double newVectorBytesPerMinute,
      double fetchRatio) {}

  /**
   * Starts a system, fills it and measures.
   *
   * @param data new folder of everything
   */
  public Report run(Path data) throws IOException, InterruptedException {
    try (BenchSystem system = BenchSystem.start(data)) {
      progress.accept("uploading %,d images".formatted(options.images()));
      system.fill(() -> new ClusteredImages(options.seed(), 0), options.images(), options.seed());
      return measure(system);
    }
  }

  /** Measures a system that is filled already. */
  Report measure(BenchSystem system) throws IOException, InterruptedException {
    EncoderRelease next = next(system);
    double alone = encoderImagesPerSecond(system, next);
    progress.accept("the encoder alone: %.0f images/s".formatted(alone));
    Asked idle = new Asked();
    Asked during = new Asked();
    try (ReleaseEncoders encoders =
        new ReleaseEncoders(system.system().store(), system.controlLog())) {
      AnswerCheck check = AnswerCheck.start(system.api(), encoders::open, ImageIntake.create(1));
      Rolled rolled;
      try (check;
          UploadStream stream =
              system.stream(
                  () -> new ClusteredImages(options.seed(), STREAM_FROM),
                  options.rate(),
                  options.seed())) {
        try (QueryLoad load = queries(system, stream, check)) {
          StreamBenchmark.pass(stream, options.idle());
          system.freshness().restartMeasuring();
          StreamBenchmark.pass(stream, options.idle());
          idle.take(load, system);
        }
        progress.accept(
            "before the roll: freshness p99 %s ms, query p99 %.1f ms"
                .formatted(idle.freshnessP99, idle.p99Millis));
        double fetchedBefore = system.metric(FETCHED);
        long takenBefore = stream.taken();
        long startNanos = System.nanoTime();
        system.freshness().restartMeasuring();
        IndexGeneration generation;
        try (QueryLoad load = queries(system, stream, check)) {
          generation = roll(system, next);
          during.take(load, system);
        }
        rolled =
            new Rolled(
                generation,
                system.metric(FETCHED) - fetchedBefore,
                stream.taken() - takenBefore,
                (System.nanoTime() - startNanos) / 60e9);
      }
      return report(rolled, alone, idle, during, check);
    }
  }

  /**
   * What happened during the roll.
   *
   * @param generation the one that went live
   * @param fetchedBytes what the replica brought over
   * @param streamed images that streamed in
   * @param minutes how long it took until it answered
   */
  private record Rolled(
      IndexGeneration generation, double fetchedBytes, long streamed, double minutes) {}

  private Report report(Rolled roll, double alone, Asked idle, Asked during, AnswerCheck check) {
    IndexGeneration rolled = roll.generation();
    IndexGeneration.Verification verification = rolled.verification();
    long images = verification == null ? 0 : verification.images();
    double rollSeconds = between(rolled, GenerationState.LIVE);
    double encoderOnly = images / alone;
    double vectorBytes = (images + roll.streamed()) * (double) rolled.dimensions() * Float.BYTES;
    Report report =
        new Report(
            1,
            images,
            options.rate(),
            options.queryRate(),
            options.seed(),
            rollSeconds,
            between(rolled, GenerationState.CAUGHT_UP),
            alone,
            encoderOnly,
            rollSeconds / Math.max(1e-9, encoderOnly),
            idle.freshnessP99,
            during.freshnessP99,
            during.freshnessSamples,
            idle.p99Millis,
            during.p99Millis,
            during.p99Millis / Math.max(1e-9, idle.p99Millis),
            during.queries,
            during.failed,
            check.checked(),
            check.mixed(),
            roll.fetchedBytes() / roll.minutes(),
            vectorBytes / roll.minutes(),
            roll.fetchedBytes() / Math.max(1, vectorBytes));
    progress.accept(report.toString());
    return report;
  }

  /** Makes the release known, and waits until it answers. */
  private IndexGeneration roll(BenchSystem system, EncoderRelease next)
      throws IOException, InterruptedException {
    try (ControlWriter writer = new ControlWriter(system.system().clients(), "bench")) {
      writer.append(next);
    }
    progress.accept("encoder %d is on control".formatted(next.version()));
    system.await(
        "the new generation answers",
        ROLL_TIMEOUT,
        () -> {
          Optional<IndexGeneration> generation = generation(system, next);
          generation
              .filter(each -> each.state() == GenerationState.FAILED)
              .ifPresent(
                  each -> {
                    throw new UserError("the roll failed: " + each.reason());
                  });
          return generation.filter(each -> each.state() == GenerationState.LIVE).isPresent()
              && system.serving().path("generation").asInt() == generation.orElseThrow().number();
        });
    return generation(system, next).orElseThrow();
  }

  private static Optional<IndexGeneration> generation(BenchSystem system, EncoderRelease release) {
    return system.control().generations().values().stream()
        .filter(generation -> generation.encoderVersion() == release.version())
        .findFirst();
  }

  /** The live release once more, as the next version. */
  private static EncoderRelease next(BenchSystem system) {
    int live = system.control().live().orElseThrow().encoderVersion();
    EncoderRelease known = system.control().encoders().get(live);
    if (known == null) {
      throw new UserError("control does not know encoder " + live);
    }
    return new EncoderRelease(
        system.control().encoders().lastKey() + 1,
        known.onnx(),
        known.onnxBytes(),
        known.inputSize(),
        known.dimensions(),
        known.pixelPipeline(),
        Verdict.ACCEPTED,
        List.of("a benchmark rolls the encoder of version " + live + " once more"),
        known.preset(),
        known.seed(),
        known.configuration(),
        null,
        known.training(),
        known.snapshot(),
        known.evaluation(),
        known.artifacts(),
        Instant.now(),
        known.int8());
  }

  private static double between(IndexGeneration generation, GenerationState reached) {
    Instant begun = generation.history().getFirst().at();
    return generation.history().stream()
        .filter(transition -> transition.state() == reached)
        .map(Transition::at)
        .findFirst()
        .map(at -> Duration.between(begun, at).toMillis() / 1e3)
        .orElse(Double.NaN);
  }

  private QueryLoad queries(BenchSystem system, UploadStream stream, AnswerCheck check)
      throws IOException {
    List<byte[]> images = new ArrayList<>();
    try (ClusteredImages source = new ClusteredImages(options.seed(), QUERIES_FROM)) {
      while (images.size() < QUERY_IMAGES) {
        images.add(source.take().bytes());
      }
    }
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger answered = new AtomicInteger();
    return QueryLoad.start(
        system.api(),
        options.queryRate(),
        options.seed(),
        () -> images.get(asked.getAndIncrement() % images.size()),
        id -> stream.isDeleted(new ImageId(id)),
        answer -> {
          if (answered.getAndIncrement() % CHECKED_ONE_IN == 0) {
            check.offer(answer);
          }
        });
  }

  /** What as many threads as the indexer has embed in batches of its size. */
  private double encoderImagesPerSecond(BenchSystem system, EncoderRelease release)
      throws InterruptedException {
    int threads = Runtime.getRuntime().availableProcessors();
    List<EncoderPixels> batch = batch(release.inputSize());
    AtomicInteger embedded = new AtomicInteger();
    CountDownLatch warm = new CountDownLatch(threads);
    Duration measured = options.idle();
    try (Encoder encoder =
        Encoder.open(
            system.system().store().read(release.onnx()),
            release.onnx(),
            release.inputSize(),
            release.dimensions(),
            1)) {
      List<Thread> embedding = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        embedding.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      encoder.embed(batch);
                      warm.countDown();
                      try {
                        warm.await();
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        return;
                      }
                      long endNanos = System.nanoTime() + measured.toNanos();
                      while (System.nanoTime() < endNanos) {
                        embedded.addAndGet(encoder.embed(batch).size());
                      }
                    }));
      }
      warm.await();
      long startNanos = System.nanoTime();
      for (Thread each : embedding) {
        each.join();
      }
      return embedded.get() / ((System.nanoTime() - startNanos) / 1e9);
    }
  }

  private List<EncoderPixels> batch(int inputSize) {
    ImageIntake intake = ImageIntake.create(1);
    List<EncoderPixels> batch = new ArrayList<>();
    try (ClusteredImages images = new ClusteredImages(options.seed(), 0)) {
      while (batch.size() < BATCH) {
        batch.add(PublisherFill.pixels(intake, images.take(), inputSize));
      }
    } catch (UndecodableImageException e) {
      throw new IllegalStateException("a generated image cannot be decoded", e);
    }
    return batch;
  }

  /** What searches and freshness were like over a time. */
  private static final class Asked {
    private @Nullable Long freshnessP99;
    private long freshnessSamples;
    private double p99Millis;
    private long queries;
    private long failed;

    void take(QueryLoad load, BenchSystem system) {
      freshnessP99 = StreamBenchmark.quantile(system, 0.99);
      freshnessSamples = system.freshness().samples();
      p99Millis = load.quantileMicros(0.99).orElse(0) / 1e3;
      queries = load.sent();
      failed = load.failed();
    }
  }
}
