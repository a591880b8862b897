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
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexCommit;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/**
 * A publication, opened for search: immutable, whatever is published later. Thread-safe; every
 * method may run while another thread closes the index, and then either completes or throws {@link
 * org.apache.lucene.store.AlreadyClosedException}.
 *
 * <p>Files lie under {@code folder/term-<term>/}, as hard links where possible. A folder belongs to
 * one line of openings, each given the one before, in one process: opening a publication deletes
 * files that neither it nor the one before needs. Segments both have in common are opened once.
 */
public final class PublishedIndex implements AutoCloseable {

  private final Manifest manifest;
  private final IndexFolder folder;
  private final Directory directory;
  private final DirectoryReader reader;
  private final NearestImages nearest;
  private final ImageListing listing;
  private final AtomicBoolean closed = new AtomicBoolean();

  private PublishedIndex(
      Manifest manifest, IndexFolder folder, Directory directory, DirectoryReader reader) {
    this.manifest = manifest;
    this.folder = folder;
    this.directory = directory;
    this.reader = reader;
    this.nearest = new NearestImages(reader, NearestImages.SCANNED_MATCHES_MAX);
    this.listing = new ImageListing(reader);
  }

  /**
   * Opens a publication, the first in its folder.
   *
   * @throws IndexCorruptException if a file is absent, because newer publications made it garbage,
   *     or corrupt; a newer publication may do better
   * @throws infomax.store.ObjectStoreException if the store does not answer, which may pass
   * @throws IndexException if {@code folder} cannot be written or read, which may pass
   */
  public static PublishedIndex open(ObjectStore store, Manifest manifest, Path folder) {
    return open(store, manifest, folder, null);
  }

  /**
   * Opens a publication after another one of the same shard in the same folder.
   *
   * @param previous the one opened before, still open; null for the first
   * @throws IndexCorruptException if a file is absent, because newer publications made it garbage,
   *     or corrupt; a newer publication may do better
   * @throws infomax.store.ObjectStoreException if the store does not answer, which may pass
   * @throws IndexException if {@code folder} cannot be written or read, which may pass
   */
  public static PublishedIndex open(
      ObjectStore store, Manifest manifest, Path folder, @Nullable PublishedIndex previous) {
    Path path = folder.resolve("term-" + manifest.term());
    try {
      return previous != null && previous.folder.path().equals(path)
          ? openNext(manifest, previous)
          : openFirst(store, manifest, path, previous);
    } catch (CorruptIndexException | IndexFormatTooNewException | IndexFormatTooOldException e) {
      throw new IndexCorruptException(cannotBeOpened(manifest, e), e);
    } catch (IOException e) {
      throw new IndexException(cannotBeOpened(manifest, e), e);
    }
  }

  /** What is open. */
  public Manifest manifest() {
    return manifest;
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
        .filter(dimensions -> dimensions != manifest.dimensions())
        .findAny()
        .ifPresent(
            dimensions -> {
              throw new IllegalArgumentException(
                  "vector has " + dimensions + " components, expected " + manifest.dimensions());
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
    return manifest.spec().format() >= IndexSpec.FORMAT_WITH_FILTERS;
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

  /** Checks every file and structure of the publication, graphs included; takes seconds. */
  public Integrity checkIntegrity() {
    return reading(() -> IntegrityCheck.run(directory, manifest));
  }

  /** Lets go of the files; searches that run complete. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    try {
      // Not close(): two publications of the same commit share one reader.
      reader.decRef();
    } catch (IOException e) {
      throw new IndexException("publication " + manifest.sequence() + " cannot be closed", e);
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

  private static String cannotBeOpened(Manifest manifest, IOException cause) {
    return "publication "
        + manifest.sequence()
        + " of generation "
        + manifest.generation()
        + " cannot be opened: "
        + cause;
  }

  private static PublishedIndex openFirst(
      ObjectStore store, Manifest manifest, Path path, @Nullable PublishedIndex previous)
      throws IOException {
    IndexFolder folder =
        previous == null ? IndexFolder.open(store, path) : previous.folder.sibling(path);
    folder.keepOnly(IndexFolder.names(manifest.files()));
    folder.fetch(manifest.files());
    // Never closed: it holds nothing, and readers of later publications share it.
    Directory directory = new MMapDirectory(path);
    DirectoryReader reader = DirectoryReader.open(commit(directory, manifest));
    deleteOtherTerms(path, previous);
    return new PublishedIndex(manifest, folder, directory, reader);
  }

  private static PublishedIndex openNext(Manifest manifest, PublishedIndex previous)
      throws IOException {
    IndexFolder folder = previous.folder;
    folder.fetch(manifest.files());
    Directory directory = previous.directory;
    DirectoryReader changed =
        DirectoryReader.openIfChanged(previous.reader, commit(directory, manifest));
    if (changed == null) {
      previous.reader.incRef();
      changed = previous.reader;
    }
    Set<String> needed = new HashSet<>(IndexFolder.names(manifest.files()));
    needed.addAll(IndexFolder.names(previous.manifest.files()));
    folder.keepOnly(needed);
    return new PublishedIndex(manifest, folder, directory, changed);
  }

  /** Files of earlier terms stay open where they are read, but need no name any more. */
  private static void deleteOtherTerms(Path path, @Nullable PublishedIndex previous)
      throws IOException {
    try (Stream<Path> siblings = Files.list(path.resolveSibling(""))) {
      siblings
          .filter(other -> !other.equals(path))
          .filter(other -> previous == null || !other.equals(previous.folder.path()))
          .forEach(IndexFolder::deleteTree);
    }
  }

  private static IndexCommit commit(Directory directory, Manifest manifest) throws IOException {
    Set<String> names = IndexFolder.names(manifest.files());
    for (IndexCommit commit : DirectoryReader.listCommits(directory)) {
      if (names.contains(commit.getSegmentsFileName())) {
        return commit;
      }
    }
    throw new IOException("no segments file among " + names);
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
          "generation " + manifest.generation() + " was written before there were filters");
    }
  }

  private <T> T reading(Reading<T> work) {
    reader.incRef();
    try (Closeable _ = reader::decRef) {
      return work.run();
    } catch (IOException e) {
      throw new IndexException(
          "publication "
              + manifest.sequence()
              + " of generation "
              + manifest.generation()
              + " cannot be read: "
              + e,
          e);
    }
  }

  @FunctionalInterface
  private interface Reading<T> {
    T run() throws IOException;
  }
}
