package infomax.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.runtime.http.Problem;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** As many wait as are decided about in a quarter of a second. */
final class UploadQueueTest {

  private static final long SECOND = 1_000_000_000;

  private final AtomicLong nanoTime = new AtomicLong(-5);
  private final UploadQueue queue = new UploadQueue(nanoTime::get);
  private final Deque<UploadQueue.Place> places = new ArrayDeque<>();

  @Test
  void afterARestSomeAreLetInAndTheNextIsToldAtOnce() {
    assertThat(places()).isEqualTo(UploadQueue.BURST);
    assertThatThrownBy(queue::join)
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.code()).isEqualTo("busy"));
    places.remove().close();
    queue.check();
    places.add(queue.join());
    assertThatThrownBy(queue::check).isInstanceOf(Problem.class);
  }

  @Test
  void itGrowsWithWhatIsDecidedAndShrinksAgain() {
    decide(400);
    assertThat(places()).isEqualTo(100);
    nanoTime.addAndGet(SECOND);
    assertThat(places()).isZero();
    places.forEach(UploadQueue.Place::close);
    places.clear();
    nanoTime.addAndGet(SECOND);
    // The hundred that left count, and the window before them no more.
    assertThat(places()).isEqualTo(25);
    places.clear();
    nanoTime.addAndGet(10 * SECOND);
    assertThatThrownBy(queue::join).isInstanceOf(Problem.class);
  }

  @Test
  void whereEachTakesLongAndTheQueueIsNeverEmptyFewerWaitThanAfterARest() {
    assertThat(places()).isEqualTo(UploadQueue.BURST);
    for (int second = 0; second < 3; second++) {
      nanoTime.addAndGet(SECOND);
      for (int decided = 0; decided < 4; decided++) {
        places.remove().close();
      }
    }
    nanoTime.addAndGet(SECOND);
    // Four a second, of which two wait: fewer never do.
    places.remove().close();
    places.remove().close();
    assertThat(places()).isZero();
    places.remove().close();
    assertThat(places()).isEqualTo(1);
    assertThat(places).hasSize(2);
  }

  private void decide(int count) {
    for (int number = 0; number < count; number++) {
      queue.join().close();
    }
  }

  /** Takes all places there are. */
  private int places() {
    int taken = 0;
    try {
      while (true) {
        places.add(queue.join());
        taken++;
      }
    } catch (Problem e) {
      return taken;
    }
  }
}
