package infomax.trainer.bench;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.control.ServedPrecision;
import infomax.trainer.network.NetworkShape;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Every device there is has a row for every batch size, the processor for both precisions, and
 * agrees with the processor.
 */
class EmbedBenchmarkTest {

  @Test
  void measuresTheDevicesThereAre() {
    EmbedBenchmark.Report report =
        new EmbedBenchmark(new NetworkShape(32, 32), 1, Duration.ofMillis(20)).run();
    assertThat(report.rows()).extracting(EmbedBenchmark.Row::batch).startsWith(1, 8, 32, 128, 256);
    assertThat(report.rows())
        .allSatisfy(
            row -> {
              assertThat(row.imagesPerSecond()).isPositive();
              assertThat(row.cosineMin())
                  .isGreaterThan(row.precision() == ServedPrecision.INT8 ? 0.99 : 0.999);
            });
    assertThat(report.rows().getFirst().device()).isEqualTo("cpu");
    assertThat(report.rows())
        .extracting(EmbedBenchmark.Row::precision)
        .contains(ServedPrecision.FLOAT32, ServedPrecision.INT8);
  }
}
