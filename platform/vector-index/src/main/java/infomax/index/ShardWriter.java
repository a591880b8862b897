package infomax.index;

import infomax.events.ImageId;
import infomax.index.PublishOutcome.Published;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexCommit;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.KeepOnlyLastCommitDeletionPolicy;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SnapshotDeletionPolicy;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of a shard: applies images and deletes, commits them together with the positions
 * they came from, and publishes commits. Opening it takes the shard over from any other writer.
 *
 * <p>Not thread-safe: one thread applies records in order. Merges run on Lucene's own thread, which
 * also forces to disk and digests the files they write, off the way of a commit.
 *
 * <p>After an {@link IndexException} from {@link #put}, {@link #delete} or {@link #commit}, such as
 * on a full disk, the writer is of no use any more: close it and open a new one, which goes on from
 * the last commit or publication. It is an {@link IndexCorruptException} if a local file is
 * damaged, as a merge finds out: then delete the local folder first.
 */
public final class ShardWriter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ShardWriter.class);

  private final InstantSource clock;
  private final ShardStart start;
  private final ShardFiles files;
  private final SnapshotDeletionPolicy commits;
  private final IndexWriter writer;
  private final SegmentMerging merging;
  private final Map<ImageId, Optional<IndexedImage>> uncommitted = new HashMap<>();
  private final ShardPublisher publisher;
  private Progress progress;
  private @Nullable Committed committed;

  private ShardWriter(
      Publications publications,
      InstantSource clock,
      ShardStart start,
      ShardFiles files,
      IndexWriter writer) {
    this.clock = clock;
    this.start = start;
    this.files = files;
    this.commits = (SnapshotDeletionPolicy) writer.getConfig().getIndexDeletionPolicy();
    this.writer = writer;
    this.merging = new SegmentMerging(writer);
    this.progress = start.progress();
    this.publisher = new ShardPublisher(publications, start);
  }

  /**
   * Takes the shard over and opens its writer: from the local commit if that continues the newest
   * publication, else from the newest publication, else empty. When this returns, the newest
   * publication carries this writer's term, and older writers are fenced.
   *
   * @param folder the writer's local folder, used by nobody else
   * @param openings the writers of this shard that this process had before
   * @param onMergeThread run by each merge's thread before it merges, such as to yield the
   *     processor to those that somebody waits for
   * @throws SupersededException if somebody else has taken the shard over since the last of those
   * @throws IndexCorruptException if files are absent or damaged; deleting {@code folder} helps if
   *     they are those of the local commit
   * @throws IndexException if the shard was built from something else, or the disk refuses
   */
  public static ShardWriter open(
      Publications publications,
      Path folder,
      IndexSpec spec,
      WriterOpenings openings,
      InstantSource clock,
      Runnable onMergeThread) {
    try {
      ShardStart start =
          ShardStart.take(
              publications, new FolderFiles(publications.store(), folder), spec, openings);
      Directory directory = new SyncOnceDirectory(new MMapDirectory(folder));
      ShardFiles files = new ShardFiles(publications.store(), folder, directory, start.files());
      ShardWriter opened =
          new ShardWriter(
              publications,
              clock,
              start,
              files,
              new IndexWriter(directory, config(spec, files, onMergeThread)));
      opened.begin();
      return opened;
    } catch (CorruptIndexException
        | IndexFormatTooNewException
        | IndexFormatTooOldException
        | NoSuchFileException e) {
      throw new IndexCorruptException(
          "generation " + spec.generation() + " is corrupt in " + folder + ": " + e, e);
    } catch (IOException e) {
      throw new IndexException(
          "generation " + spec.generation() + " cannot be opened in " + folder + ": " + e, e);
    }
  }

  /** As the other one, where this process had no writer of the shard before. */
  public static ShardWriter open(
      Publications publications,
      Path folder,
      IndexSpec spec,
      InstantSource clock,
      Runnable onMergeThread) {
    return open(publications, folder, spec, new WriterOpenings(), clock, onMergeThread);
  }

  /** What the shard is built from. */
  public IndexSpec spec() {
    return start.spec();
  }

  /** The writer's term. */
  public long term() {
    return start.term();
  }

  /** How far the last commit has come. */
  public Progress progress() {
    return progress;
  }

  /** Live documents in the last commit. */
  public long images() {
    return current().reader().numDocs();
  }

  /** Adds an image, or replaces what the index has under its id. */
  public void put(IndexedImage image) {
    if (image.vector().dimensions() != spec().dimensions()) {
      throw new IllegalArgumentException(
          "vector has "
              + image.vector().dimensions()
              + " components, expected "
              + spec().dimensions());
    }
    try {
      writer.updateDocument(ImageFields.term(image.id()), ImageFields.document(image));
    } catch (IOException | AlreadyClosedException e) {
      throw failed("put an image", e);
    }
    uncommitted.put(image.id(), Optional.of(image));
  }

  /** Removes an image; one that is absent changes nothing. */
  public void delete(ImageId id) {
    try {
      writer.deleteDocuments(ImageFields.term(id));
    } catch (IOException | AlreadyClosedException e) {
      throw failed("delete an image", e);
    }
    uncommitted.put(id, Optional.empty());
  }

  /** The image as it is after everything put and deleted so far. */
  public Optional<IndexedImage> find(ImageId id) {
    Optional<IndexedImage> touched = uncommitted.get(id);
    if (touched != null) {
      return touched;
    }
    try {
      for (LeafReaderContext leaf : current().reader().leaves()) {
        int document = ImageFields.find(leaf.reader(), id);
        if (document >= 0) {
          return Optional.of(ImageFields.read(leaf.reader(), document));
        }
      }
      return Optional.empty();
    } catch (IOException | AlreadyClosedException e) {
      throw failed("read", e);
    }
  }

  /**
   * Commits everything put and deleted so far, durably, as one unit with {@code next}.
   *
   * @param next how far the records applied so far have come; taken after the last of them
   */
  public void commit(Progress next) {
    try {
      // A fixed copy: Lucene reads the user data after it has flushed the documents.
      writer.setLiveCommitData(start.mark(next).userData().entrySet());
      writer.commit();
      IndexCommit commit = commits.snapshot();
      Committed before = committed;
      committed = new Committed(commit, reader(before, commit));
      progress = next;
      uncommitted.clear();
      if (before != null) {
        before.reader().decRef();
        commits.release(before.commit());
      }
    } catch (IOException | AlreadyClosedException e) {
      throw failed("commit", e);
    }
  }

  /**
   * Whether it is written in bulk: in larger segments that are merged seldom, which takes less work
   * in all, and makes searches slower until {@link #mergeTo}. For an index that nobody searches.
   */
  public void bulk(boolean bulk) {
    merging.bulk(bulk);
  }

  /**
   * Begins to merge what is there to so many segments, and returns at once; images may be put and
   * committed meanwhile. The commit after it has ended holds the merged segments, or those that
   * were there if it failed.
   *
   * @param segments at least 1
   */
  public void mergeTo(int segments) {
    merging.begin(segments);
  }

  /** True while that goes on. */
  public boolean isMerging() {
    return merging.isRunning();
  }

  /** Segments of the last commit. */
  public int segments() {
    return current().reader().leaves().size();
  }

  /**
   * Images of the last commit beyond those in its largest segments.
   *
   * @param segments how many of the largest to leave out
   */
  public int imagesBeyond(int segments) {
    return current().reader().leaves().stream()
        .map(leaf -> leaf.reader().numDocs())
        .sorted(Comparator.reverseOrder())
        .skip(segments)
        .mapToInt(Integer::intValue)
        .sum();
  }

  /**
   * Publishes the last commit. May be called again after a failure of the store.
   *
   * @throws infomax.store.ObjectStoreException if the store fails; the commit stays held
   */
  public PublishOutcome publish() {
    Committed last = current();
    List<IndexFile> stored;
    try {
      stored = files.put(last.commit());
    } catch (IOException e) {
      throw failed("read a commit", e);
    }
    PublishOutcome outcome =
        publisher.publish(progress, last.reader().numDocs(), stored, clock.instant());
    if (outcome instanceof Published) {
      files.published(stored);
    }
    return outcome;
  }

  /** Ends without a commit: what was put since the last one is read from the log again. */
  @Override
  public void close() {
    try {
      if (committed != null) {
        committed.reader().decRef();
      }
      writer.rollback();
      writer.getDirectory().close();
    } catch (IOException e) {
      throw failed("close", e);
    }
  }

  /** A first commit carries the new term into the local folder; a new shard is published empty. */
  private void begin() {
    try {
      commit(progress);
      if (publisher.sequence() == 0 && !(publish() instanceof Published)) {
        throw new IndexException(
            "generation " + spec().generation() + " was begun by another writer just now");
      }
      LOG.info(
          "generation={} shard={} writer opened, term={} images={}",
          spec().generation(),
          spec().shard(),
          term(),
          images());
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private Committed current() {
    if (committed == null) {
      throw new IllegalStateException("writer has no commit: it was not opened completely");
    }
    return committed;
  }

  private IndexException failed(String action, Exception cause) {
    // A writer that Lucene closed says only that it is closed; what closed it is the cause.
    String message =
        "generation "
            + spec().generation()
            + " could not "
            + action
            + ": "
            + (cause instanceof AlreadyClosedException && cause.getCause() != null
                ? cause.getCause()
                : cause);
    for (Throwable at = cause; at != null; at = at.getCause()) {
      // A merge that met a damaged file has closed the writer, and its exception is the cause.
      if (at instanceof CorruptIndexException) {
        return new IndexCorruptException(message + ": " + at.getMessage(), cause);
      }
    }
    return new IndexException(message, cause);
  }

  private static DirectoryReader reader(@Nullable Committed before, IndexCommit commit)
      throws IOException {
    if (before == null) {
      return DirectoryReader.open(commit);
    }
    DirectoryReader changed = DirectoryReader.openIfChanged(before.reader(), commit);
    if (changed == null) {
      before.reader().incRef();
      return before.reader();
    }
    return changed;
  }

  private static IndexWriterConfig config(
      IndexSpec spec, ShardFiles files, Runnable onMergeThread) {
    return new IndexWriterConfig()
        .setCodec(new IndexCodec(spec.index()))
        .setIndexDeletionPolicy(new SnapshotDeletionPolicy(new KeepOnlyLastCommitDeletionPolicy()))
        .setMergePolicy(SegmentMerging.policy())
        .setMergeScheduler(SegmentMerging.scheduler(onMergeThread))
        .setMergedSegmentWarmer(files::prepareMerged)
        .setRAMBufferSizeMB(SegmentMerging.RAM_BUFFER_MB)
        // A commit never waits for a merge.
        .setMaxFullFlushMergeWaitMillis(0)
        .setCommitOnClose(false);
  }

  /** The last commit: held, so that merges leave its files, and open for lookups. */
  private record Committed(IndexCommit commit, DirectoryReader reader) {}
}
