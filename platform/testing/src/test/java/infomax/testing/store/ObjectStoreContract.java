package infomax.testing.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.events.Digest;
import infomax.store.ObjectBrokenException;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every store has to do. */
abstract class ObjectStoreContract {

  @TempDir Path folder;
  private ObjectStore store;

  /** A store; every call within one test opens the same one. */
  abstract ObjectStore open();

  @BeforeEach
  void openFirst() {
    store = open();
  }

  @Test
  void readsBackWhatWasPut() {
    Digest digest = store.put(utf8("content"));
    assertThat(store.put(utf8("content"))).isEqualTo(digest);
    assertThat(store.contains(digest)).isTrue();
    assertThat(store.read(digest)).isEqualTo(utf8("content"));
    assertThat(open().read(digest)).isEqualTo(utf8("content"));
  }

  @Test
  void putsFilesAndLinksThemElsewhere() throws IOException {
    Path first = Files.writeString(folder.resolve("first"), "first");
    Path second = Files.writeString(folder.resolve("second"), "second");
    Map<Path, Digest> digests = store.putFiles(List.of(first, second));
    assertThat(digests).containsEntry(first, Digest.of(utf8("first")));
    assertThat(store.putFile(first)).isEqualTo(digests.get(first));
    Files.delete(first);
    Path target = folder.resolve("target");
    store.fetch(digests.get(first), target);
    assertThat(target).hasContent("first");
    store.fetch(digests.get(first), target);
    assertThat(store.read(digests.get(second))).isEqualTo(utf8("second"));
  }

  @Test
  void saysWhatIsAbsent() {
    Digest absent = Digest.of(utf8("never stored"));
    assertThatThrownBy(() -> store.read(absent))
        .isInstanceOf(ObjectBrokenException.class)
        .hasMessageContaining(absent.hex())
        .hasMessageContaining("absent");
    assertThatThrownBy(() -> store.fetch(absent, folder.resolve("target")))
        .isInstanceOf(ObjectBrokenException.class);
    assertThatThrownBy(() -> store.verify(absent))
        .isInstanceOfSatisfying(
            ObjectBrokenException.class, e -> assertThat(e.digest()).isEqualTo(absent));
    store.verify(store.put(utf8("right")));
  }

  @Test
  void createsAnEntryOnce() {
    assertThat(store.entry("a/b/one")).isEmpty();
    assertThat(store.createEntry("a/b/one", utf8("1"))).isTrue();
    assertThat(store.createEntry("a/b/one", utf8("2"))).isFalse();
    assertThat(store.entry("a/b/one")).contains(utf8("1"));
    assertThat(store.createEntry("a/two", utf8("2"))).isTrue();
    assertThat(store.entries("a")).containsExactly("a/b/one", "a/two");
    assertThat(store.entries("a/b")).containsExactly("a/b/one");
    assertThat(store.entries("c")).isEmpty();
    assertThat(store.names("a")).containsExactly("b", "two");
    assertThat(store.names("a/b")).containsExactly("one");
    assertThat(store.names("c")).isEmpty();
    store.deleteEntry("a/b/one");
    store.deleteEntry("a/b/one");
    assertThat(store.entry("a/b/one")).isEmpty();
  }

  @Test
  void listsWhileOthersCreateAndDelete() throws Exception {
    store.createEntry("a/stays", utf8("1"));
    try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
      Future<?> changes =
          threads.submit(
              () -> {
                for (int round = 0; round < 300; round++) {
                  store.createEntry("a/comes-" + round, utf8("2"));
                  store.deleteEntry("a/comes-" + round);
                }
              });
      while (!changes.isDone()) {
        assertThat(store.entries("a")).contains("a/stays");
      }
      changes.get();
    }
  }

  @Test
  void refusesNamesThatLeaveTheFolder() {
    for (String name : List.of("../x", "/x", "a//b", "", "a/../b", ".hidden", "A")) {
      assertThatThrownBy(() -> store.createEntry(name, utf8("x")))
          .isInstanceOf(ObjectStoreException.class)
          .hasMessageContaining("'" + name + "'");
    }
  }

  @Test
  void ofRacingWritersExactlyOneCreatesTheEntry() throws Exception {
    int writers = 4;
    ObjectStore other = open();
    CyclicBarrier together = new CyclicBarrier(writers);
    try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
      for (int round = 0; round < 50; round++) {
        String name = "race/round-" + round;
        List<Future<Boolean>> attempts = new ArrayList<>();
        for (int writer = 0; writer < writers; writer++) {
          ObjectStore mine = writer % 2 == 0 ? store : other;
          byte[] value = utf8("writer-" + writer);
          attempts.add(
              threads.submit(
                  () -> {
                    together.await();
                    return mine.createEntry(name, value);
                  }));
        }
        List<Integer> winners = new ArrayList<>();
        for (int writer = 0; writer < writers; writer++) {
          if (attempts.get(writer).get()) {
            winners.add(writer);
          }
        }
        assertThat(winners).hasSize(1);
        assertThat(store.entry(name)).contains(utf8("writer-" + winners.getFirst()));
      }
    }
  }

  @Test
  void collectsOnlyOldUnnamedObjects() {
    Digest named = store.put(utf8("named"));
    Digest unnamed = store.put(utf8("unnamed"));
    assertThat(store.collectGarbage(Set.of(named)::contains, Instant.EPOCH)).isZero();
    assertThat(store.collectGarbage(Set.of(named)::contains, Instant.now().plusSeconds(60)))
        .isEqualTo(1);
    assertThat(store.contains(named)).isTrue();
    assertThat(store.contains(unnamed)).isFalse();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
