package infomax.indexer.rollout;

import infomax.events.Digest;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlState;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.index.Publications;
import infomax.index.PublishedShards;
import infomax.indexer.backup.Backup;
import infomax.indexer.rollout.decision.Plan.Comparison;
import infomax.indexer.rollout.decision.Publication;
import infomax.indexer.rollout.decision.RestoreOffer;
import infomax.indexer.rollout.decision.RolloutView;
import infomax.indexer.rollout.decision.VerificationStatus;
import infomax.runtime.control.ControlLog;
import infomax.store.ObjectBrokenException;
import infomax.store.ObjectStoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything a view is gathered from.
 *
 * @param control the topic control, followed
 * @param publications the publications of every generation
 * @param failures what indexing reports
 * @param replicas what search replicas report
 * @param shadows what they say of candidates' answers to live queries
 * @param log the topic images
 * @param clock what time it is
 */
record Surroundings(
    ControlLog control,
    Publications publications,
    IndexingFailures failures,
    ReplicaReports replicas,
    ShadowReports shadows,
    LogWatch log,
    InstantSource clock) {

  private static final Logger LOG = LoggerFactory.getLogger(Surroundings.class);

  private static final Duration LOG_AGE_MAX_ROLLING = Duration.ofMillis(250);
  private static final Duration LOG_AGE_MAX_IDLE = Duration.ofSeconds(5);

  /** What is known now. */
  RolloutView view(
      @Nullable Comparison comparison, VerificationStatus verification, Instant actingSince) {
    ControlState state = control.state();
    Map<String, RestoreOffer> offers = offers(state);
    boolean rolling = isRolling(state);
    // Publications before the ends of the log, so that the ends are not older than what was read.
    Map<Integer, Publication> newest = rolling ? newest(state) : Map.of();
    Instant now = clock.instant();
    return new RolloutView(
        state,
        log.topic(now, logAgeMax(rolling, offers)),
        newest,
        failures.byGeneration(),
        replicas.heardWithin(now),
        shadows.ofVerified(state),
        comparison,
        verification,
        offers,
        actingSince,
        now);
  }

  /** What is restored must not be ahead of the log, so that its ends are asked for afterwards. */
  private static Duration logAgeMax(boolean rolling, Map<String, RestoreOffer> offers) {
    if (!offers.isEmpty()) {
      return Duration.ZERO;
    }
    return rolling ? LOG_AGE_MAX_ROLLING : LOG_AGE_MAX_IDLE;
  }

  private Map<String, RestoreOffer> offers(ControlState state) {
    Map<String, RestoreOffer> offers = new HashMap<>();
    for (ControlRequest request : state.open(Kind.RESTORE)) {
      try {
        offers.put(request.id(), offer(request));
      } catch (ObjectBrokenException | IllegalArgumentException e) {
        offers.put(
            request.id(),
            new RestoreOffer.Unusable("the store has no such backup: " + e.getMessage()));
      } catch (ObjectStoreException e) {
        LOG.debug("request={} cannot be looked at yet: {}", request.id(), e.toString());
      }
    }
    return offers;
  }

  private RestoreOffer offer(ControlRequest request) {
    Digest description = new Digest(request.parameters().getOrDefault(ControlRequest.BACKUP, ""));
    return new RestoreOffer.Found(description, Backup.read(publications.store().read(description)));
  }

  /** Publications that a view named, if they are still there. */
  Optional<PublishedShards> published(Publication publication) {
    return publications.read(publication.generation(), publication.sequences());
  }

  /** Only then publications matter. */
  private static boolean isRolling(ControlState state) {
    return !state.open(Kind.ROLLBACK).isEmpty()
        || state.generations().values().stream()
            .map(IndexGeneration::state)
            .anyMatch(
                current ->
                    current == GenerationState.BUILDING || current == GenerationState.CAUGHT_UP);
  }

  private Map<Integer, Publication> newest(ControlState state) {
    Map<Integer, Publication> newest = new HashMap<>();
    for (IndexGeneration generation : state.generations().values()) {
      if (generation.state().isIndexed()) {
        publications
            .latest(generation.number())
            .ifPresent(published -> newest.put(generation.number(), publication(published)));
      }
    }
    return newest;
  }

  private static Publication publication(PublishedShards published) {
    return new Publication(
        published.generation(),
        published.sequences(),
        published.positions(),
        published.incompleteFor(),
        published.images());
  }
}
