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
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is particular to the store in a folder; the contract of every store has tests of its own.
 */
final class DirectoryObjectStoreTest {

  @TempDir Path folder;
  private ObjectStore store;

  @BeforeEach
  void open() {
    store = ObjectStore.open(folder.resolve("store"));
  }

  @Test
  void refusesACorruptObject() throws IOException {
    Digest corrupt = store.put(utf8("content"));
    Files.writeString(folder.resolve("store/objects").resolve(corrupt.hex()), "c0ntent");
    assertThatThrownBy(() -> store.read(corrupt))
        .isInstanceOf(ObjectBrokenException.class)
        .hasMessageContaining("corrupt");
    assertThatThrownBy(() -> store.verify(corrupt)).isInstanceOf(ObjectBrokenException.class);
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
            () -> store.fetch(digest, folder.resolve("target")),
            () -> store.entry("a/one"),
            () -> store.entries("a"),
            () -> store.names("a"),
            () -> store.contains(digest),
            () -> store.put(utf8("more")),
            () -> store.createEntry("b/c/two", utf8("2")));
    assertThat(attempts)
        .allSatisfy(
            attempt ->
                assertThatThrownBy(attempt)
                    .isExactlyInstanceOf(ObjectStoreException.class)
                    .hasMessageContaining("is gone"));
    // Nothing was made in its place, which would look like an empty store.
    assertThat(folder.resolve("store")).doesNotExist();
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
    observed.fetch(digest, folder.resolve("target"));
    observed.createEntry("a/one", utf8("1"));
    observed.entry("a/one");
    observed.entries("a");
    observed.deleteEntry("a/one");
    observed.delete(digest);
    assertThat(steps)
        .containsExactly(
            StoreStep.PUT_OBJECT,
            StoreStep.READ_OBJECT,
            StoreStep.FETCH_OBJECT,
            StoreStep.CREATE_ENTRY,
            StoreStep.READ_ENTRY,
            StoreStep.LIST_ENTRIES,
            StoreStep.DELETE_ENTRY,
            StoreStep.DELETE_OBJECT);
    assertThatThrownBy(() -> observed.createEntry("a/refused", utf8("1"))).hasMessage("no answer");
    assertThat(store.entry("a/refused")).isEmpty();
  }

  @Test
  void leavesNothingHalfWritten() throws IOException {
    store.createEntry("a/one", utf8("1"));
    assertThat(store.createEntry("a/one", utf8("2"))).isFalse();
    assertThat(folder.resolve("store/incoming")).isEmptyDirectory();
    Files.writeString(folder.resolve("store/objects/.part-left"), "half");
    assertThat(store.collectGarbage(digest -> true, Instant.now().plusSeconds(60))).isEqualTo(1);
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
