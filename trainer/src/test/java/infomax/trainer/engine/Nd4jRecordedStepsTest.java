package infomax.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** ND4J against the recorded steps. */
final class Nd4jRecordedStepsTest extends RecordedStepsContract {

  private static final ComputeTarget TARGET = ComputeTarget.nd4j(Precision.FLOAT32);

  Nd4jRecordedStepsTest() {
    super(TARGET);
  }

  /** The replay is the same for every engine. */
  @Test
  void theReplayThatBenchmarksReportStaysWithinTheSameLimits() throws IOException {
    RecordedStepsReplay replay = RecordedStepsReplay.of(FOLDER, 2, TARGET);
    assertThat(replay.loss0Relative()).isLessThanOrEqualTo(1e-5);
    assertThat(replay.gradient0RelativeL2Max()).isLessThanOrEqualTo(2e-3);
    assertThat(replay.loss20Relative()).isLessThanOrEqualTo(0.02);
  }
}
