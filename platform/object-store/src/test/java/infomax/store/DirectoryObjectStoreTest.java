package infomax.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.events.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
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
        .isInstanceOf(UnusableObjectException.class)
        .hasMessageContaining("corrupt");
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
