package infomax.index;

import com.fasterxml.jackson.annotation.JsonIgnore;
import infomax.events.Digest;
import infomax.events.Positions;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A publication: one commit of one shard, with everything needed to fetch, check and judge it.
 *
 * @param spec what the shard is built from
 * @param sequence number of the publication, from 1, without gaps
 * @param term fencing number of the writer; every opening of a writer takes a new, higher one
 * @param writer unique name of that opening, so that two writers in one term are told apart
 * @param progress how far the commit has come in the log
 * @param images live documents
 * @param files every file of the commit
 * @param publishedAt when the manifest was made
 */
public record Manifest(
    IndexSpec spec,
    long sequence,
    long term,
    String writer,
    Progress progress,
    long images,
    List<IndexFile> files,
    Instant publishedAt) {

  /** Checks the ranges and copies the list. */
  public Manifest {
    if (sequence < 1 || term < 1 || images < 0 || files.isEmpty()) {
      throw new IllegalArgumentException(
          "manifest "
              + sequence
              + " in term "
              + term
              + " of "
              + images
              + " images in "
              + files.size()
              + " files: expected sequence and term >= 1 and at least one file");
    }
    files = List.copyOf(files);
  }

  /** Number of the generation. */
  @JsonIgnore
  public int generation() {
    return spec.generation();
  }

  /** Number of the shard. */
  @JsonIgnore
  public int shard() {
    return spec.shard();
  }

  /** SHA-256 of the encoder release's ONNX file. */
  @JsonIgnore
  public Digest encoder() {
    return spec.encoder();
  }

  /** Next offsets to read; every record below is in the index. */
  @JsonIgnore
  public Positions positions() {
    return progress.positions();
  }

  /** Per partition, when its end was last reached. */
  @JsonIgnore
  public SortedMap<Integer, Instant> completeAsOf() {
    return progress.completeAsOf();
  }

  /** Oldest timestamp among the records new in this publication; null if none is. */
  @JsonIgnore
  public @Nullable Instant oldestTimestamp() {
    return progress.oldestTimestamp();
  }

  /** True if this is a later publication of the shard, and shows everything {@code other} does. */
  public boolean continues(Manifest other) {
    return sequence > other.sequence && positions().reaches(other.positions());
  }

  /** Bytes of the files that {@code previous} does not have; of all files if there is none. */
  public long bytesBeyond(@Nullable Manifest previous) {
    Set<Digest> known =
        previous == null
            ? Set.of()
            : previous.files.stream().map(IndexFile::digest).collect(Collectors.toSet());
    return files.stream()
        .filter(file -> !known.contains(file.digest()))
        .mapToLong(IndexFile::lengthBytes)
        .sum();
  }

  /** True if both come from the same opening of a writer. */
  boolean sameWriter(Manifest other) {
    return term == other.term && writer.equals(other.writer);
  }
}
