package infomax.indexer.backup;

import infomax.events.Digest;
import infomax.store.ObjectBrokenException;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Map;

/**
 * Copies objects from one store into another, byte by byte: never by a link, since a link to a file
 * that gets damaged is damaged too. Every object is verified on its way.
 */
final class ObjectCopy {

  private static final int BUFFER_BYTES = 1 << 16;

  private final ObjectStore from;
  private final ObjectStore to;

  ObjectCopy(ObjectStore from, ObjectStore to) {
    this.from = from;
    this.to = to;
  }

  /**
   * Copies the objects that are missing; those that are there are verified.
   *
   * @return how many were copied
   * @throws ObjectBrokenException if the source lacks one, or has it damaged
   */
  int copy(Collection<Digest> objects) {
    try {
      Path folder = Files.createTempDirectory("infomax-copy");
      try {
        int copied = 0;
        for (Digest object : objects) {
          if (!isRight(object)) {
            copy(object, folder);
            copied++;
          }
        }
        return copied;
      } finally {
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new ObjectStoreException("objects cannot be copied: " + e, e);
    }
  }

  private boolean isRight(Digest object) {
    if (!to.contains(object)) {
      return false;
    }
    try {
      to.verify(object);
      return true;
    } catch (ObjectBrokenException e) {
      to.delete(object);
      return false;
    }
  }

  private void copy(Digest object, Path folder) throws IOException {
    Path fetched = folder.resolve("fetched");
    Path copy = folder.resolve("copy");
    try {
      from.fetch(object, fetched);
      Digest found = copy(fetched, copy);
      if (!found.equals(object)) {
        throw new ObjectBrokenException(
            object, "object " + object + " is damaged: its bytes have the digest " + found);
      }
      to.putDigested(Map.of(copy, object));
    } finally {
      Files.deleteIfExists(fetched);
      Files.deleteIfExists(copy);
    }
  }

  private static Digest copy(Path source, Path target) throws IOException {
    MessageDigest sha256 = Digest.sha256();
    try (InputStream in = Files.newInputStream(source);
        FileChannel out =
            FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        sha256.update(buffer, 0, read);
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
      out.force(true);
    }
    return Digest.of(sha256);
  }
}
