package infomax.indexer.rollout.decision;

import infomax.events.Digest;
import infomax.events.Position;
import infomax.events.Positions;
import infomax.events.control.ControlEvent;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.FailureCause;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexGeneration.Verification;
import infomax.events.control.Int8Variant;
import infomax.indexer.rollout.decision.Plan.Comparison;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A view that tests put together piece by piece, and the carrying out of plans on it. */
final class Situation {

  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final int PARTITIONS = 2;
  static final String TOPIC = "topic-a";

  /** Candidates are not compared on live queries, which tests of other things need not wait for. */
  static final RolloutPolicy POLICY = RolloutPolicy.DEFAULT.comparingWithin(Duration.ZERO);

  final RolloutDecisions decisions;
  final Map<Integer, Publication> publications = new HashMap<>();
  final Map<Integer, IndexingFailure> failures = new HashMap<>();
  final List<ReplicaStatus> replicas = new ArrayList<>();
  final Map<Integer, ShadowStatus> shadows = new HashMap<>();
  final Map<String, RestoreOffer> offers = new HashMap<>();
  ControlState state = ControlState.EMPTY;
  LogTopic log = new LogTopic(TOPIC, PARTITIONS, at(1000));
  Comparison comparison;
  VerificationStatus verification = new VerificationStatus.Idle(Instant.MIN, "");
  Instant actingSince = START;
  Instant now = START;

  Situation() {
    this(POLICY);
  }

  Situation(RolloutPolicy policy) {
    this.decisions = new RolloutDecisions(policy);
  }

  /** The same offset in every partition. */
  static Positions at(long offset) {
    Positions positions = Positions.START;
    for (int partition = 0; partition < PARTITIONS; partition++) {
      positions = positions.with(partition, Position.of(offset));
    }
    return positions;
  }

  static EncoderRelease release(int version, Verdict verdict) {
    return release(version, verdict, null);
  }

  /** An accepted release. */
  static EncoderRelease release(int version, Int8Variant int8) {
    return release(version, Verdict.ACCEPTED, int8);
  }

  private static EncoderRelease release(int version, Verdict verdict, Int8Variant int8) {
    return new EncoderRelease(
        version,
        Digest.of(new byte[] {(byte) version}),
        10,
        32,
        8,
        1,
        verdict,
        List.of(),
        "default",
        7,
        Map.of(),
        null,
        null,
        null,
        List.of(),
        Map.of(),
        START,
        int8);
  }

  static ControlRequest request(String id, Kind kind, Instant at, String generation) {
    return new ControlRequest(
        id,
        kind,
        generation == null ? Map.of() : Map.of(ControlRequest.GENERATION, generation),
        "tester",
        "a test",
        at,
        at.plus(Duration.ofMinutes(1)),
        Status.PENDING,
        "");
  }

  static ControlRequest reindex(String id, Instant at, Map<String, String> parameters) {
    return new ControlRequest(
        id,
        Kind.REINDEX,
        parameters,
        "tester",
        "a test",
        at,
        at.plus(Duration.ofHours(6)),
        Status.PENDING,
        "");
  }

  Situation with(ControlEvent event) {
    state = state.with(event);
    return this;
  }

  RolloutView view() {
    return new RolloutView(
        state,
        log,
        publications,
        failures,
        replicas,
        shadows,
        comparison,
        verification,
        offers,
        actingSince,
        now);
  }

  Plan plan() {
    return decisions.next(view());
  }

  /** Takes the next step and carries it out as far as it is about decisions. */
  Plan step() {
    Plan plan = plan();
    switch (plan) {
      case Plan.Wait _ -> {}
      case Plan.Write write -> apply(write);
      case Plan.NameTarget named -> {
        comparison = named.comparison();
        apply(named.write());
      }
      case Plan.Verify verify ->
          verification = new VerificationStatus.Running(verify.candidate().number(), now);
    }
    return plan;
  }

  void apply(Plan.Write write) {
    for (Decision decision : write.decisions()) {
      state =
          switch (decision) {
            case Decision.Write value -> state.with(value.event());
            case Decision.Tombstone tombstone -> state.without(tombstone.key());
          };
    }
  }

  Situation pass(Duration time) {
    now = now.plus(time);
    return this;
  }

  Situation publish(int generation, long offset) {
    return publish(generation, offset, new TreeMap<>());
  }

  Situation publish(int generation, long offset, Map<Integer, Instant> completeAsOf) {
    Publication before = publications.get(generation);
    publications.put(
        generation,
        new Publication(
            generation,
            List.of(before == null ? 1 : before.sequences().getFirst() + 1),
            at(offset),
            incompleteFor(completeAsOf, now),
            offset));
    return this;
  }

  static Map<Integer, Duration> incompleteFor(
      Map<Integer, Instant> completeAsOf, Instant published) {
    Map<Integer, Duration> incomplete = new TreeMap<>();
    completeAsOf.forEach(
        (partition, asOf) -> incomplete.put(partition, Duration.between(asOf, published)));
    return incomplete;
  }

  void verificationPasses(int generation) {
    finish(generation, null);
  }

  void finish(int generation, FailureCause cause) {
    verification =
        new VerificationStatus.Finished(
            generation,
            state.generations().get(generation).target(),
            new Verification(cause == null, 10, 1, 1, cause == null ? "equal" : "differs"),
            cause);
  }

  void replica(String name, Map<Integer, Long> loaded, Long servedBefore) {
    Map<Integer, Positions> positions = new HashMap<>();
    loaded.forEach((generation, offset) -> positions.put(generation, at(offset)));
    replicas.removeIf(known -> known.replica().equals(name));
    replicas.add(
        new ReplicaStatus(name, positions, servedBefore == null ? null : at(servedBefore)));
  }

  IndexGeneration generation(int number) {
    return state.generations().get(number);
  }

  GenerationState stateOf(int number) {
    return generation(number).state();
  }

  /** Release 0 went live as generation 1 at offset 1000, with one replica serving it. */
  static Situation firstLive() {
    Situation situation = new Situation().with(release(0, Verdict.UNTRAINED));
    situation.roll(1);
    return situation;
  }

  /** Drives generation {@code number}, which is about to begin, until it is live. */
  void roll(int number) {
    step();
    finishRoll(number);
  }

  /** Drives generation {@code number}, which has begun, until it is live. */
  void finishRoll(int number) {
    publish(number, 1000);
    step();
    step();
    step();
    verificationPasses(number);
    step();
    verification = new VerificationStatus.Idle(Instant.MIN, "");
    Map<Integer, Long> loaded = new HashMap<>();
    state.generations().values().stream()
        .filter(generation -> generation.state().isLoaded())
        .forEach(generation -> loaded.put(generation.number(), 1000L));
    replica("a", loaded, 1000L);
    pass(POLICY.listening());
    step();
    if (stateOf(number) != GenerationState.LIVE) {
      throw new IllegalStateException(
          "generation " + number + " is " + generation(number) + ", expected LIVE");
    }
  }
}
