package infomax.trainer.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import infomax.trainer.engine.ComputeTarget;
import infomax.trainer.engine.Precision;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.objective.Preset;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StepBenchmarkTest {

  @Test
  void figuresOfAStepFitEachOther() throws Exception {
    StepBenchmark.Report report =
        new StepBenchmark(
                Preset.named("seed").withMiniBatch(16),
                NetworkShape.of(32),
                2,
                ComputeTarget.nd4j(Precision.FLOAT32),
                Duration.ofSeconds(1),
                Optional.empty())
            .run();
    assertThat(report.batch()).isEqualTo(16);
    assertThat(report.steps()).isPositive();
    assertThat(report.warmupSteps()).isPositive();
    assertThat(report.stepMillisP90()).isGreaterThanOrEqualTo(report.stepMillisMedian());
    assertThat(report.imagesPerSecond())
        .isCloseTo(16_000 / report.stepMillisMedian(), within(1e-6));
    assertThat(report.matmulShare())
        .isCloseTo(
            report.stepGigaflop()
                / (report.stepMillisMedian() / 1000)
                / report.matmulGigaflopPerSecond(),
            within(1e-6));
    assertThat(report.lossFirst()).isFinite();
    assertThat(report.reference()).isNull();
  }

  /** By hand for the published recipe: an image costs 117 MFLOP forward in the encoder alone. */
  @Test
  void workIsCountedFromTheShapes() {
    double convolutions =
        2 * 9 * (1024.0 * 3 * 64 * 2 + 3 * (256.0 * 64 * 128 + 64.0 * 128 * 256))
            + 3 * 2 * 2 * 9 * 16.0 * 256 * 256;
    double dense = 3 * 2 * 2 * 256.0 * 256;
    double critics =
        3 * 2 * 256.0 * 256 * (2 + 17) + 3 * 2 * 17 * (2 * 2 * 256.0 * 256 + 2 * 256.0);
    assertThat(StepWork.gigaflop(Preset.named("seed"), NetworkShape.of(32)))
        .isCloseTo(64 * (convolutions + dense + critics) / 1e9, within(1e-6));
    assertThat(StepWork.gigaflop(Preset.named("local-only"), NetworkShape.of(32)))
        .isLessThan(StepWork.gigaflop(Preset.named("seed"), NetworkShape.of(32)));
  }
}
