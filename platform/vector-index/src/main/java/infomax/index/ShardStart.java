package infomax.index;

import infomax.index.Publications.Newest;
import infomax.index.PublishOutcome.Published;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a writer starts from, once the shard is taken over and the local folder holds its files.
 *
 * @param spec what the shard is built from
 * @param name unique name of the writer
 * @param term the writer's term
 * @param sequence number of the newest publication; 0 if there is none
 * @param progress how far the local files have come
 * @param files those of the local files whose digests are known
 */
record ShardStart(
    IndexSpec spec,
    String name,
    long term,
    long sequence,
    Progress progress,
    List<IndexFile> files) {

  private static final Logger LOG = LoggerFactory.getLogger(ShardStart.class);
  private static final int ATTEMPTS_MAX = 5;

  /** Takes the shard over and brings the files to start from into {@code folder}. */
  static ShardStart take(Publications publications, Path folder, IndexSpec spec)
      throws IOException {
    String name = UUID.randomUUID().toString();
    for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      Newest before = publications.newest(spec.generation(), spec.shard());
      Optional<Manifest> newest = before.manifest();
      if (newest.isEmpty() && before.sequence() > 0) {
        throw new IndexCorruptException(
            "no publication of generation " + spec.generation() + " can be read");
      }
      if (newest.isEmpty()) {
        IndexFolder.open(publications.store(), folder).keepOnly(java.util.Set.of());
        return new ShardStart(spec, name, 1, 0, Progress.START, List.of());
      }
      verifySpec(spec, newest.get());
      Progress progress = prepare(publications, folder, newest.get());
      if (publications.takeOver(newest.get(), before.sequence(), name)
          instanceof Published(Manifest taken)) {
        return new ShardStart(spec, name, taken.term(), taken.sequence(), progress, taken.files());
      }
    }
    throw new IndexException(
        "generation "
            + spec.generation()
            + " shard "
            + spec.shard()
            + " could not be taken over in "
            + ATTEMPTS_MAX
            + " attempts: another writer keeps publishing");
  }

  /** The mark of a commit by this writer. */
  CommitMark mark(Progress at) {
    return new CommitMark(spec, term, name, at);
  }

  private static Progress prepare(Publications publications, Path folder, Manifest newest)
      throws IOException {
    IndexFolder local = IndexFolder.open(publications.store(), folder);
    try (Directory directory = new MMapDirectory(folder)) {
      Optional<CommitMark> mark = CommitMark.newest(directory);
      if (mark.filter(commit -> commit.continues(newest)).isPresent()) {
        LOG.info(
            "generation={} goes on from its local commit, publication={}",
            newest.generation(),
            newest.sequence());
        return mark.get().progress();
      }
    }
    // What an attempt before this one brought, or an older commit has in common, stays.
    local.keepOnly(IndexFolder.names(newest.files()));
    local.fetch(newest.files());
    LOG.info("generation={} starts from publication={}", newest.generation(), newest.sequence());
    return newest.progress();
  }

  private static void verifySpec(IndexSpec spec, Manifest newest) {
    if (!newest.spec().equals(spec)) {
      throw new IndexException(
          "generation "
              + spec.generation()
              + " was built as "
              + newest.spec()
              + ", expected "
              + spec
              + "; build a new generation instead");
    }
  }
}
