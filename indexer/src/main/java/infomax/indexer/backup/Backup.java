package infomax.indexer.backup;

import infomax.events.Digest;
import infomax.events.Json;
import infomax.events.control.EncoderRelease;
import infomax.index.IndexFile;
import infomax.index.Manifest;
import infomax.index.SealedJson;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a backup is: one publication of the generation that was live, and the encoder release it was
 * built with. As bytes it is {@link SealedJson}; the objects it names lie beside it.
 *
 * @param format version of this form
 * @param createdAt when it was made
 * @param manifest the publication: generation, positions, topic id, counts, files with their
 *     SHA-256
 * @param release the encoder release, with the SHA-256 of its files
 */
public record Backup(int format, Instant createdAt, Manifest manifest, EncoderRelease release) {

  /** The format that is written, and the only one that is read. */
  static final int FORMAT = 1;

  private static final String HEAD = "infomax-backup " + FORMAT;

  /** Checks the format, and that the publication was built with the release. */
  public Backup {
    if (format != FORMAT) {
      throw new IllegalArgumentException("backup has format " + format + ", expected " + FORMAT);
    }
    if (release.precisionOf(manifest.encoder()).isEmpty()) {
      throw new IllegalArgumentException(
          "backup of encoder " + release.version() + " has an index of another encoder's file");
    }
  }

  /**
   * Reads a description.
   *
   * @throws IllegalArgumentException if the bytes are not those that were written
   */
  public static Backup read(byte[] bytes) {
    return Json.read(SealedJson.open(HEAD, bytes), Backup.class);
  }

  /** The description as bytes. */
  public byte[] bytes() {
    return SealedJson.seal(HEAD, Json.write(this));
  }

  /** What it is called in the place it lies in: the same publication has the same name. */
  String name() {
    return "generation-%d-publication-%012d".formatted(manifest.generation(), manifest.sequence());
  }

  /** Every object it consists of. */
  Set<Digest> objects() {
    Set<Digest> objects = new TreeSet<>(java.util.Comparator.comparing(Digest::hex));
    objects.addAll(release.objects().values());
    manifest.files().forEach(file -> objects.add(file.digest()));
    return objects;
  }

  /** Bytes of the index and of the encoder. */
  public long sizeBytes() {
    return release.onnxBytes() + manifest.files().stream().mapToLong(IndexFile::lengthBytes).sum();
  }
}
