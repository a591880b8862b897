package infomax.indexer.rollout;

import infomax.events.control.ControlState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.ShadowComparison;
import infomax.runtime.control.ControlLog;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the roll looks like in metrics: {@code infomax.generation.state} is 1 for the state every
 * generation is in, {@code infomax.rollout.acting} is 1 in the process that decides, {@code
 * infomax.shadow.ratio} is how alike a generation answered live queries to the live one before it,
 * {@code infomax.rollout.approval.waiting} and {@code infomax.indexing.paused} what operators are
 * waited for.
 */
final class RolloutMetrics {

  private RolloutMetrics() {}

  static void register(MeterRegistry meters, RolloutController controller, ControlLog control) {
    Gauge.builder("infomax.rollout.acting", controller, each -> each.isActing() ? 1 : 0)
        .description("1 in the process that is the rollout controller")
        .register(meters);
    MultiGauge states =
        MultiGauge.builder("infomax.generation.state")
            .description("1 for the state a generation is in")
            .register(meters);
    control.follow(state -> update(states, state));
    MultiGauge ratios =
        MultiGauge.builder("infomax.shadow.ratio")
            .description("likeness of a generation's answers to live queries to the live ones'")
            .register(meters);
    control.follow(state -> ratios.register(ratios(state), true));
    Gauge.builder("infomax.rollout.approval.waiting", control, RolloutMetrics::waiting)
        .description("verified generations that wait for approval")
        .register(meters);
    Gauge.builder("infomax.indexing.paused", control, each -> each.state().isPaused() ? 1 : 0)
        .description("1 while operators let nothing be indexed")
        .register(meters);
  }

  private static long waiting(ControlLog control) {
    return control.state().generations().values().stream()
        .filter(generation -> generation.waitsFor() != null)
        .count();
  }

  /** Of generations that are indexed, so that there are as few as those. */
  private static List<Row<?>> ratios(ControlState state) {
    List<Row<?>> rows = new ArrayList<>();
    for (IndexGeneration generation : state.generations().values()) {
      ShadowComparison shadow = generation.shadow();
      if (generation.state().isIndexed() && shadow != null && shadow.figures() != null) {
        rows.add(row(generation, "overlap_at_10", shadow.figures().overlapAt10()));
        rows.add(row(generation, "rank_biased_overlap", shadow.figures().rankBiasedOverlap()));
      }
    }
    return rows;
  }

  private static Row<?> row(IndexGeneration generation, String measure, double value) {
    return Row.of(
        Tags.of("generation", Integer.toString(generation.number()), "measure", measure), value);
  }

  private static void update(MultiGauge states, ControlState state) {
    states.register(state.generations().values().stream().map(RolloutMetrics::row).toList(), true);
  }

  private static Row<?> row(IndexGeneration generation) {
    return Row.of(
        Tags.of(
            "generation", Integer.toString(generation.number()),
            "encoder", Integer.toString(generation.encoderVersion()),
            "state", generation.state().name().toLowerCase(Locale.ROOT)),
        1);
  }
}
