package infomax.indexer.rollout.decision;

import infomax.events.Position;
import infomax.events.Positions;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.FailureCause;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.ShadowComparison;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Everything around the controller, in virtual time: a log that grows, one indexer per generation
 * that keeps the protocol of a candidate, replicas, operators, a trainer. With faults on, indexers
 * fail, verifications fail or cannot be carried out, replicas come and go, and the controller dies.
 */
final class SimulatedWorld {

  private static final Duration TURN = Duration.ofMillis(200);

  final Situation situation;
  final ControlInvariants invariants;
  private final RolloutMode mode;
  private final Random random;
  private final Map<Integer, Positions> indexed = new HashMap<>();
  private final Map<Integer, Map<Integer, Instant>> completeAsOf = new HashMap<>();
  private final Map<String, Map<Integer, Positions>> replicas = new TreeMap<>();
  private boolean faults = true;
  private boolean controllerAlive = true;
  private Instant backAt = Instant.MIN;
  private Instant verificationEndsAt = Instant.MAX;
  private int releases;
  private int requests;
  int writes;
  int deaths;

  SimulatedWorld(long seed) {
    this.random = new Random(seed);
    this.mode = seed % 2 == 0 ? RolloutMode.AUTOMATIC : RolloutMode.APPROVAL;
    this.situation = new Situation(RolloutPolicy.DEFAULT.with(mode));
    this.invariants = new ControlInvariants(mode);
    situation.log = new LogTopic(Situation.TOPIC, Situation.PARTITIONS, Situation.at(0));
    addRelease(Verdict.UNTRAINED);
    addReplica("a");
  }

  /** No faults from here on: everything has to come to its end. */
  void calmDown() {
    faults = false;
    backAt = situation.now;
    situation.failures.clear();
    replicas.clear();
    addReplica("a");
    addReplica("b");
    ask(Kind.RESUME, null);
  }

  /** One turn of the whole world. */
  void turn() {
    situation.pass(TURN);
    growLog();
    situation.state.generations().values().forEach(this::index);
    replicas.replaceAll((name, loaded) -> load(loaded));
    reportReplicas();
    compareOnQueries();
    approve();
    verify();
    if (faults) {
      disturb();
    }
    control();
  }

  void ask(Kind kind, String generation) {
    Instant created = situation.now.minusSeconds(random.nextInt(90));
    situation.with(
        Situation.request(
            "request-" + requests++, kind, faults ? created : situation.now, generation));
  }

  void addRelease(Verdict verdict) {
    situation.with(Situation.release(releases++, verdict));
  }

  private void addReplica(String name) {
    replicas.put(name, Map.of());
  }

  private void growLog() {
    Positions ends = situation.log.ends();
    for (int partition = 0; partition < Situation.PARTITIONS; partition++) {
      ends = ends.with(partition, Position.of(ends.offset(partition) + random.nextInt(60)));
    }
    situation.log = new LogTopic(situation.log.topicId(), Situation.PARTITIONS, ends);
  }

  /** Reads on as the protocol of a candidate says, then commits and publishes, mostly. */
  private void index(IndexGeneration generation) {
    int number = generation.number();
    if (!generation.state().isIndexed()
        || situation.failures.containsKey(number)
        || situation.state.isPaused()) {
      return;
    }
    Positions before = indexed.getOrDefault(number, Positions.START);
    Positions limit = limit(generation, before);
    Positions after = before;
    Map<Integer, Instant> complete = completeAsOf.computeIfAbsent(number, _ -> new HashMap<>());
    for (int partition = 0; partition < Situation.PARTITIONS; partition++) {
      long from = before.offset(partition);
      long to = Math.max(from, Math.min(limit.offset(partition), from + random.nextInt(20_000)));
      after = after.with(partition, Position.of(to));
      if (to >= situation.log.ends().offset(partition)) {
        complete.put(partition, situation.now);
      }
    }
    indexed.put(number, after);
    if (random.nextInt(4) > 0) {
      Publication last = situation.publications.get(number);
      situation.publications.put(
          number,
          new Publication(
              number,
              List.of(last == null ? 1 : last.sequences().getFirst() + 1),
              after,
              Situation.incompleteFor(complete, situation.now),
              after.lagTo(after)));
    }
  }

  private Positions limit(IndexGeneration generation, Positions before) {
    Positions ends = situation.log.ends();
    if (generation.state() == GenerationState.BUILDING) {
      Publication published = situation.publications.get(generation.number());
      boolean holds =
          published != null
              && published.positions().sameOffsets(before)
              && published.wasCompleteWithin(Duration.ofSeconds(10), Situation.PARTITIONS);
      return holds ? before : ends;
    }
    if (generation.state() == GenerationState.CAUGHT_UP) {
      return generation.target() == null ? before : generation.target();
    }
    return ends;
  }

  private Map<Integer, Positions> load(Map<Integer, Positions> loaded) {
    Map<Integer, Positions> now = new HashMap<>(loaded);
    for (IndexGeneration generation : situation.state.generations().values()) {
      Publication published = situation.publications.get(generation.number());
      if (!generation.state().isLoaded()) {
        now.remove(generation.number());
      } else if (published != null && random.nextInt(3) == 0) {
        now.put(generation.number(), published.positions());
      }
    }
    return now;
  }

  private void reportReplicas() {
    situation.replicas.clear();
    replicas.forEach(
        (name, loaded) -> {
          Positions served =
              situation.state.live().map(live -> loaded.get(live.number())).orElse(null);
          situation.replicas.add(new ReplicaStatus(name, loaded, served));
        });
  }

  /** Replicas say what they found, now and then, and some never do. */
  private void compareOnQueries() {
    situation.shadows.keySet().removeIf(number -> !isVerified(number));
    int live = situation.state.live().map(IndexGeneration::number).orElse(0);
    replicas.forEach(
        (name, loaded) ->
            loaded.keySet().stream()
                .filter(this::isVerified)
                .forEach(number -> compareOnQueries(name, number, live)));
  }

  private void compareOnQueries(String replica, int candidate, int live) {
    ShadowStatus before =
        situation.shadows.getOrDefault(candidate, new ShadowStatus(situation.now, Map.of()));
    Map<String, ShadowComparison> heard = new HashMap<>(before.byReplica());
    if (random.nextInt(20) == 0) {
      heard.put(replica, ShadowComparison.none(live, replica, situation.now, "no queries"));
    }
    situation.shadows.put(candidate, new ShadowStatus(before.since(), heard));
  }

  private boolean isVerified(int number) {
    IndexGeneration generation = situation.generation(number);
    return generation != null && generation.state() == GenerationState.VERIFIED;
  }

  /** Somebody looks at what waits, now and then, and mostly likes it. */
  private void approve() {
    if (random.nextInt(100) == 0) {
      situation.state.generations().values().stream()
          .filter(generation -> generation.waitsFor() != null)
          .findFirst()
          .ifPresent(
              generation ->
                  ask(
                      faults && random.nextInt(3) == 0 ? Kind.REJECT : Kind.PROMOTE,
                      Integer.toString(generation.number())));
    }
  }

  private void verify() {
    if (situation.now.isBefore(verificationEndsAt)
        || !(situation.verification instanceof VerificationStatus.Running running)) {
      return;
    }
    verificationEndsAt = Instant.MAX;
    int luck = faults ? random.nextInt(10) : 9;
    if (luck < 2) {
      situation.verification =
          new VerificationStatus.Idle(situation.now.plusSeconds(5), "no broker");
    } else {
      situation.finish(running.generation(), luck < 4 ? FailureCause.CONTENTS_DIFFER : null);
    }
  }

  private void disturb() {
    if (random.nextInt(300) == 0) {
      addRelease(random.nextInt(3) == 0 ? Verdict.REJECTED : Verdict.ACCEPTED);
    }
    if (random.nextInt(300) == 0) {
      ask(Kind.ROLLBACK, null);
    }
    if (random.nextInt(200) == 0) {
      ask(Kind.PROMOTE, Integer.toString(random.nextInt(situation.state.generations().size() + 2)));
    }
    if (random.nextInt(500) == 0) {
      ask(Kind.REJECT, Integer.toString(random.nextInt(situation.state.generations().size() + 2)));
    }
    if (random.nextInt(400) == 0) {
      ask(situation.state.isPaused() ? Kind.RESUME : Kind.PAUSE, null);
    }
    if (random.nextInt(400) == 0) {
      int maxConn = 2 + random.nextInt(8);
      situation.with(
          Situation.reindex(
              "request-" + requests++,
              situation.now,
              Map.of(ControlRequest.MAX_CONN, Integer.toString(maxConn))));
    }
    if (random.nextInt(400) == 0 && !situation.state.generations().isEmpty()) {
      List<IndexGeneration> known = new ArrayList<>(situation.state.generations().values());
      int number = known.get(random.nextInt(known.size())).number();
      FailureCause[] causes = FailureCause.values();
      situation.failures.put(
          number, new IndexingFailure(number, causes[random.nextInt(causes.length)], "chance"));
    }
    if (random.nextInt(500) == 0) {
      // Indexers restart and know nothing of the failure until they meet it again.
      situation.failures.clear();
    }
    if (random.nextInt(400) == 0) {
      replicas.clear();
    }
    if (random.nextInt(100) == 0) {
      addReplica(random.nextBoolean() ? "a" : "b");
    }
    if (random.nextInt(20_000) == 0) {
      situation.pass(Duration.ofDays(40));
    }
    if (random.nextInt(200) == 0) {
      die();
    }
  }

  private void control() {
    if (!controllerAlive) {
      if (situation.now.isBefore(backAt)) {
        return;
      }
      controllerAlive = true;
      situation.actingSince = situation.now;
    }
    for (int step = 0; step < 8 && controllerAlive; step++) {
      RolloutView view = situation.view();
      Plan plan = situation.step();
      invariants.verify(view, plan, situation.state);
      switch (plan) {
        case Plan.Wait _ -> {
          return;
        }
        case Plan.Write _, Plan.NameTarget _ -> {
          writes++;
          if (faults && random.nextInt(6) == 0) {
            die();
          }
        }
        case Plan.Verify _ ->
            verificationEndsAt = situation.now.plusMillis(200 + random.nextInt(3_000));
      }
    }
  }

  /** What a controller holds and has under way dies with it. */
  private void die() {
    deaths++;
    controllerAlive = false;
    backAt = situation.now.plusMillis(random.nextInt(10) == 0 ? 3_600_000 : random.nextInt(15_000));
    situation.comparison = null;
    situation.shadows.clear();
    situation.verification = new VerificationStatus.Idle(Instant.MIN, "");
    verificationEndsAt = Instant.MAX;
  }

  /** Shows where a run stopped. */
  @Override
  public String toString() {
    return situation.now
        + " "
        + situation.state.alias()
        + " "
        + situation.state.generations().values().stream()
            .map(generation -> generation.number() + "=" + generation.state())
            .toList()
        + " "
        + situation.plan();
  }

  long openRequests() {
    return situation.state.requests().values().stream()
        .map(ControlRequest::status)
        .filter(status -> !status.isFinal())
        .count();
  }
}
