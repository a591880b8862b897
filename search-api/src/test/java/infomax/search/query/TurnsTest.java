package infomax.search.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import infomax.index.Deadline;
import infomax.runtime.http.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A turn comes to all who wait a moment, and everybody beyond that is refused at once. */
final class TurnsTest {

  @Test
  void refusesAtOnceWhereTooManyWaitAlready() throws Exception {
    Turns turns = new Turns(1);
    AtomicInteger served = new AtomicInteger();
    List<Thread> waiting = new ArrayList<>();
    try (Turns.Turn _ = turns.take(Deadline.NONE)) {
      for (int thread = 0; thread < 32; thread++) {
        waiting.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      try (Turns.Turn _ = turns.take(Deadline.NONE)) {
                        served.incrementAndGet();
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      }
                    }));
      }
      await()
          .atMost(Duration.ofSeconds(2))
          .until(
              () ->
                  waiting.stream()
                      .allMatch(
                          thread ->
                              thread.getState() == Thread.State.TIMED_WAITING
                                  || thread.getState() == Thread.State.TERMINATED));
      assertThatThrownBy(() -> turns.take(Deadline.NONE))
          .isInstanceOfSatisfying(
              Problem.class, problem -> assertThat(problem.code()).isEqualTo("overloaded"))
          .hasMessageContaining("32 wait already");
    }
    for (Thread thread : waiting) {
      thread.join();
    }
    assertThat(served).hasValue(32);
  }

  @Test
  void givesATurnBackWhenTimeIsOver() throws Exception {
    Turns turns = new Turns(1);
    assertThatThrownBy(() -> turns.take(Deadline.after(Duration.ofNanos(-1))))
        .isInstanceOf(Deadline.OutOfTimeException.class);
    turns.take(Deadline.NONE).close();
  }
}
