package infomax.search.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A resource closes once, after its last user, and is never handed out afterwards. */
final class ReferencesTest {

  private final AtomicInteger closed = new AtomicInteger();
  private final References references = new References(closed::incrementAndGet);

  @Test
  void closesAfterTheLastUser() {
    assertThat(references.tryRetain()).isTrue();
    references.release();
    assertThat(closed).hasValue(0);
    references.release();
    assertThat(closed).hasValue(1);
    assertThat(references.tryRetain()).isFalse();
    assertThatThrownBy(references::release).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closesOnceUnderManyThreads() throws InterruptedException {
    List<Thread> users = new ArrayList<>();
    for (int user = 0; user < 50; user++) {
      users.add(
          Thread.startVirtualThread(
              () -> {
                while (references.tryRetain()) {
                  assertThat(closed).hasValue(0);
                  references.release();
                }
              }));
    }
    references.release();
    for (Thread user : users) {
      user.join();
    }
    assertThat(closed).hasValue(1);
  }
}
