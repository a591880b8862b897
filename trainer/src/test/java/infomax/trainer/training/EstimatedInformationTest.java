package infomax.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import infomax.trainer.network.NetworkShape;
import infomax.trainer.objective.Preset;
import infomax.trainer.release.LossHistory;
import infomax.trainer.release.LossHistory.Point;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What losses vouch for is read by as many locations as their steps had. */
class EstimatedInformationTest {

  private static final NetworkShape SHAPE = NetworkShape.of(32);

  @Test
  void stepsOnSmallViewsDoNotCount() {
    // Ten steps, eight of them on small views.
    TrainingOrder order = order("default");
    LossHistory losses =
        new LossHistory(List.of(point(4, 4, 9), point(8, 4, 9), point(9, 1, 2), point(10, 1, 4)));

    assertThat(EstimatedInformation.nats(order, losses, 1, SHAPE))
        .containsOnlyKeys("informationGlobalNats", "informationLocalNats")
        .hasEntrySatisfying(
            "informationGlobalNats",
            nats -> assertThat(nats).isCloseTo(Math.log(128) - 3, within(1e-9)))
        .hasEntrySatisfying(
            "informationLocalNats",
            nats ->
                assertThat(nats)
                    .isCloseTo(
                        (Math.log(128) + Math.log(1 + 127.0 * SHAPE.locations())) / 2 - 3,
                        within(1e-9)));
  }

  @Test
  void withoutStepsOnWholeViewsThereIsNoFigure() {
    LossHistory losses = new LossHistory(List.of(point(4, 4, 9)));

    assertThat(EstimatedInformation.nats(order("default"), losses, 1, SHAPE)).isEmpty();
    assertThat(EstimatedInformation.nats(order("default+small=0"), losses, 1, SHAPE)).hasSize(2);
    assertThat(EstimatedInformation.nats(order("autoencoder"), losses, 1, SHAPE)).isEmpty();
  }

  private static TrainingOrder order(String preset) {
    Preset named = Preset.named(preset);
    return new TrainingOrder(
        "request",
        named,
        10L * named.miniBatch(),
        Optional.empty(),
        1,
        Optional.empty(),
        Optional.empty());
  }

  private static Point point(long step, int steps, double loss) {
    return new Point(step, 1, steps, loss, loss, loss, 0, 1e-3, 0, 0, 0);
  }
}
