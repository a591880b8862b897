package infomax.indexer.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.FailureCause;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.index.Publications;
import infomax.indexer.rollout.decision.RolloutMode;
import infomax.runtime.control.ControlLog;
import infomax.runtime.process.ChildJvm;
import infomax.runtime.signal.SignalFeed;
import infomax.store.ObjectStore;
import infomax.store.StoreStep;
import infomax.testing.TestingKafka;
import infomax.testing.store.FaultyObjectStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The controller on a real broker, with real publications under a stream of images: whole rolls,
 * failures, two controllers of which one was stopped, and a kill at every state.
 */
class RolloutControllerIT {

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  @TempDir Path folder;
  private RollingWorld world;
  private ControlHistory history;

  @BeforeEach
  void open() throws Exception {
    world = new RollingWorld(KAFKA.clients(), folder, new Random().nextLong());
    history = new ControlHistory();
  }

  @AfterEach
  void theWholeHistoryIsLegal() throws Exception {
    world.close();
    history.verify(KAFKA.clients());
  }

  @Test
  void releasesRollAreRolledBackAndPromoted() throws Exception {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    try (ControlLog control = ControlLog.open(world.clients, "a", Duration.ofSeconds(30));
        SignalFeed signals = SignalFeed.start(world.clients, "a");
        RolloutController controller = controller("a", control, signals, meters)) {
      world.release(0, Verdict.UNTRAINED);
      IndexGeneration first = world.awaitState(1, GenerationState.LIVE);
      assertThat(first.verification().detail()).contains("as in the log");
      assertThat(first.verification().images()).isPositive();
      assertThat(first.verification().recallAt10()).isGreaterThanOrEqualTo(0.95);
      assertThat(first.verification().goldenCosineMin()).isGreaterThanOrEqualTo(0.999);
      assertThat(controller.isActing()).isTrue();

      world.release(1, Verdict.ACCEPTED);
      IndexGeneration second = world.awaitState(2, GenerationState.LIVE);
      assertThat(second.verification().detail()).contains("as in generation 1");
      assertThat(second.shadow().figures()).isEqualTo(RollingWorld.FIGURES);
      assertThat(world.control.state().alias().previous()).isEqualTo(1);
      assertThat(meters.get("infomax.rollout.acting").gauge().value()).isEqualTo(1);
      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(
                          meters
                              .get("infomax.generation.state")
                              .tag("generation", "2")
                              .tag("state", "live")
                              .gauge()
                              .value())
                      .isEqualTo(1));

      world.release(2, Verdict.ACCEPTED);
      world.awaitState(3, GenerationState.BUILDING);
      ControlRequest rollback = world.ask(Kind.ROLLBACK, Map.of());
      ControlState after = awaitFinal(rollback);
      assertThat(after.requests().get(rollback.id()).status()).isEqualTo(Status.DONE);
      assertThat(after.alias().generation()).isEqualTo(1);
      assertThat(after.alias().barredEncoders()).containsExactly(1);

      world.awaitState(3, GenerationState.VERIFIED);
      ControlRequest promote = world.ask(Kind.PROMOTE, Map.of(ControlRequest.GENERATION, "1"));
      awaitFinal(promote);
      world.awaitState(3, GenerationState.LIVE);
      assertThat(controller.check().healthy()).isTrue();
      assertThat(controller.readiness().healthy()).isTrue();
    }
  }

  @Test
  void aCandidateThatLostAnImageIsRefusedAndBuiltAgain() throws Exception {
    world.indexers.lossy.add(2);
    try (ControlLog control = ControlLog.open(world.clients, "a", Duration.ofSeconds(30));
        SignalFeed signals = SignalFeed.start(world.clients, "a");
        RolloutController _ = controller("a", control, signals, new SimpleMeterRegistry())) {
      world.release(0, Verdict.UNTRAINED);
      world.awaitState(1, GenerationState.LIVE);
      world.release(1, Verdict.ACCEPTED);
      IndexGeneration second = world.awaitState(2, GenerationState.FAILED);
      assertThat(second.history().getLast().cause()).isEqualTo(FailureCause.CONTENTS_DIFFER);
      assertThat(second.reason())
          .contains("1 images differ from the log")
          .contains("sentinel of partition");
      world.awaitState(3, GenerationState.LIVE);
    }
  }

  @Test
  void anEncoderThatComputesDifferentlyHereIsRefused() throws Exception {
    try (ControlLog control = ControlLog.open(world.clients, "a", Duration.ofSeconds(30));
        SignalFeed signals = SignalFeed.start(world.clients, "a");
        RolloutController _ = controller("a", control, signals, new SimpleMeterRegistry())) {
      world.release(0, Verdict.UNTRAINED, 99);
      IndexGeneration first = world.awaitState(1, GenerationState.FAILED);
      assertThat(first.history().getLast().cause()).isEqualTo(FailureCause.GOLDEN_IMAGES_DIFFER);
      assertThat(world.control.state().alias()).isNull();
      world.release(1, Verdict.ACCEPTED);
      world.awaitState(2, GenerationState.LIVE);
    }
  }

  @Test
  void aKillAtEveryStateOfARollLosesNothing() throws Exception {
    List<Predicate<ControlState>> moments =
        List.of(
            state -> RollingWorld.isIn(state, 1, GenerationState.BUILDING),
            state -> RollingWorld.isIn(state, 1, GenerationState.CAUGHT_UP),
            state -> RollingWorld.isIn(state, 1, GenerationState.VERIFIED),
            state -> RollingWorld.isIn(state, 1, GenerationState.LIVE),
            state -> RollingWorld.isIn(state, 2, GenerationState.BUILDING),
            state -> RollingWorld.isIn(state, 2, GenerationState.CAUGHT_UP),
            state ->
                RollingWorld.isIn(state, 2, GenerationState.CAUGHT_UP)
                    && state.generations().get(2).target() != null,
            state -> RollingWorld.isIn(state, 2, GenerationState.VERIFIED),
            state -> RollingWorld.isIn(state, 2, GenerationState.LIVE));
    world.release(0, Verdict.UNTRAINED);
    world.release(1, Verdict.ACCEPTED);
    world.release(2, Verdict.REJECTED);
    int caught = 0;
    for (Predicate<ControlState> moment : moments) {
      try (ChildJvm controller = ControllerProcess.start(world.clients, folder, "a")) {
        ControlState seen =
            world.await(state -> moment.test(state) || isPast(state, moments, moment));
        controller.kill();
        caught += moment.test(seen) ? 1 : 0;
      }
      if (RollingWorld.isIn(world.control.state(), 1, GenerationState.LIVE)
          && world.control.state().encoders().size() == 3) {
        world.release(3, Verdict.ACCEPTED);
      }
    }
    System.out.println("killed at " + caught + " of " + moments.size() + " states");
    assertThat(caught).isGreaterThanOrEqualTo(6);
    Instant restarted = Instant.now();
    ControlRequest rollback = world.ask(Kind.ROLLBACK, Map.of());
    try (ChildJvm _ = ControllerProcess.start(world.clients, folder, "a")) {
      ControlState after = awaitFinal(rollback);
      assertThat(after.requests().get(rollback.id()).status()).isEqualTo(Status.DONE);
      System.out.println(
          "from the start of a new process to its first decision: "
              + Duration.between(restarted, Instant.now()).toMillis()
              + " ms");
    }
  }

  @Test
  void aControllerThatWasStoppedWritesNothingAfterItsSuccessorTookOver() throws Exception {
    try (ChildJvm stopped = ControllerProcess.start(world.clients, folder, "a")) {
      world.release(0, Verdict.UNTRAINED);
      world.awaitState(1, GenerationState.LIVE);
      world.release(1, Verdict.ACCEPTED);
      world.await(state -> state.generations().containsKey(2));
      signal(stopped, "STOP");
      Instant stoppedAt = Instant.now();
      try (ControlLog control = ControlLog.open(world.clients, "b", Duration.ofSeconds(30));
          SignalFeed signals = SignalFeed.start(world.clients, "b");
          RolloutController successor =
              controller("b", control, signals, new SimpleMeterRegistry())) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(successor::isActing);
        System.out.println(
            "from the stop of a controller to its successor: "
                + Duration.between(stoppedAt, Instant.now()).toMillis()
                + " ms, session timeout 3000 ms");
        world.awaitState(2, GenerationState.LIVE);
        signal(stopped, "CONT");
        world.release(2, Verdict.ACCEPTED);
        world.awaitState(3, GenerationState.LIVE);
      }
    }
  }

  /** What it holds for the candidate cannot be let go of then. */
  @Test
  void aStoreThatFailsDuringARollEndsATenureAndNotTheController() throws Exception {
    FaultyObjectStore store = new FaultyObjectStore(world.store, 0, 0);
    try (ControlLog control = ControlLog.open(world.clients, "a", Duration.ofSeconds(30));
        SignalFeed signals = SignalFeed.start(world.clients, "a");
        RolloutController controller =
            controller(
                "a",
                RolloutMode.AUTOMATIC,
                new Publications(store, InstantSource.system()),
                control,
                signals,
                new SimpleMeterRegistry())) {
      world.release(0, Verdict.UNTRAINED);
      world.awaitState(1, GenerationState.LIVE);
      world.release(1, Verdict.ACCEPTED);
      world.await(
          state ->
              RollingWorld.isIn(state, 2, GenerationState.CAUGHT_UP)
                  && state.generations().get(2).target() != null);
      store.down(true);
      Awaitility.await()
          .untilAsserted(
              () -> assertThat(controller.readiness().detail()).startsWith("injected: "));
      assertThat(controller.check().healthy()).isTrue();
      store.down(false);
      world.awaitState(2, GenerationState.LIVE);
      assertThat(controller.check().healthy()).isTrue();
    }
  }

  /** However long it takes to fetch them, both stay until it is over. */
  @Test
  void bothPublicationsAreHeldWhileACandidateIsVerified() throws Exception {
    Set<String> held = ConcurrentHashMap.newKeySet();
    Publications publications =
        new Publications(
            ObjectStore.open(
                folder.resolve("objects"),
                (step, name) -> {
                  if (step == StoreStep.CREATE_ENTRY && name.contains("/hold-")) {
                    held.add(name.substring(0, name.indexOf("/hold-")));
                  }
                }),
            InstantSource.system());
    try (ControlLog control = ControlLog.open(world.clients, "a", Duration.ofSeconds(30));
        SignalFeed signals = SignalFeed.start(world.clients, "a");
        RolloutController _ =
            controller(
                "a",
                RolloutMode.AUTOMATIC,
                publications,
                control,
                signals,
                new SimpleMeterRegistry())) {
      world.release(0, Verdict.UNTRAINED);
      world.awaitState(1, GenerationState.LIVE);
      assertThat(held).containsExactly("publications/1/0");
      held.clear();
      world.release(1, Verdict.ACCEPTED);
      world.awaitState(2, GenerationState.LIVE);
      assertThat(held).containsExactlyInAnyOrder("publications/1/0", "publications/2/0");
    }
    for (int generation = 1; generation <= 2; generation++) {
      assertThat(world.store.names("publications/" + generation + "/0"))
          .noneMatch(name -> name.startsWith("hold-"));
    }
  }

  /** What operators are asked for, and what they say, is all on control: any controller knows. */
  @Test
  void aCandidateWaitsForApprovalThroughADeathAndIndexingPausesAsItIsAsked() throws Exception {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    try (ControlLog control = ControlLog.open(world.clients, "a", Duration.ofSeconds(30));
        SignalFeed signals = SignalFeed.start(world.clients, "a")) {
      try (RolloutController _ = controller("a", RolloutMode.APPROVAL, control, signals, meters)) {
        world.release(0, Verdict.UNTRAINED);
        world.awaitState(1, GenerationState.LIVE);
        world.release(1, Verdict.ACCEPTED);
        IndexGeneration waiting = world.await(state -> waits(state, 2)).generations().get(2);
        assertThat(waiting.state()).isEqualTo(GenerationState.VERIFIED);
        assertThat(waiting.shadow().figures()).isEqualTo(RollingWorld.FIGURES);
        assertThat(waiting.shadow().live()).isEqualTo(1);
        Awaitility.await()
            .untilAsserted(
                () ->
                    assertThat(meters.get("infomax.rollout.approval.waiting").gauge().value())
                        .isEqualTo(1));
        assertThat(
                meters
                    .get("infomax.shadow.ratio")
                    .tag("generation", "2")
                    .tag("measure", "overlap_at_10")
                    .gauge()
                    .value())
            .isEqualTo(RollingWorld.FIGURES.overlapAt10());
      }
      ControlRequest approval = world.ask(Kind.PROMOTE, Map.of(ControlRequest.GENERATION, "2"));
      try (RolloutController _ = controller("a", RolloutMode.APPROVAL, control, signals, meters)) {
        ControlState approved = awaitFinal(approval);
        assertThat(approved.requests().get(approval.id()).status()).isEqualTo(Status.DONE);
        assertThat(approved.alias().generation()).isEqualTo(2);
        assertThat(approved.alias().reason()).contains("tester: a test");
        assertThat(awaitFinal(world.ask(Kind.PAUSE, Map.of())).isPaused()).isTrue();
        Awaitility.await()
            .untilAsserted(
                () ->
                    assertThat(meters.get("infomax.indexing.paused").gauge().value()).isEqualTo(1));
      }
      world.release(2, Verdict.ACCEPTED);
      ControlRequest resume = world.ask(Kind.RESUME, Map.of());
      assertThat(world.control.state().isPaused()).isTrue();
      try (RolloutController _ = controller("a", RolloutMode.APPROVAL, control, signals, meters)) {
        ControlState resumed = awaitFinal(resume);
        assertThat(resumed.isPaused()).isFalse();
        assertThat(resumed.requests().get(resume.id()).outcome()).startsWith("indexing goes on");
        world.await(state -> state.generations().containsKey(3));
        ControlState rejected =
            awaitFinal(world.ask(Kind.REJECT, Map.of(ControlRequest.GENERATION, "3")));
        assertThat(rejected.generations().get(3).state()).isEqualTo(GenerationState.FAILED);
        assertThat(rejected.alias().generation()).isEqualTo(2);
        assertThat(rejected.alias().barredEncoders()).containsExactly(2);
      }
    }
  }

  private static boolean waits(ControlState state, int generation) {
    IndexGeneration found = state.generations().get(generation);
    return found != null && found.waitsFor() != null;
  }

  private RolloutController controller(
      String instanceId, ControlLog control, SignalFeed signals, SimpleMeterRegistry meters) {
    return controller(instanceId, RolloutMode.AUTOMATIC, control, signals, meters);
  }

  private RolloutController controller(
      String instanceId,
      RolloutMode mode,
      ControlLog control,
      SignalFeed signals,
      SimpleMeterRegistry meters) {
    return controller(instanceId, mode, world.publications, control, signals, meters);
  }

  private RolloutController controller(
      String instanceId,
      RolloutMode mode,
      Publications publications,
      ControlLog control,
      SignalFeed signals,
      SimpleMeterRegistry meters) {
    return RolloutController.start(
        ControllerProcess.config(instanceId, mode),
        world.clients,
        control,
        signals,
        publications,
        Map::of,
        folder.resolve("verification-" + instanceId),
        meters,
        InstantSource.system());
  }

  private ControlState awaitFinal(ControlRequest request) throws Exception {
    return world.await(
        state ->
            state.requests().containsKey(request.id())
                && state.requests().get(request.id()).status().isFinal());
  }

  /** A roll may be quicker than the eye: then the next moments are as good. */
  private static boolean isPast(
      ControlState state, List<Predicate<ControlState>> moments, Predicate<ControlState> moment) {
    return moments.subList(moments.indexOf(moment) + 1, moments.size()).stream()
        .anyMatch(later -> later.test(state));
  }

  private static void signal(ChildJvm child, String name) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(child.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }
}
