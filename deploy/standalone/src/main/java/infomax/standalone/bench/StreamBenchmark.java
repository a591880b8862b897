package infomax.standalone.bench;

import infomax.standalone.UserError;
import infomax.standalone.demo.UploadStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How soon an image is searchable while images stream in at a steady rate and nothing is trained.
 * The stream is the demo's: one image in 500 is bad, one in 1,000 is deleted, one in 200 changed.
 */
public final class StreamBenchmark {

  private final Options options;
  private final Consumer<String> progress;

  /** A benchmark that tells {@code progress} what it does. */
  public StreamBenchmark(Options options, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
  }

  /**
   * What to measure.
   *
   * @param rate images per second
   * @param warmUp time before anything counts
   * @param measured time that counts
   * @param seed of images and choices
   */
  public record Options(double rate, Duration warmUp, Duration measured, long seed) {}

  /**
   * What was measured.
   *
   * @param schema 1
   * @param rate images per second asked for
   * @param achievedRate images per second that were sent
   * @param seconds measured time
   * @param seed of images and choices
   * @param samples images whose freshness was measured: every one that reached the log meanwhile
   * @param freshnessP50Millis time from the record's timestamp to the first publication that
   *     answers with it; half take no longer; null without samples
   * @param freshnessP99Millis 99 in 100 take no longer
   * @param freshnessMaxMillis none takes longer
   * @param images images in the index in the end
   */
  public record Report(
      int schema,
      double rate,
      double achievedRate,
      double seconds,
      long seed,
      long samples,
      @Nullable Long freshnessP50Millis,
      @Nullable Long freshnessP99Millis,
      @Nullable Long freshnessMaxMillis,
      long images) {}

  /**
   * Starts a system and measures.
   *
   * @param data new folder of everything
   */
  public Report run(Path data) throws IOException, InterruptedException {
    try (BenchSystem system = BenchSystem.start(data)) {
      return measure(system);
    }
  }

  /** Measures a running system. */
  Report measure(BenchSystem system) throws IOException, InterruptedException {
    long sent;
    long elapsedNanos;
    try (UploadStream stream =
        system.stream(
            () -> new ClusteredImages(options.seed(), 0), options.rate(), options.seed())) {
      progress.accept("streaming %.0f images/s".formatted(options.rate()));
      pass(stream, options.warmUp());
      system.freshness().restartMeasuring();
      long sentBefore = stream.taken();
      long startNanos = System.nanoTime();
      pass(stream, options.measured());
      sent = stream.taken() - sentBefore;
      elapsedNanos = System.nanoTime() - startNanos;
    }
    system.awaitCaughtUp();
    Report report =
        new Report(
            1,
            options.rate(),
            sent / (elapsedNanos / 1e9),
            elapsedNanos / 1e9,
            options.seed(),
            system.freshness().samples(),
            quantile(system, 0.5),
            quantile(system, 0.99),
            quantile(system, 1),
            system.images());
    progress.accept(report.toString());
    return report;
  }

  static @Nullable Long quantile(BenchSystem system, double share) {
    OptionalLong millis = system.freshness().quantileMillis(share);
    return millis.isPresent() ? millis.getAsLong() : null;
  }

  /** Lets time pass while a stream goes on. */
  static void pass(UploadStream stream, Duration time) throws InterruptedException {
    Thread.sleep(time);
    stream
        .failure()
        .ifPresent(
            failure -> {
              throw new UserError("the stream ended: " + failure.getMessage(), failure);
            });
  }
}
