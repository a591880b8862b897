package infomax.index;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.index.PublishOutcome.Published;
import infomax.runtime.config.Settings;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import infomax.store.StoreLocation;
import infomax.testing.store.FaultyObjectStore;
import infomax.testing.store.FaultyObjectStore.Fault;
import infomax.testing.store.S3Server;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A writer, which is opened anew at times, a reader and a garbage collector at work on a store
 * whose calls fail: whatever becomes visible meanwhile is equal to the log, and once the faults
 * stop, so is the newest publication, up to the log's end and with every object there.
 */
final class FaultyStoreIT {

  private static final double PROBABILITY = 0.15;
  private static final int PER_COMMIT = 10;
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(50);
  private static final Duration STILL = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir static Path folder;
  private static S3Server server;

  @BeforeAll
  static void startServer() throws IOException {
    server = S3Server.start(folder);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Test
  void nothingIsLostInAFolder() throws Exception {
    for (long seed = 1; seed <= 2; seed++) {
      publish(ObjectStore.open(folder.resolve("store-" + seed)), 150, seed);
    }
  }

  /** The service itself fails too: its 503 are met by the client's own attempts. */
  @Test
  void nothingIsLostInABucket() throws Exception {
    ObjectStore store = StoreLocation.from(Settings.of(server.settings("faulty"))).open();
    publishToFaultyService(store, 70, 3);
  }

  @Test
  @Tag("soak")
  void nothingIsLostHoweverLong() throws Exception {
    long first = System.nanoTime();
    for (int run = 0; run < 60; run++) {
      publish(ObjectStore.open(folder.resolve("soak-" + run)), 1_000, first + run);
    }
    for (int run = 0; run < 10; run++) {
      ObjectStore store = StoreLocation.from(Settings.of(server.settings("soak-" + run))).open();
      publishToFaultyService(store, 400, first - run);
    }
  }

  /** It takes connections and says nothing, as behind a broken network. */
  @Test
  @Tag("soak")
  void aServiceThatStandsStillIsWaitedOut() throws Exception {
    ObjectStore store = StoreLocation.from(Settings.of(server.settings("still"))).open();
    long startNanos = System.nanoTime();
    try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
      Future<?> publishing =
          threads.submit(
              () -> {
                publish(store, 400, 4);
                return true;
              });
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> store.names("publications/1/0").size() > 3 || publishing.isDone());
      signal("STOP");
      long stoppedNanos = System.nanoTime();
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> System.nanoTime() - stoppedNanos > STILL.toNanos());
      signal("CONT");
      publishing.get();
    }
    System.out.println("took " + (System.nanoTime() - startNanos) / 1_000_000 + " ms");
  }

  private static void signal(String name) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(server.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  private static void publish(ObjectStore store, int changes, long seed) throws Exception {
    Run run = new Run(store, changes, seed);
    run.run();
    run.verify();
  }

  /** What is left is read when the service is whole again: nobody tries that read anew. */
  private static void publishToFaultyService(ObjectStore store, int changes, long seed)
      throws Exception {
    Run run = new Run(store, changes, seed);
    server.faulty(true);
    try {
      run.run();
    } finally {
      server.faulty(false);
    }
    run.verify();
  }

  /** One log, published through faults. */
  private static final class Run {

    private final ObjectStore store;
    private final FaultyObjectStore faulty;
    private final Publications publications;
    private final ChangeLog log;
    private final Path local;
    private final Random random;
    private final AtomicBoolean ended = new AtomicBoolean();
    private int openings;

    Run(ObjectStore store, int changes, long seed) {
      System.out.println("seed " + seed);
      this.store = store;
      this.faulty = new FaultyObjectStore(store, PROBABILITY, seed);
      this.publications = new Publications(faulty, InstantSource.system());
      this.log = new ChangeLog(seed, changes);
      this.local = folder.resolve("local-" + seed);
      this.random = new Random(seed);
    }

    void run() throws Exception {
      try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
        Future<Integer> reader = threads.submit(this::read);
        while (!writeAndClose()) {
          openings++;
        }
        ended.set(true);
        int opened = reader.get();
        System.out.printf(
            "faults %s, %d openings of the writer, %d publications read%n",
            faulty.met(), openings + 1, opened);
        assertThat(faulty.met()).containsKeys(Fault.ERROR, Fault.LOST_REPLY, Fault.SLOW_DOWN);
        assertThat(opened).isPositive();
      }
    }

    /** Reads everything independently. */
    void verify() {
      Publications direct = new Publications(store, InstantSource.system());
      Manifest newest = direct.latest(1, 0).orElseThrow();
      assertThat(log.isReachedBy(newest.positions())).isTrue();
      for (String name : store.names("publications/1/0")) {
        direct
            .read(1, 0, Long.parseLong(name.substring("manifest-".length())))
            .orElseThrow()
            .files()
            .forEach(file -> store.verify(file.digest()));
      }
      try (PublishedIndex index =
          PublishedIndex.open(store, newest, local.resolve("independent"))) {
        log.assertEqualTo(index);
      }
    }

    /** One opening of the writer; true if everything is published. */
    private boolean writeAndClose() {
      // At times in a folder that knows nothing, as on another machine.
      Path own = local.resolve("writer-" + random.nextInt(3));
      try (ShardWriter writer =
          ShardWriter.open(publications, own, TestImages.SPEC, InstantSource.system(), () -> {})) {
        int commitsMax = 3 + random.nextInt(20);
        int[] commits = {0};
        log.follow(
            writer,
            PER_COMMIT,
            progress -> {
              writer.commit(progress);
              tryPublish(writer);
              if (++commits[0] == commitsMax) {
                throw new EndOfOpening();
              }
            });
        // The log is at its end; what is committed must get out without another commit.
        faulty.faulty(false);
        assertThat(writer.publish()).isInstanceOf(Published.class);
        return true;
      } catch (EndOfOpening | ObjectStoreException e) {
        return false;
      } catch (IndexException e) {
        if (e instanceof IndexCorruptException) {
          IndexFiles.deleteFolder(own);
        }
        return false;
      } finally {
        faulty.faulty(true);
      }
    }

    private void tryPublish(ShardWriter writer) {
      try {
        assertThat(writer.publish()).isInstanceOf(Published.class);
        publications.collectGarbage(1, 0, 1, Duration.ZERO);
      } catch (ObjectStoreException e) {
        // The next commit is published instead.
      }
    }

    /** Follows until the end of the log; returns how many publications were opened. */
    private int read() {
      PublishedIndex open = null;
      int opened = 0;
      long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
      while (open == null || !log.isReachedBy(open.published().positions())) {
        assertThat(System.nanoTime()).describedAs("end of patience").isLessThan(deadlineNanos);
        if (ended.get()) {
          faulty.faulty(false);
        }
        LockSupport.parkNanos(LOOK_INTERVAL.toNanos());
        PublishedIndex newer = tryOpen(open);
        if (newer != null) {
          log.assertEqualTo(newer);
          opened++;
          if (open != null) {
            open.close();
          }
          open = newer;
        }
      }
      open.close();
      return opened;
    }

    private @Nullable PublishedIndex tryOpen(@Nullable PublishedIndex previous) {
      try {
        PublishedShards newest = publications.latest(1).orElse(null);
        return newest == null
                || (previous != null
                    && newest.after(previous.published()).equals(previous.published()))
            ? null
            : PublishedIndex.open(faulty, newest, local.resolve("reader"), previous);
      } catch (ObjectStoreException | IndexException e) {
        // What is open goes on answering.
        return null;
      }
    }
  }

  private static final class EndOfOpening extends RuntimeException {
    private static final long serialVersionUID = 1;
  }
}
