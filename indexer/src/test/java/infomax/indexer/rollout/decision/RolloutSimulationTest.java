package infomax.indexer.rollout.decision;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.EncoderRelease.Verdict;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random lives of the system in which the controller dies after any write and another goes on: the
 * invariants hold at every moment, and once the faults stop the newest release goes live.
 */
class RolloutSimulationTest {

  private static final int LIVES = Integer.getInteger("simulation.lives", 60);
  private static final int TURNS_WITH_FAULTS = 6_000;
  private static final int TURNS_OF_CALM = 20_000;

  @Test
  void invariantsHoldThroughEveryFaultAndTheNewestReleaseGoesLiveInTheEnd() {
    long first = Long.getLong("simulation.seed", new Random().nextLong());
    long writes = 0;
    long deaths = 0;
    for (long seed = first; seed < first + LIVES; seed++) {
      SimulatedWorld world = new SimulatedWorld(seed);
      try {
        live(world);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + " failed at " + world, e);
      }
      writes += world.writes;
      deaths += world.deaths;
    }
    System.out.println(
        "simulation: seeds from "
            + first
            + ", lives "
            + LIVES
            + ", writes "
            + writes
            + ", deaths "
            + deaths);
    assertThat(deaths).isGreaterThan(LIVES);
    assertThat(writes).isGreaterThan(10L * LIVES);
  }

  private static void live(SimulatedWorld world) {
    for (int turn = 0; turn < TURNS_WITH_FAULTS; turn++) {
      world.turn();
    }
    world.calmDown();
    while (world.openRequests() > 0) {
      world.turn();
    }
    if (world.situation.state.alias() != null) {
      world.ask(Kind.PROMOTE, Integer.toString(world.situation.state.alias().generation()));
    }
    world.addRelease(Verdict.ACCEPTED);
    int newest = world.situation.state.encoders().lastKey();
    for (int turn = 0; turn < TURNS_OF_CALM && !isSettled(world, newest); turn++) {
      world.turn();
    }
    assertThat(isSettled(world, newest)).as("settled").isTrue();
  }

  private static boolean isSettled(SimulatedWorld world, int encoder) {
    return world.openRequests() == 0
        && world.situation.plan().equals(Plan.Wait.IDLE)
        && world
            .situation
            .state
            .live()
            .filter(live -> live.encoderVersion() == encoder)
            .isPresent();
  }
}
