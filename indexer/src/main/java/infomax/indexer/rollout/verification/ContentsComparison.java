package infomax.indexer.rollout.verification;

import infomax.encoder.Embedding;
import infomax.encoder.Encoder;
import infomax.encoder.Encoder.Outcome;
import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.control.FailureCause;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.imaging.EncoderPixels;
import infomax.imaging.UndecodableImageException;
import infomax.index.Contents;
import infomax.index.PublishedIndex;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a candidate holds with what it should hold, at the same positions. First counts and
 * hash sums, which cost little; only where they differ, id by id against the log.
 */
final class ContentsComparison {

  private static final int NAMED_MAX = 5;

  private final PublishedIndex candidate;
  private final int partitions;
  private final Encoder encoder;
  private final Predicate<Digest> fatal;

  /**
   * A comparison.
   *
   * @param candidate the candidate at the target
   * @param partitions partitions of the log
   * @param encoder the candidate's encoder, to judge whether it rightly left an image out
   * @param fatal images that must not be embedded to see
   */
  ContentsComparison(
      PublishedIndex candidate, int partitions, Encoder encoder, Predicate<Digest> fatal) {
    this.candidate = candidate;
    this.partitions = partitions;
    this.encoder = encoder;
    this.fatal = fatal;
  }

  /** Compares with the live generation at the same positions; the log decides a difference. */
  Finding withLive(PublishedIndex live, LogScan log) throws VerificationUnavailableException {
    Contents mine = candidate.contents();
    if (mine.equals(live.contents())) {
      return Finding.passed(
          mine.images()
              + " images, as in generation "
              + live.published().generation()
              + " at the same positions");
    }
    Finding finding = withLog(log);
    return finding.isPassed()
        ? Finding.passed(
            finding.detail()
                + "; generation "
                + live.published().generation()
                + " differs from it at the same positions")
        : finding;
  }

  /** Compares with the log up to the same positions. */
  Finding withLog(LogScan log) throws VerificationUnavailableException {
    Contents mine = candidate.contents();
    List<String> differences = new ArrayList<>();
    long leftOut = 0;
    for (List<Integer> group : log.groups(partitions)) {
      for (Map.Entry<Integer, Map<ImageId, Long>> expected : log.newest(group).entrySet()) {
        if (!isEqual(mine, expected.getKey(), expected.getValue())) {
          leftOut += compare(expected.getKey(), expected.getValue(), log, differences);
        }
      }
    }
    if (differences.isEmpty()) {
      return Finding.passed(
          mine.images()
              + " images, as in the log"
              + (leftOut == 0 ? "" : ", " + leftOut + " left out as no encoder can take them"));
    }
    return new Finding(
        FailureCause.CONTENTS_DIFFER,
        differences.size()
            + " images differ from the log: "
            + String.join("; ", differences.subList(0, Math.min(NAMED_MAX, differences.size()))));
  }

  private static boolean isEqual(Contents mine, int partition, Map<ImageId, Long> expected) {
    Contents.Tally tally = new Contents.Tally();
    expected.forEach((id, offset) -> tally.add(id, partition, offset));
    return Objects.equals(
        mine.partitions().get(partition), tally.contents().partitions().get(partition));
  }

  /** Adds the differences of a partition; returns how many images were rightly left out. */
  private long compare(
      int partition, Map<ImageId, Long> expected, LogScan log, List<String> differences)
      throws VerificationUnavailableException {
    Map<ImageId, Long> found = found(partition, differences);
    TreeSet<Long> missing = new TreeSet<>();
    expected.forEach(
        (id, offset) -> {
          if (!found.containsKey(id)) {
            missing.add(offset);
          }
        });
    Set<Long> leftOut = leftOut(partition, missing, log);
    TreeSet<ImageId> ids = new TreeSet<>(expected.keySet());
    ids.addAll(found.keySet());
    for (ImageId id : ids) {
      @Nullable Long should = expected.get(id);
      @Nullable Long does = found.get(id);
      boolean rightly = does == null && leftOut.contains(should);
      if (!rightly && !Objects.equals(should, does)) {
        differences.add(
            id
                + " of partition "
                + partition
                + (does == null ? " is missing" : " comes from offset " + does)
                + (should == null ? ", expected none" : ", expected offset " + should));
      }
    }
    return leftOut.size();
  }

  private Map<ImageId, Long> found(int partition, List<String> differences) {
    Map<ImageId, Long> found = new HashMap<>();
    candidate.forEach(
        (id, digest, where, offset) -> {
          if (where == partition) {
            Long earlier = found.put(id, offset);
            if (earlier != null) {
              differences.add(id + " is there twice, from offsets " + earlier + " and " + offset);
            }
          }
        });
    return found;
  }

  /** An image that cannot be decoded, or gets no direction, is rejected by every indexer. */
  private Set<Long> leftOut(int partition, SortedSet<Long> missing, LogScan log)
      throws VerificationUnavailableException {
    Set<Long> leftOut = new HashSet<>();
    log.visit(
        partition,
        missing,
        (offset, stored) -> {
          if (!isEmbeddable(stored)) {
            leftOut.add(offset);
          }
        });
    return leftOut;
  }

  private boolean isEmbeddable(ImageStored stored) {
    if (fatal.test(stored.image().digest())) {
      return false;
    }
    try {
      EncoderPixels pixels = EncoderPixels.of(stored.image(), encoder.inputSize());
      return encoder.embedEach(List.of(pixels)).getFirst()
              instanceof Outcome.Embedded(Embedding embedding)
          && embedding.hasDirection();
    } catch (UndecodableImageException e) {
      return false;
    }
  }
}
