package infomax.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Digest;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import java.io.IOException;
import java.nio.file.Path;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether a training that broke off is tried again, and what its request says if not. */
class BreakdownTest {

  @Test
  void anErrorOfAStepsThreadIsFoundBehindWhatItIsToldBy() {
    Throwable thrown =
        new IllegalStateException("training step failed", new OutOfMemoryError("Java heap space"));

    assertThat(Breakdown.of(thrown))
        .isInstanceOfSatisfying(
            Breakdown.Hopeless.class,
            hopeless ->
                assertThat(hopeless.reason())
                    .startsWith("the trainer ran out of memory (Java heap space)")
                    .contains("batch=64", "-Xmx"));
  }

  @Test
  void aLibraryThatCannotBeLoadedAndAnyOtherErrorEndTheRequestAtOnce() {
    assertThat(Breakdown.of(new UnsatisfiedLinkError("no such library")))
        .isInstanceOfSatisfying(
            Breakdown.Hopeless.class,
            hopeless ->
                assertThat(hopeless.reason()).contains("no such library", "start the trainer"));
    assertThat(Breakdown.of(new AssertionError("impossible")))
        .isInstanceOf(Breakdown.Hopeless.class);
  }

  @Test
  void aStoreThatIsAwayIsNoFaultOfTheTrainingButABrokenObjectMayBe(@TempDir Path folder) {
    assertThat(Breakdown.of(new ObjectStoreException("no space left")))
        .isEqualTo(new Breakdown.StoreAway("no space left"));
    Throwable broken =
        Assertions.catchThrowable(() -> ObjectStore.open(folder).read(Digest.of(new byte[] {1})));
    assertThat(Breakdown.of(broken)).isInstanceOf(Breakdown.MayPass.class);
  }

  @Test
  void anythingElseMayPass() {
    assertThat(Breakdown.of(new IOException("reset")))
        .isEqualTo(new Breakdown.MayPass("java.io.IOException: reset"));
  }
}
