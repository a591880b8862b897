package infomax.standalone.demo;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.standalone.client.ApiClient;
import infomax.standalone.client.ApiClient.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The demo's users: queries at a steady rate over HTTP, half by id and half by image, each judged
 * as it comes back. A query starts when it is due, however long earlier ones take. Thread-safe.
 */
public final class QueryLoad implements AutoCloseable {

  /** A query that takes longer has failed. */
  static final Duration TIMEOUT = Duration.ofSeconds(2);

  private static final int NEIGHBOURS = 10;
  private static final int KNOWN_IDS_MAX = 4_096;
  private static final int FAILURES_KEPT_MAX = 20;
  private static final int SIGNIFICANT_DIGITS = 3;

  private final ApiClient api;
  private final Supplier<byte[]> queryImages;
  private final Predicate<String> deleted;
  private final Consumer<ServedAnswer> answers;
  private final SplittableRandom random;
  private final ExecutorService users = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final List<String> failures = new ArrayList<>();
  private final Deque<String> knownIds = new ArrayDeque<>();
  private final Thread thread;
  private final Histogram tookMicros = new Histogram(SIGNIFICANT_DIGITS);
  private volatile boolean stopping;

  private QueryLoad(
      ApiClient api,
      double perSecond,
      long seed,
      Supplier<byte[]> queryImages,
      Predicate<String> deleted,
      Consumer<ServedAnswer> answers) {
    this.api = api;
    this.queryImages = queryImages;
    this.deleted = deleted;
    this.answers = answers;
    this.random = new SplittableRandom(seed);
    this.thread =
        Thread.ofPlatform().name("demo-queries").daemon(true).unstarted(() -> run(perSecond));
  }

  /**
   * Starts asking.
   *
   * @param queryImages gives the image of a query by image
   * @param deleted true for an id that must not be asked for any more
   * @param answers hears every good answer to a query by image
   */
  public static QueryLoad start(
      ApiClient api,
      double perSecond,
      long seed,
      Supplier<byte[]> queryImages,
      Predicate<String> deleted,
      Consumer<ServedAnswer> answers) {
    QueryLoad load = new QueryLoad(api, perSecond, seed, queryImages, deleted, answers);
    load.thread.start();
    return load;
  }

  /** Queries sent so far. */
  public long sent() {
    return sent.get();
  }

  /** Queries that failed: not 200, too slow, too few hits, or without provenance. */
  public long failed() {
    return failed.get();
  }

  /** What the first failures were. */
  public synchronized List<String> failures() {
    return List.copyOf(failures);
  }

  /**
   * The duration that {@code share} of the queries do not exceed, in microseconds, at most a
   * thousandth too high; empty without queries.
   */
  public synchronized OptionalLong quantileMicros(double share) {
    return tookMicros.getTotalCount() == 0
        ? OptionalLong.empty()
        : OptionalLong.of(tookMicros.getValueAtPercentile(100 * share));
  }

  /** Stops asking and waits for the answers under way. */
  @Override
  public void close() {
    stopping = true;
    LockSupport.unpark(thread);
    try {
      thread.join(5_000);
      users.shutdown();
      if (!users.awaitTermination(2 * TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        users.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(double perSecond) {
    long startNanos = System.nanoTime();
    for (long number = 0; !stopping; number++) {
      long dueNanos = startNanos + (long) (number * 1e9 / perSecond);
      for (long left = dueNanos - System.nanoTime();
          left > 0 && !stopping;
          left = dueNanos - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      if (stopping) {
        return;
      }
      Optional<String> id = number % 2 == 0 ? Optional.empty() : someId();
      users.execute(() -> id.ifPresentOrElse(this::queryById, this::queryByImage));
    }
  }

  private void queryById(String id) {
    query("id " + id, Map.of("id", id, "k", NEIGHBOURS), null, () -> !deleted.test(id));
  }

  private void queryByImage() {
    byte[] image = queryImages.get();
    query(
        "an image",
        Map.of(
            "image",
            Base64.getEncoder().encodeToString(image),
            "k",
            NEIGHBOURS,
            "include",
            List.of("digest", "metadata")),
        image,
        () -> true);
  }

  /**
   * Asks and judges.
   *
   * @param stillValid false if the query lost its meaning on the way: its image was deleted
   */
  private void query(
      String what,
      Map<String, Object> body,
      byte @Nullable [] image,
      java.util.function.BooleanSupplier stillValid) {
    sent.incrementAndGet();
    long startNanos = System.nanoTime();
    try {
      Answer answer = api.post("/v1/search", body, TIMEOUT.plusSeconds(1));
      long nowNanos = System.nanoTime();
      took(nowNanos - startNanos);
      String wrong = wrong(answer, nowNanos - startNanos);
      if (!wrong.isEmpty()) {
        if (stillValid.getAsBoolean()) {
          fail(what + ": " + wrong);
        }
        return;
      }
      JsonNode json = answer.json();
      remember(json);
      if (image != null) {
        answers.accept(served(json, image));
      }
    } catch (IOException e) {
      if (!stopping) {
        fail(what + ": " + e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String wrong(Answer answer, long tookNanos) throws IOException {
    if (answer.status() != 200) {
      return answer.status() + " " + answer.problem();
    }
    if (tookNanos > TIMEOUT.toNanos()) {
      return "took " + tookNanos / 1_000_000 + " ms";
    }
    JsonNode json = answer.json();
    for (String member : new String[] {"encoder", "generation", "positions", "exact", "took"}) {
      if (!json.hasNonNull(member)) {
        return "the answer does not say its " + member;
      }
    }
    long expected = Math.min(NEIGHBOURS, json.path("images").asLong());
    int hits = json.path("hits").size();
    return hits < expected ? hits + " hits among " + json.path("images") + " images" : "";
  }

  private static ServedAnswer served(JsonNode json, byte[] image) {
    List<ServedAnswer.Hit> hits = new ArrayList<>();
    for (JsonNode hit : json.path("hits")) {
      hits.add(
          new ServedAnswer.Hit(
              hit.path("id").asText(), hit.path("digest").asText(), hit.path("score").asDouble()));
    }
    return new ServedAnswer(image, json.path("encoder").path("version").asInt(), hits);
  }

  private synchronized void remember(JsonNode json) {
    for (JsonNode hit : json.path("hits")) {
      knownIds.add(hit.path("id").asText());
    }
    while (knownIds.size() > KNOWN_IDS_MAX) {
      knownIds.remove();
    }
  }

  private synchronized Optional<String> someId() {
    if (knownIds.isEmpty()) {
      return Optional.empty();
    }
    // Rotating spreads the questions over everything known.
    for (int attempt = random.nextInt(8); attempt >= 0; attempt--) {
      knownIds.add(knownIds.remove());
    }
    return knownIds.stream().filter(id -> !deleted.test(id)).findFirst();
  }

  private synchronized void took(long nanos) {
    tookMicros.recordValue(nanos / 1_000);
  }

  private void fail(String what) {
    failed.incrementAndGet();
    synchronized (this) {
      if (failures.size() < FAILURES_KEPT_MAX) {
        failures.add(what);
      }
    }
  }
}
