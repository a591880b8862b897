package infomax.indexer.rollout.decision;

import infomax.events.control.ControlState;
import infomax.events.control.FailureCause;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexingPause;
import infomax.indexer.rollout.decision.Plan.Comparison;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything a decision is made from, at one moment. Immutable.
 *
 * @param state the topic {@code control}, folded
 * @param log the topic {@code images}; null while the cluster cannot be asked
 * @param publications newest publication by generation
 * @param failures what indexers reported, by generation
 * @param replicas search replicas heard from within the last three heartbeat periods
 * @param shadows what replicas said of candidates' answers to live queries, by generation
 * @param comparison what this controller holds for the candidate; null if it has named no target
 * @param verification where the verification is
 * @param offers what open requests to restore offer, by request id; absent while the store cannot
 *     be asked
 * @param actingSince when this controller took over; waiting counts from here at the earliest, so
 *     that a roll does not fail because nobody was there to drive it; nor does the time count in
 *     which indexing was paused
 * @param now the present
 */
public record RolloutView(
    ControlState state,
    @Nullable LogTopic log,
    Map<Integer, Publication> publications,
    Map<Integer, IndexingFailure> failures,
    List<ReplicaStatus> replicas,
    Map<Integer, ShadowStatus> shadows,
    @Nullable Comparison comparison,
    VerificationStatus verification,
    Map<String, RestoreOffer> offers,
    Instant actingSince,
    Instant now) {

  /** Copies the collections. */
  public RolloutView {
    publications = Map.copyOf(publications);
    failures = Map.copyOf(failures);
    replicas = List.copyOf(replicas);
    shadows = Map.copyOf(shadows);
    offers = Map.copyOf(offers);
  }

  /** Why a generation cannot be indexed any further; empty if it can. */
  public Optional<IndexingFailure> failureOf(IndexGeneration generation) {
    IndexingFailure reported = failures.get(generation.number());
    if (reported != null) {
      return Optional.of(reported);
    }
    if (log == null
        || (log.topicId().equals(generation.topicId())
            && log.partitions() == generation.partitions())) {
      return Optional.empty();
    }
    return Optional.of(
        new IndexingFailure(
            generation.number(),
            FailureCause.LOG_REPLACED,
            "it was built from topic "
                + generation.topicId()
                + " with "
                + generation.partitions()
                + " partitions, but images is now "
                + log.topicId()
                + " with "
                + log.partitions()));
  }

  /** The newest publication of a generation. */
  Optional<Publication> publicationOf(IndexGeneration generation) {
    return Optional.ofNullable(publications.get(generation.number()));
  }

  /** The live generation, if a candidate can be compared with it. */
  Optional<IndexGeneration> trustedLive() {
    return state.live().filter(live -> failureOf(live).isEmpty());
  }

  /**
   * What a rollback leads to once {@code next} is live: the old live generation, or what it would
   * have led to before.
   */
  Optional<IndexGeneration> predecessorOf(IndexGeneration next) {
    return trustedLive()
        .or(() -> state.previous().filter(kept -> failureOf(kept).isEmpty()))
        .filter(kept -> kept.number() != next.number());
  }

  /** The latest of an instant, this controller's first, and the last pause's beginning or end. */
  Instant notBeforeActing(Instant instant) {
    Instant acting = instant.isAfter(actingSince) ? instant : actingSince;
    IndexingPause pause = state.pause();
    return pause != null && pause.since().isAfter(acting) ? pause.since() : acting;
  }
}
