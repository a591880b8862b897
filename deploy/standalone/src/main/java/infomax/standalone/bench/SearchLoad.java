package infomax.standalone.bench;

import infomax.ingest.bench.Latencies;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Clients that ask without a pause: each sends its next search when the answer to its last one is
 * complete. Thread-safe.
 */
final class SearchLoad {

  private static final double NANOS_PER_MILLI = 1e6;

  private final HttpClient http;
  private final int clients;
  private final long seed;

  SearchLoad(HttpClient http, int clients, long seed) {
    this.http = http;
    this.clients = clients;
    this.seed = seed;
  }

  /**
   * What was measured of one kind of search.
   *
   * @param queries answered within the measured time
   * @param failed those whose answer was not 200
   * @param queriesPerSecond queries over measured seconds
   * @param p50Millis time of a query as its client sees it: half take no longer
   * @param p99Millis 99 in 100 take no longer
   * @param stageMillis mean time of a query by stage: {@code http} is what the client waits beyond
   *     the server's work, {@code decode}, {@code embed}, {@code search} and {@code fetch} are the
   *     server's, {@code other} is the rest of the server's time
   */
  record Result(
      long queries,
      long failed,
      double queriesPerSecond,
      double p50Millis,
      double p99Millis,
      Map<String, Double> stageMillis) {}

  /** Asks for {@code warmUp} unmeasured and {@code measured} measured. */
  Result run(Questions questions, Duration warmUp, Duration measured)
      throws IOException, InterruptedException {
    long beginNanos = System.nanoTime() + warmUp.toNanos();
    long endNanos = beginNanos + measured.toNanos();
    Latencies latencies = new Latencies();
    List<Client> asking = new ArrayList<>();
    for (int number = 0; number < clients; number++) {
      asking.add(new Client(questions, beginNanos, endNanos, latencies, seed + number));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
      for (Future<Void> each : threads.invokeAll(asking)) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a client failed: " + e.getCause(), e.getCause());
    }
    return result(asking, latencies, measured);
  }

  private static Result result(List<Client> asked, Latencies latencies, Duration measured) {
    long failed = asked.stream().mapToLong(client -> client.failed).sum();
    Map<String, Double> sums = new TreeMap<>();
    asked.forEach(
        client ->
            client.stageMillis.forEach((stage, millis) -> sums.merge(stage, millis, Double::sum)));
    int queries = latencies.count();
    Map<String, Double> means = new LinkedHashMap<>();
    sums.forEach((stage, millis) -> means.put(stage, rounded(millis / Math.max(1, queries))));
    return new Result(
        queries,
        failed,
        rounded(queries / (measured.toNanos() / 1e9)),
        rounded(latencies.quantileMillis(0.5)),
        rounded(latencies.quantileMillis(0.99)),
        means);
  }

  private static double rounded(double value) {
    return Math.round(value * 1_000) / 1e3;
  }

  /** One client. */
  private final class Client implements Callable<Void> {
    private final Questions questions;
    private final long beginNanos;
    private final long endNanos;
    private final Latencies latencies;
    private final SplittableRandom random;
    private final Map<String, Double> stageMillis = new TreeMap<>();
    private long failed;

    Client(
        Questions questions, long beginNanos, long endNanos, Latencies latencies, long clientSeed) {
      this.questions = questions;
      this.beginNanos = beginNanos;
      this.endNanos = endNanos;
      this.latencies = latencies;
      this.random = new SplittableRandom(clientSeed);
    }

    @Override
    public Void call() throws IOException, InterruptedException {
      for (long startNanos = System.nanoTime();
          startNanos - endNanos < 0;
          startNanos = System.nanoTime()) {
        HttpResponse<byte[]> answer = http.send(questions.pick(random), BodyHandlers.ofByteArray());
        long nowNanos = System.nanoTime();
        if (startNanos - beginNanos >= 0 && nowNanos - endNanos <= 0) {
          take(answer, nowNanos - startNanos);
        }
      }
      return null;
    }

    private void take(HttpResponse<byte[]> answer, long tookNanos) {
      latencies.add(tookNanos);
      if (answer.statusCode() != 200) {
        failed++;
        return;
      }
      Map<String, Double> timing =
          ServerTiming.parse(answer.headers().firstValue("server-timing").orElse(""));
      double total = timing.getOrDefault(ServerTiming.TOTAL, 0.0);
      double told = 0;
      for (Map.Entry<String, Double> entry : timing.entrySet()) {
        if (!entry.getKey().equals(ServerTiming.TOTAL)) {
          told += entry.getValue();
          stageMillis.merge(entry.getKey(), entry.getValue(), Double::sum);
        }
      }
      stageMillis.merge("http", tookNanos / NANOS_PER_MILLI - total, Double::sum);
      stageMillis.merge("other", total - told, Double::sum);
    }
  }
}
