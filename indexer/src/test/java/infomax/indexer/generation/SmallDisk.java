package infomax.indexer.generation;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small file system in memory, to be filled up. Only root can mount one. */
final class SmallDisk implements AutoCloseable {

  private static final String FILLER = "filler";

  private final Path folder;
  private final boolean mounted;

  private SmallDisk(Path folder, boolean mounted) {
    this.folder = folder;
    this.mounted = mounted;
  }

  /** Mounts one of 8 MB, if that is allowed. */
  static SmallDisk mount(Path folder) throws Exception {
    Files.createDirectories(folder);
    return new SmallDisk(
        folder, run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder.toString()) == 0);
  }

  boolean isMounted() {
    return mounted;
  }

  /** Leaves no room. */
  void fill() throws IOException {
    try (OutputStream filler = Files.newOutputStream(folder.resolve(FILLER))) {
      byte[] page = new byte[4096];
      while (true) {
        filler.write(page);
      }
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).contains("No space left")) {
        throw e;
      }
    }
  }

  /** Gives the room back. */
  void free() throws IOException {
    Files.deleteIfExists(folder.resolve(FILLER));
  }

  /** Lazily: the file system goes once nobody has a file of it open. */
  @Override
  public void close() throws Exception {
    if (mounted && run("umount", "-l", folder.toString()) != 0) {
      throw new IOException(folder + " cannot be unmounted");
    }
  }

  private static int run(String... command) throws Exception {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
    } catch (IOException e) {
      return -1;
    }
  }
}
