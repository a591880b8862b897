package infomax.standalone.demo;

import infomax.events.control.ControlState;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import java.util.HashMap;
import java.util.Map;

/** Tells the steps of a roll as they appear on {@code control}. Called by one thread. */
final class RollNarration {

  private final Narrator narrator;
  private final Map<Integer, Integer> told = new HashMap<>();
  private boolean first = true;

  RollNarration(Narrator narrator) {
    this.narrator = narrator;
  }

  /** Tells what is new; what was there at the first call is history and not told. */
  void tell(ControlState state) {
    for (IndexGeneration generation : state.generations().values()) {
      int known = told.getOrDefault(generation.number(), 0);
      if (!first) {
        generation.history().stream().skip(known).forEach(step -> tell(generation, step));
      }
      told.put(generation.number(), generation.history().size());
    }
    first = false;
  }

  private void tell(IndexGeneration generation, IndexGeneration.Transition step) {
    String encoder =
        generation.encoderVersion() == 0
            ? "release 0 (untrained)"
            : "encoder " + generation.encoderVersion();
    String event =
        switch (step.state()) {
          case BUILDING -> "an index for " + encoder + " is being built beside the live one";
          case CAUGHT_UP -> "the index of " + encoder + " has caught up with the log";
          case VERIFIED -> "the index of " + encoder + " is verified";
          case LIVE -> encoder + " is live";
          case STANDBY -> encoder + " stands by for a rollback";
          case RETIRED -> encoder + " is retired";
          case FAILED -> "the index of " + encoder + " failed";
        };
    boolean explain =
        step.state() == GenerationState.FAILED || step.state() == GenerationState.VERIFIED;
    narrator.say("%s", explain ? event + ": " + step.reason() : event);
  }
}
