package infomax.indexer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.indexer.generation.Orders.Priority;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class EmbeddingPoolTest {

  private final CountDownLatch gate = new CountDownLatch(1);

  @Test
  void theLeaderWaitsForNobodyAndTheCandidateGoesBeforeTheStandby() throws Exception {
    List<String> ran = Collections.synchronizedList(new ArrayList<>());
    try (EmbeddingPool pool = new EmbeddingPool(1)) {
      List<FutureTask<?>> tasks = new ArrayList<>();
      tasks.add(pool.submit(Priority.STANDBY, () -> gate.await(1, TimeUnit.MINUTES)));
      tasks.add(pool.submit(Priority.STANDBY, () -> ran.add("standby")));
      for (String name : List.of("candidate-1", "candidate-2", "candidate-3")) {
        tasks.add(pool.submit(Priority.CANDIDATE, () -> ran.add(name)));
      }
      for (String name : List.of("leader-1", "leader-2")) {
        pool.submit(Priority.LEADER, () -> ran.add(name)).get(1, TimeUnit.MINUTES);
      }
      assertThat(ran).containsExactly("leader-1", "leader-2");
      gate.countDown();
      for (FutureTask<?> task : tasks) {
        task.get();
      }
    }
    assertThat(ran)
        .containsExactly(
            "leader-1", "leader-2", "candidate-1", "candidate-2", "candidate-3", "standby");
  }
}
