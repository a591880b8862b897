package infomax.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.EncoderRelease;
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
    TrainingOrder order = TrainingOrder.of(request(Map.of()), DEFAULTS, Map.of());

    assertThat(order.preset().name()).isEqualTo("default");
    assertThat(order.imagesSeen()).isPositive();
    assertThat(order.seed()).isEqualTo(5);
    assertThat(order.warmStart()).isEmpty();
    assertThat(order.forcedBy()).isEmpty();
    assertThat(TrainingOrder.of(request(Map.of("force", "true")), DEFAULTS, Map.of()).forcedBy())
        .hasValueSatisfying(by -> assertThat(by).contains(": "));
  }

  @Test
  void everyParameterIsRead() throws Exception {
    TrainingOrder order =
        TrainingOrder.of(
            request(Map.of("preset", "seed", "imagesSeen", "640", "warmStart", "3", "seed", "-7")),
            DEFAULTS,
            Map.of());

    assertThat(order.preset().name()).isEqualTo("seed");
    assertThat(order.steps()).isEqualTo(10);
    assertThat(order.warmStart()).contains(3);
    assertThat(order.seed()).isEqualTo(-7);
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(
            () -> TrainingOrder.of(request(Map.of("preset", "best")), DEFAULTS, Map.of()))
        .isInstanceOf(RefusedTrainingException.class)
        .hasMessage("preset 'best', expected one of " + Preset.names());
    assertThatThrownBy(
            () -> TrainingOrder.of(request(Map.of("imagesSeen", "many")), DEFAULTS, Map.of()))
        .isInstanceOf(RefusedTrainingException.class)
        .hasMessageContaining("imagesSeen is 'many', expected a whole number from 1");
  }

  @Test
  void aTrainingLikeAnEarlierOneTakesEverythingFromItsRelease() throws Exception {
    EncoderRelease release = RepetitionTest.release(4);
    Map<Integer, EncoderRelease> releases = Map.of(4, release);

    TrainingOrder order = TrainingOrder.of(request(Map.of("like", "4")), DEFAULTS, releases);

    assertThat(order.preset().name()).isEqualTo("seed");
    assertThat(order.imagesSeen()).isEqualTo(6_400);
    assertThat(order.seed()).isEqualTo(77);
    assertThat(order.warmStart()).contains(2);
    assertThat(order.like()).contains(release);
    assertThatThrownBy(() -> TrainingOrder.of(request(Map.of("like", "5")), DEFAULTS, releases))
        .isInstanceOf(RefusedTrainingException.class)
        .hasMessageContaining("expected the version of a trained release");
    assertThatThrownBy(
            () -> TrainingOrder.of(request(Map.of("like", "4", "seed", "1")), DEFAULTS, releases))
        .isInstanceOf(RefusedTrainingException.class)
        .hasMessageContaining("parameter seed is given beside like");
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
