package infomax.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is not exposed is found in PromQL, and nothing else. */
final class ExposedMetricsTest {

  private static final ExposedMetrics EXPOSED =
      ExposedMetrics.read(
          """
          # HELP app_seconds time
          # TYPE app_seconds histogram
          app_seconds_bucket{kind="a b",le="0.5"} 1
          app_seconds_count{kind="a b"} 1
          app_images 7.0
          """);

  @Test
  void findsWhatIsMissing() {
    assertThat(
            EXPOSED.missing(
                "histogram_quantile(0.99, sum by (le, instance) (rate(app_seconds_bucket[5m]))) > 1e3"
                    + " and max(app_images) offset 5m > 0.01 * app_seconds_count{kind=~\"a.*\"}"))
        .isEmpty();
    assertThat(EXPOSED.missing("sum by (reason) (rate(app_seconds_sum{le=\"1\"}[$__interval]))"))
        .containsExactly("app_seconds_sum", "app_seconds_sum{le}", "{reason}");
    assertThat(EXPOSED.missing("1 > 2")).containsExactly("any metric at all");
  }
}
