package infomax.trainer.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import infomax.events.Json;
import infomax.trainer.release.LossHistory.Point;
import java.io.ByteArrayInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Losses are gathered into points that lose no step, survive JSON, and can be drawn. */
class LossHistoryTest {

  @Test
  void pointsAreMeansOverStepsAndEndWithTheEpoch() {
    LossHistory history = history();

    assertThat(history.points()).extracting(Point::steps).containsExactly(2, 1, 2, 1);
    assertThat(history.points()).extracting(Point::step).containsExactly(2L, 3L, 5L, 6L);
    assertThat(history.meanOfEpoch(1, Point::total)).isEqualTo((6 + 5 + 4) / 3.0, within(1e-9));
    assertThat(history.meanOfEpoch(2, Point::total)).isEqualTo((3 + 2 + 1) / 3.0, within(1e-9));
    assertThat(history.meanOfEpoch(3, Point::total)).isNaN();
  }

  @Test
  void beginningAndEndAreTenthsOfTheSteps() {
    LossHistory.Recorder recorder = new LossHistory.Recorder(LossHistory.EMPTY, 5);
    for (int step = 1; step <= 100; step++) {
      recorder.add(new Point(step, 1, 1, step, 1, 2, 3, 1e-3, step, 4, 5), step == 100);
    }

    assertThat(recorder.history().meanOfFirstTenth(Point::total)).isEqualTo(5.5, within(1e-9));
    assertThat(recorder.history().meanOfLastTenth(Point::total)).isEqualTo(95.5, within(1e-9));
    assertThat(history().meanOfFirstTenth(Point::total)).isEqualTo((6 + 5) / 2.0, within(1e-9));
    assertThat(history().meanOfLastTenth(Point::total)).isEqualTo(1, within(1e-9));
    assertThat(LossHistory.EMPTY.meanOfFirstTenth(Point::total)).isNaN();
    assertThat(LossHistory.EMPTY.meanOfLastTenth(Point::total)).isNaN();
  }

  @Test
  void aResumedTrainingKeepsOnlyWhatItsCheckpointHasSeen() {
    assertThat(history().upTo(3).points()).hasSize(2);
  }

  @Test
  void jsonAndPictureHoldEveryPoint() throws Exception {
    LossHistory history = history();

    assertThat(Json.read(Json.write(history), LossHistory.class)).isEqualTo(history);
    assertThat(ImageIO.read(new ByteArrayInputStream(LossChart.png(history))).getWidth())
        .isEqualTo(800);
    assertThat(LossChart.png(LossHistory.EMPTY)).isNotEmpty();
  }

  private static LossHistory history() {
    LossHistory.Recorder recorder = new LossHistory.Recorder(LossHistory.EMPTY, 2);
    for (int step = 1; step <= 6; step++) {
      recorder.add(
          new Point(step, step <= 3 ? 1 : 2, 1, 7.0 - step, 1, 2, 3, 1e-3, step, 4, 5),
          step % 3 == 0);
    }
    return recorder.history();
  }
}
