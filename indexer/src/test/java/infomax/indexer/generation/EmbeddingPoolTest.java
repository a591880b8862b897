package infomax.indexer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.indexer.generation.Orders.Priority;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

final class EmbeddingPoolTest {

  @Test
  void theLeadersTasksGoFirstAndEachGenerationsInOrder() throws Exception {
    List<String> ran = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch gate = new CountDownLatch(1);
    try (EmbeddingPool pool = new EmbeddingPool(1)) {
      List<FutureTask<?>> tasks = new ArrayList<>();
      tasks.add(
          pool.submit(
              Priority.STANDBY,
              () -> {
                gate.await();
                return ran.add("running");
              }));
      tasks.add(pool.submit(Priority.STANDBY, () -> ran.add("standby")));
      for (String name : List.of("building-1", "building-2", "building-3")) {
        tasks.add(pool.submit(Priority.CANDIDATE, () -> ran.add(name)));
      }
      for (String name : List.of("live-1", "live-2")) {
        tasks.add(pool.submit(Priority.LEADER, () -> ran.add(name)));
      }
      gate.countDown();
      for (FutureTask<?> task : tasks) {
        task.get();
      }
    }
    assertThat(ran)
        .containsExactly(
            "running", "live-1", "live-2", "building-1", "building-2", "building-3", "standby");
  }
}
