package infomax.ingest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.testing.TestingKafka;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The small form of {@code infomax bench intake}, without what only a quiet machine can show. */
final class IntakeBenchmarkIT {

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  @Test
  @SuppressWarnings("unchecked")
  void everyUploadOfAHostileStreamIsAnsweredAsItDeserves() throws Exception {
    int inputs = 150;
    Map<String, Object> report =
        new IntakeBenchmark(KAFKA.clients(), 1, inputs, Duration.ofMillis(200)).run().report();
    assertThat(report)
        .containsEntry("unansweredExamples", List.of())
        .containsEntry("wrongExamples", List.of())
        .containsEntry("hostileRequestsWrong", Map.of())
        .containsEntry("decodesLeftRunning", 0);
    int accepted = (int) report.get("accepted");
    int refused =
        ((Map<String, Integer>) report.get("refused"))
            .values().stream().mapToInt(Integer::intValue).sum();
    assertThat(accepted).isPositive();
    assertThat(accepted + refused).isEqualTo(inputs);
    assertThat((List<Map<String, Object>>) report.get("speed"))
        .extracting(speed -> speed.get("width"))
        .containsExactly(32, 512, 4_000);
  }
}
