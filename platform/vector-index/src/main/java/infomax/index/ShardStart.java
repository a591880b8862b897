package infomax.index;

import infomax.index.Publications.Newest;
import infomax.index.PublishOutcome.Published;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
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
public record ShardStart(
    IndexSpec spec,
    String name,
    long term,
    long sequence,
    Progress progress,
    List<IndexFile> files) {

  private static final Logger LOG = LoggerFactory.getLogger(ShardStart.class);
  private static final int ATTEMPTS_MAX = 5;

  /**
   * Takes the shard over and brings the files to start from to the local ones.
   *
   * @param openings the writers of this shard that this process had before
   * @throws SupersededException if somebody else has taken it over since the last of those
   * @throws IndexCorruptException if files are absent or damaged
   * @throws IndexException if the shard was built from something else, or others keep publishing
   */
  public static ShardStart take(
      Publications publications, LocalFiles local, IndexSpec spec, WriterOpenings openings)
      throws IOException {
    String name = openings.nextName();
    for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      Newest before = publications.newest(spec.generation(), spec.shard());
      Optional<Manifest> newest = before.manifest();
      if (newest.isEmpty() && before.sequence() > 0) {
        throw new IndexCorruptException(
            "no publication of generation " + spec.generation() + " can be read");
      }
      if (newest.isEmpty()) {
        local.replaceBy(List.of());
        openings.took(1);
        return new ShardStart(spec, name, 1, 0, Progress.START, List.of());
      }
      verifySpec(spec, newest.get());
      if (openings.isSuperseded(newest.get())) {
        throw new SupersededException(
            "generation "
                + spec.generation()
                + " shard "
                + spec.shard()
                + " was taken over by another writer, in term "
                + newest.get().term());
      }
      Progress progress = prepare(local, newest.get());
      if (publications.takeOver(newest.get(), before.sequence(), name)
          instanceof Published(Manifest taken)) {
        openings.took(taken.term());
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
  public CommitMark mark(Progress at) {
    return new CommitMark(spec, term, name, at);
  }

  private static Progress prepare(LocalFiles local, Manifest newest) throws IOException {
    Optional<CommitMark> mark = local.newestCommit();
    if (mark.filter(commit -> commit.continues(newest)).isPresent()) {
      LOG.info(
          "generation={} goes on from its local commit, publication={}",
          newest.generation(),
          newest.sequence());
      return mark.get().progress();
    }
    local.replaceBy(newest.files());
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
