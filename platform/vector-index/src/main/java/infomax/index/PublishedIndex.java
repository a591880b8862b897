package infomax.index;

import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.store.ObjectStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MultiReader;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/**
 * Publications of every shard of a generation, opened for search as one index: immutable, whatever
 * is published later. To a search a shard is some more segments: each finds its own nearest, and
 * the best of all are scored and ordered together. Thread-safe; every method may run while another
 * thread closes the index, and then either completes or throws {@link
 * org.apache.lucene.store.AlreadyClosedException}.
 *
 * <p>Files lie under {@code folder/shard-<shard>/term-<term>/}, as hard links where possible. A
 * folder belongs to one line of openings, each given the one before, in one process: opening a
 * publication deletes files that neither it nor the one before needs. Segments both have in common
 * are opened once.
 */
public final class PublishedIndex implements AutoCloseable {

  private final PublishedShards published;
  private final List<OpenShard> shards;
  private final IndexReader reader;
  private final NearestImages nearest;
  private final ImageListing listing;
  private final AtomicBoolean closed = new AtomicBoolean();

  private PublishedIndex(PublishedShards published, List<OpenShard> shards, IndexReader reader) {
    this.published = published;
    this.shards = List.copyOf(shards);
    this.reader = reader;
    this.nearest = new NearestImages(reader, NearestImages.SCANNED_MATCHES_MAX);
    this.listing = new ImageListing(reader);
  }

  /**
   * Opens a publication of a generation with one shard, the first in its folder.
   *
   * @throws IndexCorruptException as the other method says
   */
  public static PublishedIndex open(ObjectStore store, Manifest manifest, Path folder) {
    return open(store, new PublishedShards(List.of(manifest)), folder, null);
  }

  /**
   * Opens publications of all shards after others of the same generation in the same folder.
   *
   * @param previous what was opened before, still open; null for the first
   * @throws IndexCorruptException if a file is absent, because newer publications made it garbage,
   *     or corrupt; a newer publication may do better
   * @throws infomax.store.ObjectStoreException if the store does not answer, which may pass
   * @throws IndexException if {@code folder} cannot be written or read, which may pass
   */
  public static PublishedIndex open(
      ObjectStore store,
      PublishedShards published,
      Path folder,
      @Nullable PublishedIndex previous) {
    List<OpenShard> opened = new ArrayList<>();
    try {
      for (Manifest manifest : published.shards()) {
        OpenShard before = previous == null ? null : previous.shards.get(manifest.shard());
        opened.add(OpenShard.open(store, manifest, folder.resolve(folderName(manifest)), before));
      }
      if (previous == null) {
        deleteOthers(folder, published);
      }
      return new PublishedIndex(published, opened, together(opened));
    } catch (IOException e) {
      release(opened);
      throw new IndexException("folder " + folder + " cannot be used: " + e, e);
    } catch (RuntimeException e) {
      release(opened);
      throw e;
    }
  }

  /** What is open. */
  public PublishedShards published() {
    return published;
  }

  /** Live documents. */
  public int images() {
    return reader.numDocs();
  }

  /**
   * Finds the nearest images.
   *
   * @throws IllegalArgumentException if a vector does not have the index's dimensions, or if the
   *     query filters or groups and {@link #filters} is false
   * @throws Deadline.OutOfTimeException if the query's deadline passes
   */
  public SearchAnswer search(VectorQuery query) {
    return search(query, _ -> {});
  }

  /**
   * The same, and tells how long reading what the hits tell took, in nanoseconds.
   *
   * @throws IllegalArgumentException as {@link #search(VectorQuery)}
   * @throws Deadline.OutOfTimeException if the query's deadline passes
   */
  public SearchAnswer search(VectorQuery query, LongConsumer fetchNanos) {
    Stream.concat(query.positive().stream(), query.negative().stream())
        .mapToInt(vector -> vector.direction().dimensions())
        .filter(dimensions -> dimensions != published.dimensions())
        .findAny()
        .ifPresent(
            dimensions -> {
              throw new IllegalArgumentException(
                  "vector has " + dimensions + " components, expected " + published.dimensions());
            });
    if (!query.filter().isEmpty() || query.selection().grouping() != null) {
      verifyFilters();
    }
    return reading(() -> nearest.search(query, fetchNanos));
  }

  /**
   * Lists images in the order of the bytes of their ids.
   *
   * @param filter which images
   * @param after the id before the first one listed; null to list from the beginning
   * @param limit most images to list, at least 1
   * @throws IllegalArgumentException if there is a filter and {@link #filters} is false
   * @throws Deadline.OutOfTimeException if the deadline passes
   */
  public ImagePage list(Filter filter, @Nullable ImageId after, int limit, Deadline deadline) {
    if (!filter.isEmpty()) {
      verifyFilters();
    }
    return reading(() -> listing.list(filter, after, limit, deadline));
  }

  /** False if the index was written before there were filters. */
  public boolean filters() {
    return published.spec().format() >= IndexSpec.FORMAT_WITH_FILTERS;
  }

  /** The image with this id, if it is in the index. */
  public Optional<IndexedImage> image(ImageId id) {
    return reading(
        () -> {
          for (LeafReaderContext leaf : reader.leaves()) {
            int document = ImageFields.find(leaf.reader(), id);
            if (document >= 0) {
              return Optional.of(ImageFields.read(leaf.reader(), document));
            }
          }
          return Optional.empty();
        });
  }

  /** Count and hash sum per partition. */
  public Contents contents() {
    Contents.Tally tally = new Contents.Tally();
    forEach((id, digest, partition, offset) -> tally.add(id, partition, offset));
    return tally.contents();
  }

  /** Visits every image, in no particular order. */
  public void forEach(ImageVisitor visitor) {
    reading(
        () -> {
          for (LeafReaderContext leaf : reader.leaves()) {
            visit(leaf.reader(), visitor);
          }
          return true;
        });
  }

  /**
   * Distinct images picked at random, every one equally likely.
   *
   * @param count how many; fewer if the index has fewer
   * @param seed the same seed picks the same images of the same publication
   */
  public List<IndexedImage> sample(int count, long seed) {
    return reading(
        () -> {
          Random random = new Random(seed);
          int wanted = Math.min(count, reader.numDocs());
          Set<Integer> picked = new HashSet<>();
          List<IndexedImage> sample = new ArrayList<>();
          while (sample.size() < wanted) {
            int document = random.nextInt(reader.maxDoc());
            LeafReaderContext leaf =
                reader.leaves().get(ReaderUtil.subIndex(document, reader.leaves()));
            Bits live = leaf.reader().getLiveDocs();
            int inLeaf = document - leaf.docBase;
            if ((live == null || live.get(inLeaf)) && picked.add(document)) {
              sample.add(ImageFields.read(leaf.reader(), inLeaf));
            }
          }
          return sample;
        });
  }

  /**
   * The images whose newest records were written last, newest first. Looks at the timestamp of
   * every image, some ten milliseconds in a million.
   *
   * @param count how many, at least 1; fewer if the index has fewer
   */
  public List<IndexedImage> newest(int count) {
    return reading(() -> listing.newest(count));
  }

  /** Checks every file and structure of the publications, graphs included; takes seconds. */
  public Integrity checkIntegrity() {
    return reading(
        () -> {
          for (OpenShard shard : shards) {
            Integrity integrity = shard.checkIntegrity();
            if (!integrity.clean()) {
              return integrity;
            }
          }
          return new Integrity(true, "");
        });
  }

  /** Lets go of the files; searches that run complete. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    try {
      reader.decRef();
      release(shards);
    } catch (IOException e) {
      throw new IndexException(name() + " cannot be closed", e);
    }
  }

  /** Sees one image after another. */
  @FunctionalInterface
  public interface ImageVisitor {
    /** Sees an image: digest of its content, place of its newest record. */
    void visit(ImageId id, Digest digest, int partition, long offset);
  }

  /**
   * Outcome of a check.
   *
   * @param clean true if nothing is wrong
   * @param detail Lucene's report; empty if clean
   */
  public record Integrity(boolean clean, String detail) {}

  private static String folderName(Manifest manifest) {
    return "shard-" + manifest.shard();
  }

  /** What an earlier generation of this program, or of these shards, left in the folder. */
  private static void deleteOthers(Path folder, PublishedShards published) throws IOException {
    Set<String> mine = new HashSet<>();
    published.shards().forEach(manifest -> mine.add(folderName(manifest)));
    try (Stream<Path> found = Files.list(folder)) {
      found
          .filter(each -> !mine.contains(String.valueOf(each.getFileName())))
          .forEach(IndexFolder::deleteTree);
    }
  }

  /** All shards as one; it has a reference of its own to each of them. */
  private static IndexReader together(List<OpenShard> shards) throws IOException {
    if (shards.size() == 1) {
      IndexReader only = shards.getFirst().reader();
      only.incRef();
      return only;
    }
    return new MultiReader(
        shards.stream().map(OpenShard::reader).toArray(IndexReader[]::new), false);
  }

  private static void release(List<OpenShard> shards) {
    for (OpenShard shard : shards) {
      try {
        shard.release();
      } catch (IOException e) {
        throw new IndexException(
            "publication " + shard.manifest().sequence() + " cannot be closed", e);
      }
    }
  }

  private static void visit(LeafReader leaf, ImageVisitor visitor) throws IOException {
    BinaryDocValues ids = DocValues.getBinary(leaf, ImageFields.ID);
    BinaryDocValues digests = DocValues.getBinary(leaf, ImageFields.DIGEST);
    NumericDocValues partitions = DocValues.getNumeric(leaf, ImageFields.PARTITION);
    NumericDocValues offsets = DocValues.getNumeric(leaf, ImageFields.OFFSET);
    Bits live = leaf.getLiveDocs();
    for (int document = 0; document < leaf.maxDoc(); document++) {
      if (live != null && !live.get(document)) {
        continue;
      }
      if (!(ids.advanceExact(document)
          && digests.advanceExact(document)
          && partitions.advanceExact(document)
          && offsets.advanceExact(document))) {
        throw new IndexException("document " + document + " lacks a field: the index is corrupt");
      }
      visitor.visit(
          ImageId.of(ImageFields.copy(ids.binaryValue())),
          ImageFields.digest(ImageFields.copy(digests.binaryValue())),
          Math.toIntExact(partitions.longValue()),
          offsets.longValue());
    }
  }

  private void verifyFilters() {
    if (!filters()) {
      throw new IllegalArgumentException(
          "generation " + published.generation() + " was written before there were filters");
    }
  }

  private String name() {
    return "publication " + published.sequences() + " of generation " + published.generation();
  }

  private <T> T reading(Reading<T> work) {
    reader.incRef();
    try (Closeable _ = reader::decRef) {
      return work.run();
    } catch (IOException e) {
      throw new IndexException(name() + " cannot be read: " + e, e);
    }
  }

  @FunctionalInterface
  private interface Reading<T> {
    T run() throws IOException;
  }
}
