package infomax.search;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.search.live.RecallProbe;
import infomax.search.live.ServedImages;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recall of what is loaded is measured, and no figure outlives its generation. */
final class RecallProbeTest {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @Test
  void measuresEveryLoadedGeneration(@TempDir Path folder) {
    try (ServedImages images = new ServedImages(folder, 7)) {
      RecallProbe probe = new RecallProbe(images.loaded(), registry);
      probe.probe();
      assertThat(registry.find("infomax.recall.ratio").gauges()).isEmpty();
      // Fifty pictures three times each: of equally near ones either way may find another.
      for (int number = 0; number < 150; number++) {
        images.put("photo-" + number, Pictures.canonical(number % 50, 32), Map.of());
      }
      images.publish();
      probe.probe();
      Gauge recall = registry.get("infomax.recall.ratio").tag("generation", "7").gauge();
      assertThat(recall.value()).isEqualTo(1);
      assertThat(registry.get("infomax.recall.probe").timer().count()).isEqualTo(2);

      images.loaded().close();
      probe.probe();
      assertThat(registry.find("infomax.recall.ratio").gauges()).isEmpty();
    }
  }
}
