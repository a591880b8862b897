package infomax.indexer.rollout;

import infomax.events.control.ControlEvent;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.index.IndexException;
import infomax.index.Publications.Hold;
import infomax.index.PublishedShards;
import infomax.indexer.rollout.decision.Decision;
import infomax.indexer.rollout.decision.Plan;
import infomax.indexer.rollout.decision.Plan.Comparison;
import infomax.indexer.rollout.decision.Publication;
import infomax.indexer.rollout.decision.RolloutDecisions;
import infomax.indexer.rollout.decision.VerificationStatus;
import infomax.indexer.rollout.verification.VerificationOrder;
import infomax.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One time in office of a controller: from having fenced its predecessor and read {@code control}
 * to the end, until anything casts doubt on it. What it holds and what it has under way ends with
 * it; its successor reads from {@code control} where to go on. Not thread-safe.
 */
final class Tenure implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Tenure.class);
  private static final Duration CONTROL_TIMEOUT = Duration.ofSeconds(30);
  private static final String CLIENT_ID = "rollout";

  /** Then the group is polled again before going on. */
  private static final int STEPS_MAX = 8;

  private final Surroundings surroundings;
  private final RolloutDecisions decisions;
  private final VerificationDesk desk;
  private final ControlTransactions transactions;
  private final Instant since;
  private @Nullable Comparison comparison;
  private @Nullable Hold liveHold;
  private @Nullable Hold candidateHold;
  private String waitingFor = "";

  private Tenure(
      Surroundings surroundings,
      RolloutDecisions decisions,
      VerificationDesk desk,
      ControlTransactions transactions) {
    this.surroundings = surroundings;
    this.decisions = decisions;
    this.desk = desk;
    this.transactions = transactions;
    this.since = surroundings.clock().instant();
  }

  /**
   * Takes office: fences the predecessor, then reads {@code control} to its end, in this order, so
   * that nothing can be written between what is known and what is decided.
   */
  static Tenure begin(
      KafkaClients clients,
      Surroundings surroundings,
      RolloutDecisions decisions,
      VerificationDesk desk)
      throws TimeoutException, InterruptedException {
    ControlTransactions transactions =
        ControlTransactions.begin(clients, RolloutController.TRANSACTIONAL_ID);
    try {
      surroundings.control().awaitEnd(clients, CLIENT_ID, CONTROL_TIMEOUT);
      return new Tenure(surroundings, decisions, desk, transactions);
    } catch (TimeoutException | InterruptedException | RuntimeException e) {
      transactions.close();
      throw e;
    }
  }

  /** Takes every step that can be taken now. */
  void act() throws TimeoutException, InterruptedException {
    dropStaleVerification();
    for (int step = 0; step < STEPS_MAX; step++) {
      Plan plan = decisions.next(surroundings.view(comparison, desk.status(), since));
      switch (plan) {
        case Plan.Wait wait -> {
          waitFor(wait.reason());
          return;
        }
        case Plan.Write write -> write(write);
        case Plan.NameTarget named -> {
          if (!nameTarget(named)) {
            return;
          }
        }
        case Plan.Verify verify -> verify(verify);
      }
    }
  }

  /** What the controller waits for, one sentence; empty if for nothing. */
  String waitingFor() {
    return waitingFor;
  }

  @Override
  public void close() {
    desk.drop();
    release();
    transactions.close();
  }

  private void write(Plan.Write write) throws TimeoutException, InterruptedException {
    transactions.write(write.decisions());
    LOG.info("decided: {}", write.reason());
    // A commit is acknowledged before its marker is in the partition: the end of control as a
    // reader sees it may still lie below what was just written.
    surroundings
        .control()
        .await(state -> write.decisions().stream().allMatch(isIn(state)), CONTROL_TIMEOUT);
    if (comparison != null && !isCaughtUp(comparison.generation())) {
      release();
    }
  }

  /** First hold, then name: what is compared later must be there later. */
  private boolean nameTarget(Plan.NameTarget named) throws TimeoutException, InterruptedException {
    desk.drop();
    release();
    Publication live = named.comparison().publication();
    if (live != null) {
      try {
        liveHold = surroundings.published(live).map(surroundings.publications()::hold).orElse(null);
      } catch (IndexException e) {
        LOG.debug("generation={} publication is gone: {}", live.generation(), e.getMessage());
      }
      if (liveHold == null) {
        return false;
      }
    }
    comparison = named.comparison();
    write(named.write());
    return true;
  }

  /** A candidate that stands still is published again now and then, which replaces this one. */
  private void verify(Plan.Verify verify) {
    IndexGeneration candidate = verify.candidate();
    EncoderRelease release =
        surroundings.control().state().encoders().get(candidate.encoderVersion());
    Optional<PublishedShards> publication = surroundings.published(verify.publication());
    Publication named = verify.comparison().publication();
    Optional<PublishedShards> live = Optional.ofNullable(named).flatMap(surroundings::published);
    if (release == null || publication.isEmpty() || (named != null && live.isEmpty())) {
      desk.postpone("its release or a publication is not there");
      return;
    }
    try {
      Hold next = surroundings.publications().hold(publication.get());
      release(candidateHold);
      candidateHold = next;
    } catch (IndexException e) {
      desk.postpone(String.valueOf(e.getMessage()));
      return;
    }
    desk.begin(
        new VerificationOrder(
            candidate,
            release,
            publication.get(),
            verify.comparison().target(),
            live.orElse(null)));
  }

  /** A verification of a generation that ended meanwhile, such as by a deadline. */
  private void dropStaleVerification() {
    boolean stale =
        switch (desk.status()) {
          case VerificationStatus.Idle _ -> false;
          case VerificationStatus.Running running -> !isCaughtUp(running.generation());
          case VerificationStatus.Finished finished -> !isCaughtUp(finished.generation());
        };
    if (stale) {
      desk.drop();
    }
  }

  private static Predicate<Decision> isIn(ControlState state) {
    return decision ->
        switch (decision) {
          case Decision.Write(ControlEvent event) -> state.equals(state.with(event));
          case Decision.Tombstone(String key) -> state.equals(state.without(key));
        };
  }

  private boolean isCaughtUp(int number) {
    IndexGeneration generation = surroundings.control().state().generations().get(number);
    return generation != null && generation.state() == GenerationState.CAUGHT_UP;
  }

  private void waitFor(String reason) {
    // Numbers in a reason change all the time and are no news.
    if (!reason.replaceAll("\\d", "").equals(waitingFor.replaceAll("\\d", ""))) {
      LOG.info("waiting: {}", reason.isEmpty() ? "nothing to do" : reason);
    }
    waitingFor = reason;
  }

  private void release() {
    comparison = null;
    release(liveHold);
    liveHold = null;
    release(candidateHold);
    candidateHold = null;
  }

  private static void release(@Nullable Hold hold) {
    if (hold != null) {
      hold.close();
    }
  }
}
