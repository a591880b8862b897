package infomax.indexer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Digest;
import infomax.events.Positions;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlState;
import infomax.events.control.FailureCause;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexGeneration.Verification;
import infomax.events.control.IndexParameters;
import infomax.events.control.LiveAlias;
import infomax.events.control.ServedPrecision;
import infomax.index.IndexException;
import infomax.index.Publications;
import infomax.index.PublishedShards;
import infomax.indexer.backup.Backup;
import infomax.indexer.rollout.decision.LogTopic;
import infomax.indexer.rollout.decision.Plan;
import infomax.indexer.rollout.decision.Publication;
import infomax.indexer.rollout.decision.RestoreOffer;
import infomax.indexer.rollout.decision.RolloutDecisions;
import infomax.indexer.rollout.decision.RolloutMode;
import infomax.indexer.rollout.decision.RolloutPolicy;
import infomax.indexer.rollout.decision.RolloutView;
import infomax.indexer.rollout.decision.VerificationStatus;
import infomax.store.ObjectBrokenException;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A controller beside an indexer: in office from time to time, and not always aware of its end. */
final class SimulatedController extends SimulatedSystem.Actor {

  private final SimulatedSystem system;
  private final SimulatedIndexer indexer;
  private final ObjectStore store;
  private final Publications publications;
  private final RolloutDecisions decisions;
  private int epoch;
  private Instant since = Instant.MIN;
  private Plan.@Nullable Comparison comparison;
  private Publications.@Nullable Hold hold;
  private VerificationStatus verification = new VerificationStatus.Idle(Instant.MIN, "");
  private Plan.@Nullable Verify verify;

  SimulatedController(SimulatedSystem system, SimulatedIndexer indexer) {
    this.system = system;
    this.indexer = indexer;
    this.store = system.client(this);
    this.publications = new Publications(store, system::now);
    this.decisions = new RolloutDecisions(policy(1 + system.random().nextInt(2)));
  }

  /** Controllers may be configured to begin generations with different numbers of shards. */
  private static RolloutPolicy policy(int shards) {
    IndexParameters defaults = IndexParameters.DEFAULT;
    return new RolloutPolicy(
        Duration.ofMillis(500),
        Duration.ofMinutes(5),
        Duration.ofMinutes(30),
        6,
        Duration.ofSeconds(10),
        3,
        Duration.ofSeconds(1),
        Duration.ofDays(30),
        new IndexParameters(
            shards, defaults.maxConn(), defaults.beamWidth(), defaults.vectorFormat()),
        ServedPrecision.FLOAT32,
        RolloutMode.AUTOMATIC,
        Duration.ZERO);
  }

  @Override
  void act() {
    if (epoch == 0) {
      if (system.control.isVacant() || system.random().nextInt(30) == 0) {
        epoch = system.control.takeOffice();
        since = system.now();
      }
      return;
    }
    try {
      if (verify != null && system.random().nextInt(2) == 0) {
        verification = verified(verify);
        verify = null;
      }
      step();
    } catch (SimulatedControl.FencedException e) {
      leave();
    } catch (ObjectStoreException e) {
      system.control.vacate(epoch);
      leave();
    }
  }

  /** What it holds is never released: a hold that nobody releases ends by itself. */
  @Override
  void die() {
    system.control.vacate(epoch);
    leave();
  }

  private void leave() {
    epoch = 0;
    comparison = null;
    hold = null;
    verify = null;
    verification = new VerificationStatus.Idle(Instant.MIN, "");
  }

  private void step() {
    dropStaleVerification();
    RolloutView view = view();
    Plan plan = decisions.next(view);
    switch (plan) {
      case Plan.Wait _ -> {}
      case Plan.Write write -> write(view, plan, write);
      case Plan.NameTarget named -> nameTarget(view, named);
      case Plan.Verify asked -> {
        system.controlInvariants.verify(view, plan, view.state());
        verify = asked;
        verification = new VerificationStatus.Running(asked.candidate().number(), system.now());
      }
    }
  }

  private void write(RolloutView view, Plan plan, Plan.Write write) {
    system.control.write(epoch, write.decisions());
    ControlState after = SimulatedControl.after(view.state(), write.decisions());
    system.controlInvariants.verify(view, plan, after);
    LiveAlias before = view.state().alias();
    LiveAlias alias = after.alias();
    if (alias != null && (before == null || alias.generation() != before.generation())) {
      assertEqualToTheLog(alias.generation());
    }
    if (comparison != null && !isCaughtUp(comparison.generation())) {
      comparison = null;
      release();
    }
  }

  /** What the alias moves to holds what the log says, whoever verified it. */
  private void assertEqualToTheLog(int generation) {
    PublishedShards newest = system.newest(generation);
    if (newest != null) {
      assertThat(SimulatedFiles.contents(newest, file -> system.peek(file.digest()).orElseThrow()))
          .as("alias moves to generation %s", generation)
          .isEqualTo(system.log.contents(newest.positions()));
    }
  }

  private void nameTarget(RolloutView view, Plan.NameTarget named) {
    verify = null;
    verification = new VerificationStatus.Idle(Instant.MIN, "");
    release();
    Publication live = named.comparison().publication();
    if (live != null) {
      try {
        hold =
            publications
                .read(live.generation(), live.sequences())
                .map(publications::hold)
                .orElse(null);
      } catch (IndexException e) {
        hold = null;
      }
      if (hold == null) {
        return;
      }
    }
    comparison = named.comparison();
    write(view, named, named.write());
  }

  private void release() {
    if (hold != null) {
      hold.close();
      hold = null;
    }
  }

  private void dropStaleVerification() {
    boolean stale =
        switch (verification) {
          case VerificationStatus.Idle _ -> false;
          case VerificationStatus.Running running -> !isCaughtUp(running.generation());
          case VerificationStatus.Finished finished -> !isCaughtUp(finished.generation());
        };
    if (stale) {
      verify = null;
      verification = new VerificationStatus.Idle(Instant.MIN, "");
    }
  }

  private boolean isCaughtUp(int number) {
    IndexGeneration generation = system.control.state().generations().get(number);
    return generation != null && generation.state() == GenerationState.CAUGHT_UP;
  }

  /** Compares the candidate's publication with what the log says at the target. */
  private VerificationStatus verified(Plan.Verify asked) {
    Publication named = asked.publication();
    Positions target = asked.comparison().target();
    Optional<PublishedShards> publication =
        publications.read(named.generation(), named.sequences());
    if (publication.isEmpty()) {
      return new VerificationStatus.Idle(system.now(), "its publication is not there");
    }
    try {
      boolean equal =
          SimulatedFiles.contents(publication.get(), file -> store.read(file.digest()))
              .equals(system.log.contents(target));
      return new VerificationStatus.Finished(
          named.generation(),
          target,
          new Verification(equal, publication.get().images(), 1, 1, "compared"),
          equal ? null : FailureCause.CONTENTS_DIFFER);
    } catch (ObjectBrokenException e) {
      return new VerificationStatus.Idle(system.now(), "an object is gone");
    }
  }

  private RolloutView view() {
    ControlState state = system.control.state();
    Map<Integer, Publication> newest = new HashMap<>();
    for (IndexGeneration generation : state.generations().values()) {
      if (generation.state().isIndexed()) {
        publications
            .latest(generation.number())
            .ifPresent(published -> newest.put(generation.number(), publication(published)));
      }
    }
    return new RolloutView(
        state,
        new LogTopic(SimulatedLog.TOPIC, SimulatedLog.PARTITIONS, system.log.ends()),
        newest,
        indexer.failures,
        List.copyOf(system.replicas.values()),
        Map.of(),
        comparison,
        verification,
        offers(state),
        since,
        system.now());
  }

  private Map<String, RestoreOffer> offers(ControlState state) {
    Map<String, RestoreOffer> offers = new HashMap<>();
    for (ControlRequest request : state.open(Kind.RESTORE)) {
      Digest description = new Digest(request.parameters().get(ControlRequest.BACKUP));
      try {
        offers.put(
            request.id(),
            new RestoreOffer.Found(description, Backup.read(store.read(description))));
      } catch (ObjectBrokenException e) {
        offers.put(request.id(), new RestoreOffer.Unusable("it is gone"));
      }
    }
    return offers;
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
