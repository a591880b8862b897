package infomax.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.events.Digest;
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
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every store has to do; a second kind of store will run the same tests. */
final class ObjectStoreTest {

  @TempDir Path folder;
  private ObjectStore store;

  @BeforeEach
  void open() {
    store = ObjectStore.open(folder.resolve("store"));
  }

  @Test
  void readsBackWhatWasPut() {
    Digest digest = store.put(utf8("content"));
    assertThat(store.put(utf8("content"))).isEqualTo(digest);
    assertThat(store.contains(digest)).isTrue();
    assertThat(store.read(digest)).isEqualTo(utf8("content"));
    assertThat(ObjectStore.open(folder.resolve("store")).read(digest)).isEqualTo(utf8("content"));
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
    store.linkTo(digests.get(first), target);
    assertThat(target).hasContent("first");
    store.linkTo(digests.get(first), target);
    assertThat(store.read(digests.get(second))).isEqualTo(utf8("second"));
  }

  @Test
  void saysWhatIsAbsentOrCorrupt() throws IOException {
    Digest absent = Digest.of(utf8("never stored"));
    assertThatThrownBy(() -> store.read(absent))
        .isInstanceOfSatisfying(
            ObjectBrokenException.class, e -> assertThat(e.digest()).isEqualTo(absent))
        .hasMessageContaining(absent.hex())
        .hasMessageContaining("absent");
    assertThatThrownBy(() -> store.linkTo(absent, folder.resolve("target")))
        .isInstanceOf(ObjectBrokenException.class);
    Digest corrupt = store.put(utf8("content"));
    Files.writeString(folder.resolve("store/objects").resolve(corrupt.hex()), "c0ntent");
    for (Digest broken : List.of(absent, corrupt)) {
      assertThatThrownBy(() -> store.verify(broken))
          .isInstanceOfSatisfying(
              ObjectBrokenException.class, e -> assertThat(e.digest()).isEqualTo(broken));
    }
    store.verify(store.put(utf8("right")));
    assertThatThrownBy(() -> store.read(corrupt))
        .isInstanceOf(ObjectBrokenException.class)
        .hasMessageContaining("corrupt");
  }

  @Test
  void storingACorruptObjectAgainMendsIt() throws IOException {
    Digest digest = store.put(utf8("content"));
    Path object = folder.resolve("store/objects").resolve(digest.hex());
    Files.writeString(object, "c0ntent");
    store.put(utf8("content"));
    assertThat(store.read(digest)).isEqualTo(utf8("content"));
    Files.writeString(object, "conten");
    store.putFile(Files.writeString(folder.resolve("file"), "content"));
    assertThat(store.read(digest)).isEqualTo(utf8("content"));
  }

  /** As where its file system is not mounted: nothing there is no proof that nothing was there. */
  @Test
  void aStoreThatIsGoneIsNotAnEmptyOne() throws IOException {
    Digest digest = store.put(utf8("content"));
    store.createEntry("a/one", utf8("1"));
    Files.move(folder.resolve("store"), folder.resolve("elsewhere"));
    List<ThrowingCallable> attempts =
        List.of(
            () -> store.read(digest),
            () -> store.verify(digest),
            () -> store.linkTo(digest, folder.resolve("target")),
            () -> store.entry("a/one"),
            () -> store.entries("a"),
            () -> store.names("a"));
    assertThat(attempts)
        .allSatisfy(
            attempt ->
                assertThatThrownBy(attempt)
                    .isExactlyInstanceOf(ObjectStoreException.class)
                    .hasMessageContaining("is gone"));
    Files.move(folder.resolve("elsewhere"), folder.resolve("store"));
    assertThat(store.read(digest)).isEqualTo(utf8("content"));
    assertThat(store.entries("a")).containsExactly("a/one");
  }

  @Test
  void anObserverIsToldOfEachStepAndCanStopIt() {
    List<StoreStep> steps = new ArrayList<>();
    ObjectStore observed =
        ObjectStore.open(
            folder.resolve("store"),
            (step, name) -> {
              steps.add(step);
              if (name.equals("a/refused")) {
                throw new ObjectStoreException("no answer");
              }
            });
    Digest digest = observed.put(utf8("content"));
    observed.read(digest);
    observed.linkTo(digest, folder.resolve("target"));
    observed.createEntry("a/one", utf8("1"));
    observed.entry("a/one");
    observed.entries("a");
    observed.deleteEntry("a/one");
    observed.delete(digest);
    assertThat(steps)
        .containsExactly(
            StoreStep.PUT_OBJECT,
            StoreStep.READ_OBJECT,
            StoreStep.LINK_OBJECT,
            StoreStep.CREATE_ENTRY,
            StoreStep.READ_ENTRY,
            StoreStep.LIST_ENTRIES,
            StoreStep.DELETE_ENTRY,
            StoreStep.DELETE_OBJECT);
    assertThatThrownBy(() -> observed.createEntry("a/refused", utf8("1"))).hasMessage("no answer");
    assertThat(store.entry("a/refused")).isEmpty();
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
    ObjectStore other = ObjectStore.open(folder.resolve("store"));
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
    assertThat(folder.resolve("store/incoming")).isEmptyDirectory();
  }

  @Test
  void collectsOnlyOldUnnamedObjects() throws IOException {
    Digest named = store.put(utf8("named"));
    Digest unnamed = store.put(utf8("unnamed"));
    Files.writeString(folder.resolve("store/objects/.part-left"), "half");
    assertThat(store.collectGarbage(Set.of(named)::contains, Instant.EPOCH)).isZero();
    assertThat(store.collectGarbage(Set.of(named)::contains, Instant.now().plusSeconds(60)))
        .isEqualTo(2);
    assertThat(store.contains(named)).isTrue();
    assertThat(store.contains(unnamed)).isFalse();
  }

  @Test
  void saysWhereItCannotBeOpened() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> ObjectStore.open(file.resolve("store")))
        .isInstanceOf(ObjectStoreException.class)
        .hasMessageContaining(file.toString());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
