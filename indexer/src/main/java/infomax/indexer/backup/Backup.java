package infomax.indexer.backup;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import infomax.events.Digest;
import infomax.events.Json;
import infomax.events.control.EncoderRelease;
import infomax.index.IndexFile;
import infomax.index.Manifest;
import infomax.index.PublishedShards;
import infomax.index.SealedJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a backup is: a publication of every shard of the generation that was live, and the encoder
 * release it was built with. As bytes it is {@link SealedJson}; the objects it names lie beside it.
 * The first format had the manifest of one shard; it is read as one of one shard.
 *
 * @param format version of this form
 * @param createdAt when it was made
 * @param shards the publications, in the order of the shards: generation, positions, topic id,
 *     counts, files with their SHA-256
 * @param release the encoder release, with the SHA-256 of its files
 */
public record Backup(int format, Instant createdAt, List<Manifest> shards, EncoderRelease release) {

  /** The format that is written. */
  private static final int FORMAT = 2;

  private static final int FORMAT_OF_ONE_SHARD = 1;
  private static final String HEAD = "infomax-backup ";

  /** Checks the format, and that the publications are those of one generation and its release. */
  public Backup {
    if (format != FORMAT) {
      throw new IllegalArgumentException("backup has format " + format + ", expected " + FORMAT);
    }
    shards = new PublishedShards(shards).shards();
    if (release.precisionOf(shards.getFirst().encoder()).isEmpty()) {
      throw new IllegalArgumentException(
          "backup of encoder " + release.version() + " has an index of another encoder's file");
    }
  }

  /** Reads a backup of any age. */
  @JsonCreator
  static Backup ofAnyAge(
      @JsonProperty("format") int format,
      @JsonProperty("createdAt") Instant createdAt,
      @JsonProperty("shards") @Nullable List<Manifest> shards,
      @JsonProperty("manifest") @Nullable Manifest manifest,
      @JsonProperty("release") EncoderRelease release) {
    return new Backup(
        format == FORMAT_OF_ONE_SHARD ? FORMAT : format,
        createdAt,
        shards != null ? shards : manifest == null ? List.of() : List.of(manifest),
        release);
  }

  /** A backup of what is published. */
  public static Backup of(Instant createdAt, PublishedShards published, EncoderRelease release) {
    return new Backup(FORMAT, createdAt, published.shards(), release);
  }

  /**
   * Reads a description.
   *
   * @throws IllegalArgumentException if the bytes are not those that were written
   */
  public static Backup read(byte[] bytes) {
    String old = head(FORMAT_OF_ONE_SHARD);
    boolean isOld = new String(bytes, StandardCharsets.ISO_8859_1).startsWith(old + " ");
    return Json.read(SealedJson.open(isOld ? old : head(FORMAT), bytes), Backup.class);
  }

  /** The description as bytes. */
  public byte[] bytes() {
    return SealedJson.seal(head(FORMAT), Json.write(this));
  }

  /** The publications of all shards. */
  public PublishedShards published() {
    return new PublishedShards(shards);
  }

  /** What it is called in the place it lies in: the same publications have the same name. */
  String name() {
    return published().sequences().stream()
        .map("%012d"::formatted)
        .collect(
            Collectors.joining(
                "-", "generation-" + published().generation() + "-publication-", ""));
  }

  /** Every object it consists of. */
  Set<Digest> objects() {
    Set<Digest> objects = new TreeSet<>(java.util.Comparator.comparing(Digest::hex));
    objects.addAll(release.objects().values());
    shards.forEach(shard -> shard.files().forEach(file -> objects.add(file.digest())));
    return objects;
  }

  /** Bytes of the index and of the encoder. */
  public long sizeBytes() {
    return release.onnxBytes()
        + shards.stream()
            .flatMap(shard -> shard.files().stream())
            .mapToLong(IndexFile::lengthBytes)
            .sum();
  }

  private static String head(int format) {
    return HEAD + format;
  }
}
