package infomax.search;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.search.live.AsOf;
import infomax.search.live.Lease;
import infomax.search.live.PastPublications;
import infomax.search.live.PastPublications.Outcome.Busy;
import infomax.search.live.PastPublications.Outcome.Found;
import infomax.search.live.PastPublications.Outcome.Unavailable;
import infomax.search.live.ServedImages;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Publications of the past: which is taken, how many are open, and when they are closed. */
final class PastPublicationsTest {

  private static final int IMAGES = 5;

  @TempDir Path folder;
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private ServedImages images;
  private PastPublications past;

  /** Publication n + 1 has n images; the first is a new shard's and empty. */
  @BeforeEach
  void open() {
    images = new ServedImages(folder, 1);
    for (int number = 0; number < IMAGES; number++) {
      images.put("photo-" + number, Pictures.canonical(number, 32), Map.of());
      images.publish();
    }
    now.set(Instant.now());
    past = new PastPublications(images.publications(), folder.resolve("test"), 2, now::get);
  }

  @AfterEach
  void close() {
    past.close();
    images.close();
    assertThat(folder.resolve("test")).isEmptyDirectory();
  }

  @Test
  void takesTheNewestNotAfterWhatIsAskedFor() {
    for (int sequence = 1; sequence <= IMAGES + 1; sequence++) {
      assertThat(imagesAsOf(new AsOf.Publication(sequence))).isEqualTo(sequence - 1);
      Instant published = publishedAt(sequence);
      assertThat(imagesAsOf(new AsOf.Time(published))).isEqualTo(sequence - 1);
      if (sequence > 1 && publishedAt(sequence - 1).isBefore(published)) {
        assertThat(imagesAsOf(new AsOf.Time(published.minusNanos(1)))).isEqualTo(sequence - 2);
      }
    }
    now.set(Instant.now());
    assertThat(imagesAsOf(new AsOf.Time(now.get()))).isEqualTo(IMAGES);
  }

  @Test
  void whatIsGoneOrHasYetToComeIsNotAvailable() {
    assertUnavailable(new AsOf.Publication(IMAGES + 2), 1);
    assertUnavailable(new AsOf.Time(publishedAt(1).minusNanos(1)), 1);
    assertUnavailable(new AsOf.Time(Instant.now().plusSeconds(60)), 1);
    images.publications().collectGarbage(1, 0, 2, Duration.ZERO);
    assertUnavailable(new AsOf.Publication(IMAGES - 1), IMAGES);
    assertThat(imagesAsOf(new AsOf.Publication(IMAGES))).isEqualTo(IMAGES - 1);
  }

  /** What is open stays readable although the store has collected it. */
  @Test
  void whatIsOpenSurvivesTheCollectionOfItsFiles() {
    try (Lease live = live();
        Lease lease = ((Found) past.acquire(live.generation(), new AsOf.Publication(3))).lease()) {
      images.publications().collectGarbage(1, 0, 1, Duration.ZERO);
      assertThat(lease.generation().index().sample(10, 1)).hasSize(2);
      assertThat(lease.generation().encoder()).isSameAs(live.generation().encoder());
    }
  }

  @Test
  void fewAreOpenAndThoseInUseStay() {
    try (Lease live = live();
        Lease one = ((Found) past.acquire(live.generation(), new AsOf.Publication(2))).lease()) {
      try (Lease two = ((Found) past.acquire(live.generation(), new AsOf.Publication(3))).lease()) {
        assertThat(past.acquire(live.generation(), new AsOf.Publication(4))).isEqualTo(new Busy(2));
        assertThat(two.generation().index().images()).isEqualTo(2);
      }
      assertThat(imagesAsOf(new AsOf.Publication(4))).isEqualTo(3);
      assertThat(past.open()).isEqualTo(2);
      assertThat(one.generation().index().sample(10, 1)).hasSize(1);
    }
  }

  @Test
  void whatNobodyAsksForIsClosed() {
    imagesAsOf(new AsOf.Publication(2));
    now.set(now.get().plusSeconds(59));
    past.closeIdle();
    assertThat(past.open()).isEqualTo(1);
    try (Lease live = live();
        Lease lease = ((Found) past.acquire(live.generation(), new AsOf.Publication(3))).lease()) {
      now.set(now.get().plusSeconds(61));
      past.closeIdle();
      assertThat(past.open()).isEqualTo(1);
      assertThat(lease.generation().index().sample(10, 1)).hasSize(2);
    }
    past.closeIdle();
    assertThat(past.open()).isZero();
  }

  private Lease live() {
    return images.loaded().acquire().orElseThrow();
  }

  private int imagesAsOf(AsOf asOf) {
    try (Lease live = live();
        Lease lease = ((Found) past.acquire(live.generation(), asOf)).lease()) {
      return lease.generation().index().images();
    }
  }

  private void assertUnavailable(AsOf asOf, long oldest) {
    try (Lease live = live()) {
      Unavailable unavailable = (Unavailable) past.acquire(live.generation(), asOf);
      assertThat(unavailable.oldest().sequence()).isEqualTo(oldest);
      assertThat(unavailable.newest().sequence()).isEqualTo(IMAGES + 1);
    }
  }

  private Instant publishedAt(long sequence) {
    return images.publications().read(1, 0, sequence).orElseThrow().publishedAt();
  }
}
