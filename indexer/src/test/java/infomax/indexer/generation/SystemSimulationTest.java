package infomax.indexer.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import infomax.indexer.generation.SimulatedStore.Flaw;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * The protocol between indexers, controllers, readers and the store, through thousands of schedules
 * with every fault, invariants checked after each step. {@code -Dsimulation.seed=N} runs the one
 * schedule of that seed again.
 */
final class SystemSimulationTest {

  private static final int SCHEDULES = Integer.getInteger("simulation.schedules", 2_000);
  private static final int SCHEDULES_OF_SOAK = 100_000;

  /** Most faults show early; rolls, restores and garbage collection take longer. */
  private static final int STEPS = 60;

  private static final int LONG_STEPS = 300;
  private static final int LONG_EVERY = 20;

  /** One that is let come to rest in the end, which takes longer still. */
  private static final int CALM_EVERY = 200;

  private static final int CALM_STEPS_MAX = 20_000;

  /** A flaw has to be found within this many schedules. */
  private static final int FLAWED_MAX = 1_000;

  private static final Logger LOG = (Logger) LoggerFactory.getLogger("infomax");
  private final Level before = LOG.getLevel();

  /** What the program says is of use for a single schedule only. */
  @BeforeEach
  void quieten() {
    if (Long.getLong("simulation.seed") == null) {
      LOG.setLevel(Level.OFF);
    }
  }

  @AfterEach
  void speakAgain() {
    LOG.setLevel(before);
  }

  @Test
  void invariantsHoldInEverySchedule() {
    invariantsHold(0, SCHEDULES);
  }

  @Test
  @Tag("soak")
  void invariantsHoldInVeryManySchedules() {
    invariantsHold(new Random().nextInt(1_000_000_000), SCHEDULES_OF_SOAK);
  }

  /** A simulation that cannot fail says nothing. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void noticesAStoreThatBreaksItsPromise(Flaw flaw) {
    for (long seed = 0; seed < FLAWED_MAX; seed++) {
      long current = seed;
      Throwable thrown = catchThrowable(() -> run(current, flaw, new Tally()));
      if (thrown != null) {
        System.out.printf(
            "simulation: %s is noticed by seed %d: %s%n", flaw, seed, message(thrown));
        return;
      }
    }
    throw new AssertionError(flaw + " is not noticed by any of " + FLAWED_MAX + " schedules");
  }

  private static void invariantsHold(long from, int count) {
    Long only = Long.getLong("simulation.seed");
    long first = only == null ? from : only;
    int schedules = only == null ? count : 1;
    Tally tally = new Tally();
    for (long seed = first; seed < first + schedules; seed++) {
      run(seed, Flaw.NONE, tally);
    }
    System.out.printf("simulation: seeds from %d, schedules %d, %s%n", first, schedules, tally);
    if (only == null) {
      assertThat(tally.publications).isGreaterThan(3L * schedules);
      assertThat(tally.deaths).isGreaterThan(schedules / 3);
      assertThat(tally.interruptions).isGreaterThan(5L * schedules);
      assertThat(tally.rolls).isGreaterThan(schedules / 20);
      assertThat(tally.restored).isPositive();
    }
  }

  private static void run(long seed, Flaw flaw, Tally tally) {
    SimulatedSystem system = new SimulatedSystem(seed, flaw);
    try {
      system.run(seed % LONG_EVERY == 0 ? LONG_STEPS : STEPS);
      tally.add(system);
      if (seed % CALM_EVERY == 0) {
        comesToRest(system);
      }
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "seed "
              + seed
              + " failed after "
              + system.steps
              + " steps; run it again with -Dsimulation.seed="
              + seed
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private static void comesToRest(SimulatedSystem system) {
    system.calmDown();
    for (int steps = 0; steps < CALM_STEPS_MAX && !system.isSettled(); steps += 100) {
      system.run(100);
    }
    assertThat(system.isSettled()).as("readers serve all of the log in the end").isTrue();
  }

  private static String message(Throwable thrown) {
    return String.valueOf(thrown.getMessage()).lines().limit(3).toList().toString();
  }

  /** What happened, to see that something did. */
  private static final class Tally {
    private long steps;
    private long deaths;
    private long interruptions;
    private long publications;
    private long rolls;
    private long restored;

    void add(SimulatedSystem system) {
      steps += system.steps;
      deaths += system.deaths;
      interruptions += system.interruptions;
      publications += system.publications.publications;
      rolls += system.rolls();
      restored += system.restored();
    }

    @Override
    public String toString() {
      return "steps %d, deaths %d, interruptions %d, publications %d, rolls %d, restored %d"
          .formatted(steps, deaths, interruptions, publications, rolls, restored);
    }
  }
}
