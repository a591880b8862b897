package infomax.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.trainer.objective.Preset;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a request leaves open is filled in; what makes no sense is refused with the way out. */
class TrainingOrderTest {

  private static final TrainingOrder.Defaults DEFAULTS =
      new TrainingOrder.Defaults("default", 0, 5);

  @Test
  void anEmptyRequestGetsTheDefaults() throws Exception {
    TrainingOrder order = TrainingOrder.of(request(Map.of()), DEFAULTS);

    assertThat(order.preset().name()).isEqualTo("default");
    assertThat(order.imagesSeen()).isPositive();
    assertThat(order.seed()).isEqualTo(5);
    assertThat(order.warmStart()).isEmpty();
    assertThat(order.forcedBy()).isEmpty();
    assertThat(TrainingOrder.of(request(Map.of("force", "true")), DEFAULTS).forcedBy())
        .hasValueSatisfying(by -> assertThat(by).contains(": "));
  }

  @Test
  void everyParameterIsRead() throws Exception {
    TrainingOrder order =
        TrainingOrder.of(
            request(Map.of("preset", "seed", "imagesSeen", "640", "warmStart", "3", "seed", "-7")),
            DEFAULTS);

    assertThat(order.preset().name()).isEqualTo("seed");
    assertThat(order.steps()).isEqualTo(10);
    assertThat(order.warmStart()).contains(3);
    assertThat(order.seed()).isEqualTo(-7);
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> TrainingOrder.of(request(Map.of("preset", "best")), DEFAULTS))
        .isInstanceOf(RefusedTrainingException.class)
        .hasMessage("preset 'best', expected one of " + Preset.names());
    assertThatThrownBy(() -> TrainingOrder.of(request(Map.of("imagesSeen", "many")), DEFAULTS))
        .isInstanceOf(RefusedTrainingException.class)
        .hasMessageContaining("imagesSeen is 'many', expected a whole number from 1");
  }

  private static ControlRequest request(Map<String, String> parameters) {
    return new ControlRequest(
        "r",
        Kind.TRAIN,
        parameters,
        "test",
        "test",
        Instant.EPOCH,
        Instant.MAX,
        Status.PENDING,
        "");
  }
}
