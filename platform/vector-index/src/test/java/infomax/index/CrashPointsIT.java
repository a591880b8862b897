package infomax.index;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.index.PublishOutcome.Published;
import infomax.runtime.process.ChildJvm;
import infomax.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexWriter;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A process that is halted at any point of committing, publishing, downloading, tidying or taking
 * over leaves publications that are each equal to the log; one started after it goes on to the end
 * of the log, and what it leaves behind can be cleared away.
 */
final class CrashPointsIT {

  private static final int AT_ONCE = 2;

  @TempDir static Path folders;

  /** Starting a JVM takes longer than all it does here. */
  @BeforeAll
  static void haltAProcessAtEachPoint() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Future<?>> halted = new ArrayList<>();
      for (CrashPoint point : CrashPoint.values()) {
        halted.add(threads.submit(() -> halt(point)));
      }
      for (Future<?> each : halted) {
        each.get();
      }
    }
  }

  private static Void halt(CrashPoint point) throws IOException {
    Path folder = folders.resolve(point.name());
    try (ChildJvm process = CrashingProcess.start(folder, point)) {
      Awaitility.await(point.name()).atMost(Duration.ofMinutes(2)).until(() -> !process.isAlive());
    }
    assertThat(ChildJvm.logTail(folder, CrashingProcess.NAME, 1)).isEqualTo(CrashingProcess.HALTED);
    return null;
  }

  @ParameterizedTest
  @EnumSource
  void theIndexIsEqualToTheLog(CrashPoint point) throws Exception {
    Path folder = folders.resolve(point.name());
    ChangeLog log = CrashingProcess.log();
    ObjectStore store = ObjectStore.open(folder.resolve("store"));
    Publications publications = new Publications(store, InstantSource.system());
    Manifest left = publications.latest(1, 0).orElseThrow();
    assertThat(left.sequence()).isGreaterThanOrEqualTo(6);
    try (PublishedIndex index =
        PublishedIndex.open(store, left, folder.resolve("independent-before"))) {
      log.assertEqualTo(index);
    }

    try (ShardWriter writer = CrashingProcess.open(publications, folder.resolve("local"))) {
      log.follow(
          writer,
          20,
          progress -> {
            writer.commit(progress);
            assertThat(writer.publish()).isInstanceOf(Published.class);
          });
      publications.collectGarbage(1, 0, 1, Duration.ZERO);
    }
    Manifest newest = publications.latest(1, 0).orElseThrow();
    assertThat(log.isReachedBy(newest.positions())).isTrue();
    for (String reader : new String[] {"independent-after", "reader"}) {
      try (PublishedIndex index = PublishedIndex.open(store, newest, folder.resolve(reader))) {
        log.assertEqualTo(index);
      }
    }
    store.collectGarbage(publications.objects()::contains, Instant.now().plusSeconds(60));
    assertThat(names(folder.resolve("store/objects")))
        .isEqualTo(
            newest.files().stream().map(file -> file.digest().hex()).collect(Collectors.toSet()));
    Set<String> fetched = names(folder.resolve("reader/shard-0/term-" + newest.term()));
    // The lock of the check just made.
    fetched.remove(IndexWriter.WRITE_LOCK_NAME);
    assertThat(fetched).isEqualTo(IndexFolder.names(newest.files()));
  }

  private static Set<String> names(Path parent) throws IOException {
    try (Stream<Path> files = Files.list(parent)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }
}
