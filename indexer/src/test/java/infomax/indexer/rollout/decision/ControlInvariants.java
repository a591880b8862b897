package infomax.indexer.rollout.decision;

import static infomax.events.control.GenerationState.BUILDING;
import static infomax.events.control.GenerationState.CAUGHT_UP;
import static infomax.events.control.GenerationState.FAILED;
import static infomax.events.control.GenerationState.LIVE;
import static infomax.events.control.GenerationState.RETIRED;
import static infomax.events.control.GenerationState.STANDBY;
import static infomax.events.control.GenerationState.VERIFIED;
import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.ControlState;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.LiveAlias;
import infomax.indexer.rollout.decision.Plan.Comparison;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What has to hold of {@code control} after every write, whoever wrote it. */
public final class ControlInvariants {

  private static final Map<GenerationState, Set<GenerationState>> STEPS =
      Map.of(
          BUILDING, Set.of(CAUGHT_UP, FAILED),
          CAUGHT_UP, Set.of(VERIFIED, FAILED),
          VERIFIED, Set.of(LIVE, FAILED),
          LIVE, Set.of(STANDBY, FAILED),
          STANDBY, Set.of(LIVE, RETIRED, FAILED),
          RETIRED, Set.of(),
          FAILED, Set.of());

  private final RolloutMode mode;
  private final Set<Integer> numbersGiven = new HashSet<>();
  private final Set<String> requestsFinished = new HashSet<>();
  private final Set<String> requestsBegun = new HashSet<>();

  /** Of a controller that lets candidates go live by itself. */
  public ControlInvariants() {
    this(RolloutMode.AUTOMATIC);
  }

  /** Of a controller in this mode. */
  ControlInvariants(RolloutMode mode) {
    this.mode = mode;
  }

  /** A plan was made from a view and, if it writes, led to this state. */
  public void verify(RolloutView view, Plan plan, ControlState after) {
    ControlState before = view.state();
    switch (plan) {
      case Plan.Wait _ -> assertThat(after).isSameAs(before);
      case Plan.Verify verify -> comparableAtTarget(verify);
      case Plan.NameTarget named -> {
        targetOnlyMovesOn(named.comparison(), before);
        written(view, named.write(), after);
      }
      case Plan.Write write -> written(view, write, after);
    }
  }

  private void written(RolloutView view, Plan.Write write, ControlState after) {
    ControlState before = view.state();
    aliasPointsToTheOneLiveGeneration(before, after);
    after.generations().values().forEach(generation -> legalStep(before, generation));
    requestsAreExecutedOnce(view, write);
    automaticMovesAreWanted(view, write, after);
    nothingMovesWhilePaused(before, after);
    for (Decision decision : write.decisions()) {
      if (decision instanceof Decision.Tombstone tombstone) {
        assertThat(isFinished(before, tombstone.key())).as(tombstone.key()).isTrue();
      }
    }
  }

  private static void aliasPointsToTheOneLiveGeneration(ControlState before, ControlState after) {
    List<Integer> live = numbers(after, LIVE);
    LiveAlias alias = after.alias();
    if (alias == null) {
      assertThat(before.alias()).isNull();
      assertThat(live).isEmpty();
      return;
    }
    assertThat(live).containsExactly(alias.generation());
    List<GenerationState> history =
        after.generations().get(alias.generation()).history().stream()
            .map(IndexGeneration.Transition::state)
            .toList();
    assertThat(history.indexOf(VERIFIED)).isNotNegative().isLessThan(history.indexOf(LIVE));
    assertThat(numbers(after, STANDBY)).hasSizeLessThanOrEqualTo(1);
    assertThat(after.generations().values().stream().filter(Candidate::isCandidate).count())
        .isLessThanOrEqualTo(2);
  }

  private void legalStep(ControlState before, IndexGeneration generation) {
    IndexGeneration earlier = before.generations().get(generation.number());
    if (earlier == null) {
      assertThat(generation.state()).isEqualTo(BUILDING);
      assertThat(numbersGiven.add(generation.number())).isTrue();
    } else if (earlier.state() == generation.state()) {
      assertThat(generation.history()).isEqualTo(earlier.history());
    } else {
      assertThat(STEPS.get(earlier.state())).contains(generation.state());
      assertThat(generation.history().getLast().state()).isEqualTo(generation.state());
    }
  }

  private void requestsAreExecutedOnce(RolloutView view, Plan.Write write) {
    for (Decision decision : write.decisions()) {
      if (decision instanceof Decision.Write(ControlRequest request)) {
        if (request.status() == Status.RUNNING) {
          beginsItsGeneration(view, write, request);
          continue;
        }
        assertThat(request.status().isFinal()).isTrue();
        assertThat(requestsFinished.add(request.id())).as(request.id()).isTrue();
        boolean late = view.now().isAfter(request.expiresAt());
        boolean begun = view.state().requests().get(request.id()).status() == Status.RUNNING;
        assertThat(request.status() == Status.EXPIRED).isEqualTo(late && !begun);
      }
    }
  }

  private void beginsItsGeneration(RolloutView view, Plan.Write write, ControlRequest request) {
    assertThat(requestsBegun.add(request.id())).as(request.id()).isTrue();
    assertThat(view.state().requests().get(request.id()).status()).isEqualTo(Status.PENDING);
    assertThat(write.decisions())
        .filteredOn(
            decision ->
                decision instanceof Decision.Write(IndexGeneration generation)
                    && request.id().equals(generation.request())
                    && view.state().live().orElseThrow().encoderVersion()
                        == generation.encoderVersion())
        .hasSize(1);
  }

  /** A move nobody asked for leads to a wanted encoder, and to a new one only while rolls go on. */
  private void automaticMovesAreWanted(RolloutView view, Plan.Write write, ControlState after) {
    LiveAlias alias = after.alias();
    boolean asked =
        write.decisions().stream()
            .anyMatch(decision -> decision instanceof Decision.Write(ControlRequest _));
    if (asked || alias == null || Objects.equals(alias, view.state().alias())) {
      return;
    }
    int encoder = after.generations().get(alias.generation()).encoderVersion();
    view.state()
        .live()
        .ifPresent(
            live -> {
              assertThat(encoder).isGreaterThanOrEqualTo(live.encoderVersion());
              if (encoder != live.encoderVersion()) {
                assertThat(mode).isEqualTo(RolloutMode.AUTOMATIC);
                assertThat(view.state().alias().automaticRolls()).isTrue();
                assertThat(alias.barredEncoders()).doesNotContain(encoder);
              }
              assertThat(view.replicas()).isNotEmpty();
              assertThat(view.replicas())
                  .allSatisfy(
                      replica -> assertThat(replica.loaded()).containsKey(alias.generation()));
            });
  }

  /** Candidates take no step but to their end; what operators ask for is done all the same. */
  private static void nothingMovesWhilePaused(ControlState before, ControlState after) {
    if (!before.isPaused() || !after.isPaused()) {
      return;
    }
    assertThat(after.generations().values())
        .as("steps of candidates while indexing is paused")
        .noneMatch(
            generation ->
                (generation.state() == CAUGHT_UP || generation.state() == VERIFIED)
                    && before.generations().get(generation.number()).state() != generation.state());
  }

  private static void comparableAtTarget(Plan.Verify verify) {
    Comparison comparison = verify.comparison();
    assertThat(comparison.generation()).isEqualTo(verify.candidate().number());
    assertThat(verify.candidate().state()).isEqualTo(CAUGHT_UP);
    assertThat(verify.publication().positions().sameOffsets(comparison.target())).isTrue();
    assertThat(comparison.target().sameOffsets(verify.candidate().target())).isTrue();
    Publication with = comparison.publication();
    assertThat(with == null || with.positions().sameOffsets(comparison.target())).isTrue();
  }

  private static void targetOnlyMovesOn(Comparison named, ControlState before) {
    IndexGeneration candidate = before.generations().get(named.generation());
    if (candidate.target() != null) {
      assertThat(named.target().reaches(candidate.target())).isTrue();
    }
  }

  private static boolean isFinished(ControlState state, String key) {
    return state.requests().values().stream()
            .anyMatch(request -> request.key().equals(key) && request.status().isFinal())
        || state.generations().values().stream()
            .anyMatch(
                generation -> generation.key().equals(key) && !generation.state().isIndexed());
  }

  private static List<Integer> numbers(ControlState state, GenerationState wanted) {
    return state.generations().values().stream()
        .filter(generation -> generation.state() == wanted)
        .map(IndexGeneration::number)
        .toList();
  }
}
