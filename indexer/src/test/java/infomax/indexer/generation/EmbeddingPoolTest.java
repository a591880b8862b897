package infomax.indexer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.indexer.generation.Orders.Priority;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class EmbeddingPoolTest {

  @Test
  void nobodyWaitsForTasksOfALowerPriority() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    try (EmbeddingPool pool = new EmbeddingPool(1)) {
      Future<Boolean> standby =
          pool.submit(Priority.STANDBY, () -> gate.await(1, TimeUnit.MINUTES));
      Future<Boolean> candidate =
          pool.submit(Priority.CANDIDATE, () -> gate.await(1, TimeUnit.MINUTES));
      assertThat(pool.submit(Priority.LEADER, () -> "embedded").get(1, TimeUnit.MINUTES))
          .isEqualTo("embedded");
      assertThat(candidate).isNotDone();
      gate.countDown();
      assertThat(standby.get()).isTrue();
      assertThat(candidate.get()).isTrue();
    }
  }
}
