package infomax.indexer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FatalImagesTest {

  private static final Digest KILLER = Digest.of(new byte[] {1});
  private static final Digest HARMLESS = Digest.of(new byte[] {2});

  @TempDir Path folder;

  @Test
  void isAloneAfterTwoDeathsAndFatalAfterThree() throws Exception {
    die(KILLER, HARMLESS);
    FatalImages once = FatalImages.open(folder);
    assertThat(once.isSuspect(KILLER)).isFalse();
    once.begin("1-0", List.of(KILLER, HARMLESS), false);

    FatalImages twice = FatalImages.open(folder);
    assertThat(twice.isSuspect(KILLER)).isTrue();
    assertThat(twice.isSuspect(HARMLESS)).isTrue();
    twice.begin("1-0", List.of(HARMLESS), true).end(true);
    twice.survived(List.of(HARMLESS));
    assertThat(twice.isSuspect(HARMLESS)).isFalse();
    twice.begin("1-0", List.of(KILLER), true);

    FatalImages thrice = FatalImages.open(folder);
    assertThat(thrice.isFatal(KILLER)).isTrue();
    assertThat(thrice.isFatal(HARMLESS)).isFalse();
    assertThat(FatalImages.open(folder).isFatal(KILLER)).isTrue();
    Files.delete(folder.resolve(FatalImages.SUSPECTS));
    assertThat(FatalImages.open(folder).isFatal(KILLER)).isFalse();
  }

  @Test
  void oneDeathCountsOnceHoweverManyGenerationsHadTheImage() throws Exception {
    FatalImages images = FatalImages.open(folder);
    images.begin("1-0", List.of(KILLER), false);
    images.begin("2-0", List.of(KILLER), false);
    assertThat(FatalImages.open(folder).isSuspect(KILLER)).isFalse();
  }

  @Test
  void anErrorThatEndsTheThreadCountsAsADeath() throws Exception {
    FatalImages images = FatalImages.open(folder);
    images.begin("1-0", List.of(KILLER), false).end(false);
    images.begin("2-0", List.of(HARMLESS), false).end(true);
    die();
    FatalImages next = FatalImages.open(folder);
    next.begin("1-0", List.of(KILLER, HARMLESS), false);
    FatalImages last = FatalImages.open(folder);
    assertThat(last.isSuspect(KILLER)).isTrue();
    assertThat(last.isSuspect(HARMLESS)).isFalse();
  }

  /** A death while it is alone is its own, also where generations are embedded side by side. */
  @Test
  void nothingElseIsInFlightWhileOneIsAlone() throws Exception {
    FatalImages images = FatalImages.open(folder);
    FatalImages.Flight alone = images.begin("1-0", List.of(KILLER), true);
    try (ExecutorService other = Executors.newSingleThreadExecutor()) {
      Future<?> together =
          other.submit(
              () -> {
                images.begin("2-0", List.of(HARMLESS), false).end(true);
                return true;
              });
      Assertions.assertThatThrownBy(() -> together.get(100, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      alone.end(true);
      together.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void whatIsUnreadableIsGivenUp() throws IOException {
    Files.writeString(folder.resolve(FatalImages.SUSPECTS), "{\"deaths\":");
    Files.writeString(folder.resolve("embedding-1.json"), "");
    FatalImages images = FatalImages.open(folder);
    assertThat(images.isSuspect(KILLER)).isFalse();
    assertThat(folder.resolve("embedding-1.json")).doesNotExist();
  }

  private void die(Digest... inFlight) throws InterruptedException {
    if (inFlight.length > 0) {
      FatalImages.open(folder).begin("1-0", List.of(inFlight), false);
    }
  }
}
