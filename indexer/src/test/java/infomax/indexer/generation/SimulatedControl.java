package infomax.indexer.generation;

import infomax.events.control.ControlEvent;
import infomax.events.control.ControlState;
import infomax.indexer.rollout.decision.Decision;
import java.util.ArrayList;
import java.util.List;

/**
 * The topic control, in memory. A controller's transaction is one record here, since no reader of
 * committed records sees a part of one; an older controller's is refused.
 */
final class SimulatedControl {

  private final List<ControlState> states = new ArrayList<>(List.of(ControlState.EMPTY));
  private int epoch;
  private boolean vacant = true;

  /** A newer controller has fenced this one. */
  static final class FencedException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  ControlState state() {
    return states.getLast();
  }

  /** The end of the topic, up to which a reader may have read. */
  int end() {
    return states.size() - 1;
  }

  ControlState stateAt(int position) {
    return states.get(position);
  }

  /** Fences every earlier controller. */
  int takeOffice() {
    vacant = false;
    return ++epoch;
  }

  /** True if nobody is in office, so that the group assigns it anew. */
  boolean isVacant() {
    return vacant;
  }

  /** A controller has left office, and its group knows. */
  void vacate(int leaver) {
    vacant |= leaver == epoch;
  }

  void append(ControlEvent event) {
    states.add(state().with(event));
  }

  void write(int writer, List<Decision> decisions) {
    if (writer != epoch) {
      throw new FencedException();
    }
    states.add(after(state(), decisions));
  }

  static ControlState after(ControlState before, List<Decision> decisions) {
    ControlState state = before;
    for (Decision decision : decisions) {
      state =
          switch (decision) {
            case Decision.Write(ControlEvent event) -> state.with(event);
            case Decision.Tombstone(String key) -> state.without(key);
          };
    }
    return state;
  }
}
