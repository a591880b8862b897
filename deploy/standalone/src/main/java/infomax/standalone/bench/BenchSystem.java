package infomax.standalone.bench;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Positions;
import infomax.events.Topic;
import infomax.events.control.ControlState;
import infomax.events.control.IndexGeneration;
import infomax.index.Manifest;
import infomax.index.Publications;
import infomax.index.PublishedShards;
import infomax.runtime.control.ControlLog;
import infomax.runtime.kafka.Topics;
import infomax.runtime.lifecycle.Closer;
import infomax.standalone.StandaloneConfig;
import infomax.standalone.StandaloneSystem;
import infomax.standalone.StandaloneSystem.ClusterListener;
import infomax.standalone.UserError;
import infomax.standalone.client.ApiClient;
import infomax.standalone.demo.FreshnessProbe;
import infomax.standalone.demo.UploadLag;
import infomax.standalone.demo.UploadStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;

/**
 * The whole system as the demo runs it, with what benchmarks need beside it. Nothing is trained:
 * release 0, the untrained network, answers. Used by one thread.
 */
public final class BenchSystem implements AutoCloseable {

  private static final Duration CONTROL_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration START_TIMEOUT = Duration.ofMinutes(10);
  private static final Duration CATCH_UP_TIMEOUT = Duration.ofMinutes(10);

  /** Images that may be on their way while the index is filled. */
  private static final int FILL_AHEAD = 4_000;

  /** An index is merged once it has been calm for half of this. */
  private static final Duration REST = Duration.ofSeconds(10);

  private static final Duration TURN = Duration.ofMillis(50);

  private final Closer closer;
  private final Path data;
  private final StandaloneSystem system;
  private final ApiClient api;
  private final ControlLog control;
  private final FreshnessProbe freshness;

  private BenchSystem(
      Closer closer,
      Path data,
      StandaloneSystem system,
      ApiClient api,
      ControlLog control,
      FreshnessProbe freshness) {
    this.closer = closer;
    this.data = data;
    this.system = system;
    this.api = api;
    this.control = control;
    this.freshness = freshness;
  }

  /**
   * Starts everything and waits for the first generation.
   *
   * @param data folder of everything; may hold what an earlier start left
   */
  public static BenchSystem start(Path data) throws InterruptedException {
    return start(data, _ -> {});
  }

  /** The same, with a hand in what lies in the cluster before the services start. */
  static BenchSystem start(Path data, ClusterListener cluster) throws InterruptedException {
    Closer closer = new Closer();
    try {
      FreshnessProbe[] freshness = new FreshnessProbe[1];
      StandaloneSystem system =
          closer.register(
              StandaloneSystem.start(
                  new StandaloneConfig(data, 0, Optional.empty(), Map.of()),
                  clients -> {
                    cluster.ready(clients);
                    freshness[0] = FreshnessProbe.start(clients);
                  }));
      closer.register(freshness[0]);
      ApiClient api = closer.register(new ApiClient(system.address()));
      ControlLog control =
          closer.register(ControlLog.open(system.clients(), "bench", CONTROL_TIMEOUT));
      system.onPublicationServed((_, positions, at) -> freshness[0].served(positions, at));
      BenchSystem started = new BenchSystem(closer, data, system, api, control, freshness[0]);
      started.await("the first generation", START_TIMEOUT, () -> started.images() >= 0);
      freshness[0].beginMeasuring();
      return started;
    } catch (TimeoutException e) {
      closer.close();
      throw new UserError("the system did not get going: " + e.getMessage(), e);
    } catch (InterruptedException | RuntimeException e) {
      closer.close();
      throw e;
    }
  }

  /** Its API. */
  ApiClient api() {
    return api;
  }

  /** The running services. */
  StandaloneSystem system() {
    return system;
  }

  /** What control says now. */
  ControlState control() {
    return control.state();
  }

  /** Control itself. */
  ControlLog controlLog() {
    return control;
  }

  /** What freshness is measured by. */
  FreshnessProbe freshness() {
    return freshness;
  }

  /** Images the live generation shows; below 0 before there is one. */
  long images() throws IOException, InterruptedException {
    try {
      return serving().path("images").asLong(-1);
    } catch (IOException e) {
      return -1;
    }
  }

  /** What {@code /v1/status} says of the generation that answers. */
  JsonNode serving() throws IOException, InterruptedException {
    return api.get("/v1/status").json().path("serving");
  }

  /** The newest publication of the live generation, of all its shards. */
  PublishedShards publication() {
    IndexGeneration live =
        control().live().orElseThrow(() -> new IllegalStateException("no generation is live"));
    return new Publications(system.store(), InstantSource.system())
        .latest(live.number())
        .orElseThrow(() -> new IllegalStateException("the live generation has no publication"));
  }

  /** Uploads {@code count} images through {@code images.uploads} and waits until all are shown. */
  void fill(UploadStream.Images images, long count, long seed)
      throws IOException, InterruptedException {
    FreshnessProbe counted = freshness;
    long before = counted.imagesSeen();
    try (UploadStream stream =
        UploadStream.start(
            system.clients(),
            images,
            new UploadStream.Options(count, 1, count, seed, state("fill")),
            sent -> sent - (counted.imagesSeen() - before) + counted.waiting() < FILL_AHEAD)) {
      await("the images were sent", Duration.ofHours(4), () -> isSent(stream));
    }
    awaitCaughtUp();
  }

  /** Streams at a steady rate until it is closed. */
  UploadStream stream(UploadStream.Images images, double perSecond, long seed) throws IOException {
    return UploadStream.start(
        system.clients(),
        images,
        new UploadStream.Options(0, perSecond, Long.MAX_VALUE, seed, state("stream")),
        _ -> true);
  }

  /** Waits until everything that was uploaded is shown. */
  void awaitCaughtUp() throws InterruptedException {
    await(
        "ingest has taken everything", CATCH_UP_TIMEOUT, () -> UploadLag.of(system.clients()) == 0);
    // Asked for now: the lag that a replica tells is half a second old.
    Positions ends;
    try (Admin admin = system.clients().admin("bench-ends")) {
      ends = new Topics(admin).ends(Topic.IMAGES.name(), Topic.IMAGES.partitions());
    }
    await(
        "everything uploaded is searchable",
        CATCH_UP_TIMEOUT,
        () ->
            publication().positions().reaches(ends)
                && images() == publication().images()
                && freshness.waiting() == 0);
  }

  /**
   * Waits until the index has come to rest: nothing is merged, and nothing new was published for
   * longer than it takes until merging begins.
   */
  void awaitRest() throws InterruptedException {
    Rest rest = new Rest();
    await("the index is at rest", CATCH_UP_TIMEOUT, rest::isReached);
  }

  /** Waits until a condition holds. */
  void await(String what, Duration timeout, Condition condition) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    IOException last = null;
    while (System.nanoTime() < deadlineNanos) {
      try {
        if (condition.holds()) {
          return;
        }
      } catch (IOException e) {
        last = e;
      }
      Thread.sleep(TURN);
    }
    String sentence =
        "%s: not within %d s; logs/infomax.log in %s may say why"
            .formatted(what, timeout.toSeconds(), data);
    throw last == null ? new UserError(sentence) : new UserError(sentence, last);
  }

  /** The value of a counter or gauge in {@code /metrics}, summed over its labels. */
  double metric(String name) throws IOException, InterruptedException {
    String text = new String(api.get("/metrics").body(), StandardCharsets.UTF_8);
    List<String> lines =
        text.lines()
            .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
            .toList();
    if (lines.isEmpty()) {
      throw new IllegalStateException("/metrics has no " + name);
    }
    return lines.stream()
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Override
  public void close() {
    closer.close();
  }

  private static boolean isSent(UploadStream stream) {
    stream
        .failure()
        .ifPresent(
            failure -> {
              throw new UserError("the stream ended: " + failure.getMessage(), failure);
            });
    return stream.isExhausted();
  }

  /** A stream begins anew each time: its place in the source is the benchmark's to say. */
  private Path state(String name) {
    return data.resolve(name + "-" + System.nanoTime() + ".json");
  }

  /** Whether nothing has moved for a while. */
  private final class Rest {
    private List<Long> published = List.of();
    private long sinceNanos;

    boolean isReached() throws IOException, InterruptedException {
      List<Long> now = publication().shards().stream().map(Manifest::sequence).toList();
      boolean moved = !now.equals(published);
      published = now;
      if (!moved && System.nanoTime() - sinceNanos < REST.toNanos()) {
        return false;
      }
      boolean merging = metric("infomax_indexer_merging") > 0;
      if (moved || merging) {
        sinceNanos = System.nanoTime();
      }
      return !moved && !merging;
    }
  }

  /** Something to wait for. */
  @FunctionalInterface
  interface Condition {
    /** True once it holds. */
    boolean holds() throws IOException, InterruptedException;
  }
}
