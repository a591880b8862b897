package infomax.standalone.command;

import infomax.standalone.UserError;
import infomax.standalone.bench.SearchBenchmark;
import infomax.standalone.bench.SearchBenchmark.Fill;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infomax bench search}. */
@Command(
    name = "search",
    mixinStandardHelpOptions = true,
    description = {
      "Starts the whole system, fills its index with generated images and measures how fast it",
      "answers searches for ten neighbours by id and by image, at rest and while images stream in."
    })
final class SearchBenchCommand implements Callable<Integer> {

  /** Above it the index is filled by the publisher alone unless the command says otherwise. */
  private static final long STREAMED_MAX = 100_000;

  @Option(
      names = "--vectors",
      defaultValue = "50000",
      description = "images in the index (default: ${DEFAULT-VALUE})")
  private long vectors;

  @Option(
      names = "--clients",
      defaultValue = "8",
      description = "searches at the same time (default: ${DEFAULT-VALUE})")
  private int clients;

  @Option(
      names = "--rate",
      defaultValue = "0",
      description =
          "images per second that stream in during the second half; 0 for no second half (default:"
              + " ${DEFAULT-VALUE})")
  private double rate;

  @Option(
      names = "--seconds",
      defaultValue = "30",
      description = "time of each of the two or four loads (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Option(
      names = "--fill",
      description =
          "stream: upload every image; publisher: write vectors as the indexer does, past ingest,"
              + " log and, after the first 20,000, encoder (default: stream up to 100,000 images,"
              + " publisher above)")
  private @Nullable Fill fill;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "seed of images and choices (default: ${DEFAULT-VALUE})")
  private long seed;

  @Mixin private final BenchFolder folder = new BenchFolder();
  @Mixin private final JsonReport report = new JsonReport();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (vectors < 100 || clients < 1 || clients > 1_000 || seconds < 1 || rate < 0) {
      throw UserError.usage(
          "--vectors is %d, --clients %d, --seconds %d and --rate %s, expected at least 100, 1 to 1000, 1 and 0"
              .formatted(vectors, clients, seconds, rate));
    }
    SearchBenchmark benchmark =
        new SearchBenchmark(
            new SearchBenchmark.Options(
                vectors,
                fill != null ? fill : vectors <= STREAMED_MAX ? Fill.STREAM : Fill.PUBLISHER,
                clients,
                rate,
                Duration.ofSeconds(seconds),
                Duration.ofSeconds(Math.max(2, seconds / 3)),
                200,
                seed),
            System.err::println);
    report.write(folder.in(benchmark::run));
    return 0;
  }
}
