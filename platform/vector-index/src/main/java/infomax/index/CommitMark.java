package infomax.index;

import infomax.events.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a Lucene commit says about itself, in its user data: whose it is and how far it has come, so
 * that documents and positions are one unit.
 *
 * @param spec what the shard is built from
 * @param term the writer's term
 * @param writer the writer's name
 * @param progress how far the commit has come in the log
 */
public record CommitMark(IndexSpec spec, long term, String writer, Progress progress) {

  private static final Logger LOG = LoggerFactory.getLogger(CommitMark.class);
  private static final String KEY = "infomax";

  Map<String, String> userData() {
    return Map.of(KEY, new String(Json.write(this), StandardCharsets.UTF_8));
  }

  /**
   * The mark of the newest commit in a directory; empty where there is none or it is unreadable.
   */
  static Optional<CommitMark> newest(Directory directory) {
    try {
      if (SegmentInfos.getLastCommitGeneration(directory) < 0) {
        return Optional.empty();
      }
      String json = SegmentInfos.readLatestCommit(directory).getUserData().get(KEY);
      return json == null
          ? Optional.empty()
          : Optional.of(Json.read(json.getBytes(StandardCharsets.UTF_8), CommitMark.class));
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("local index {} is unusable and given up: {}", directory, e.toString());
      return Optional.empty();
    }
  }

  /** True if this commit continues what {@code newest} published, by the same writer. */
  boolean continues(Manifest newest) {
    return term == newest.term()
        && writer.equals(newest.writer())
        && spec.equals(newest.spec())
        && progress.positions().reaches(newest.positions());
  }
}
