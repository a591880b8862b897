package infomax.ingest.bench;

import infomax.ingest.IngestConfig;
import infomax.ingest.IngestService;
import infomax.runtime.config.Settings;
import infomax.runtime.health.Health;
import infomax.runtime.http.HttpServer;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.lifecycle.Closer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The intake of this process under a hostile stream, and its speed with honest images. Passes if
 * every upload is answered as it deserves, and so is every {@link HostileRequest}, what was
 * accepted is in the log, refusals that need no decoding take less than 100 ms (99 in 100 of them),
 * no answer takes longer than a decode may, and no decode is left running.
 */
public final class IntakeBenchmark {

  private static final double UNDECODED_P99_MILLIS_MAX = 100;

  /** A decode may take 8 s, and wait for one before it. */
  private static final double ANSWER_MILLIS_MAX = 16_000;

  private static final long REQUEST_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);
  private static final long DECODES_END_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);
  private static final int[][] SIZES = {{32, 32}, {512, 512}, {4_000, 3_000}};

  private final KafkaClients clients;
  private final long seed;
  private final int inputs;
  private final Duration speedTime;

  /**
   * A benchmark on a cluster that has the topics and nothing in them.
   *
   * @param seed of the hostile stream
   * @param inputs length of the hostile stream
   * @param speedTime how long honest images of one size are sent; zero measures no speed
   */
  public IntakeBenchmark(KafkaClients clients, long seed, int inputs, Duration speedTime) {
    this.clients = clients;
    this.seed = seed;
    this.inputs = inputs;
    this.speedTime = speedTime;
  }

  /**
   * What was measured, and whether it is as it has to be.
   *
   * @param passed true if it is
   * @param report a JSON object
   */
  public record Result(boolean passed, Map<String, Object> report) {}

  /** Runs; takes minutes for 100,000 inputs. */
  public Result run() throws InterruptedException {
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Health health = new Health();
    try (Closer closer = new Closer()) {
      IngestConfig config = IngestConfig.from(Settings.of(Map.of()));
      IngestService service =
          closer.register(IngestService.start(config, clients, metrics, health));
      HttpServer server =
          closer.register(HttpServer.start(0, health, metrics, List.of(service.routes())));
      HttpUploads http = closer.register(new HttpUploads(server.port()));
      awaitReady(health);
      return run(http, server.port());
    }
  }

  private Result run(HttpUploads http, int port) throws InterruptedException {
    long startNanos = System.nanoTime();
    HostileRun hostile = new HostileRun(clients, http, seed, inputs);
    IntakeTally tally = hostile.run();
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    int stuck = decodesLeftRunning();
    Map<String, String> wrongRequests = wrongRequests(port);
    boolean passed =
        tally.allAnswered()
            && wrongRequests.isEmpty()
            && stuck == 0
            && tally.undecodedP99Millis() < UNDECODED_P99_MILLIS_MAX
            && tally.maxMillis() < ANSWER_MILLIS_MAX;
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("schema", 1);
    report.put("passed", passed);
    report.put("seed", seed);
    report.put("inputs", inputs);
    report.put("seconds", seconds);
    tally.report(report);
    report.put("hostileRequests", HostileRequest.values().length);
    report.put("hostileRequestsWrong", wrongRequests);
    report.put("sentAgainBecauseBusy", hostile.busy());
    report.put("decodesLeftRunning", stuck);
    report.put("heapMaxMiB", Runtime.getRuntime().maxMemory() >> 20);
    report.put("processPeakMiB", processPeakMebibytes());
    report.put("processors", Runtime.getRuntime().availableProcessors());
    List<Map<String, Object>> speeds = new ArrayList<>();
    if (speedTime.isPositive()) {
      SpeedRun speed = new SpeedRun(clients, http, speedTime);
      for (int[] size : SIZES) {
        speeds.add(speed.run(size[0], size[1]));
      }
    }
    report.put("speed", speeds);
    return new Result(passed, report);
  }

  /** What was answered to requests that are wrong as such, where it is not what it has to be. */
  private static Map<String, String> wrongRequests(int port) {
    Map<String, String> wrong = new LinkedHashMap<>();
    for (HostileRequest request : HostileRequest.values()) {
      HostileRequest.Outcome outcome = request.send(port);
      if (!outcome.refused() || outcome.elapsedNanos() > REQUEST_NANOS_MAX) {
        wrong.put(
            request.kind(),
            "%s after %d ms".formatted(outcome.answer(), outcome.elapsedNanos() / 1_000_000));
      }
    }
    return wrong;
  }

  private static void awaitReady(Health health) {
    long deadlineNanos = System.nanoTime() + READY_TIMEOUT.toNanos();
    while (!health.readinessFailures().isEmpty()) {
      if (System.nanoTime() > deadlineNanos) {
        throw new IllegalStateException("ingest is not ready: " + health.readinessFailures());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  /** Decodes that were left behind end at their next read of input; whatever does not is stuck. */
  private static int decodesLeftRunning() {
    long deadlineNanos = System.nanoTime() + DECODES_END_NANOS;
    while (true) {
      long running =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().equals("decode"))
              .count();
      if (running == 0 || System.nanoTime() > deadlineNanos) {
        return (int) running;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
  }

  /** Largest resident size so far where the system tells (Linux), else 0. */
  private static long processPeakMebibytes() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
