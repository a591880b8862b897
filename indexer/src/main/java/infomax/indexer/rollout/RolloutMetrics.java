package infomax.indexer.rollout;

import infomax.events.control.ControlState;
import infomax.events.control.IndexGeneration;
import infomax.runtime.control.ControlLog;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;

/**
 * What the roll looks like in metrics: {@code infomax.generation.state} is 1 for the state every
 * generation is in, {@code infomax.rollout.acting} is 1 in the process that decides.
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
