package infomax.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import infomax.events.ImageId;
import infomax.events.Json;
import infomax.events.Topic;
import infomax.index.Publications;
import infomax.search.live.AsOf;
import infomax.search.live.Lease;
import infomax.search.live.PastPublications;
import infomax.search.live.PastPublications.Outcome;
import infomax.search.live.PastPublications.Outcome.Busy;
import infomax.search.live.PastPublications.Outcome.Found;
import infomax.search.live.PastPublications.Outcome.StoreUnavailable;
import infomax.search.live.PastPublications.Outcome.Unavailable;
import infomax.search.live.ServedImages;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import infomax.store.StoreObserver;
import infomax.store.StoreStep;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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

  @Test
  void whatIsOutOfReachIsNotSaidToBeGone() {
    for (StoreStep away :
        List.of(StoreStep.LIST_ENTRIES, StoreStep.READ_ENTRY, StoreStep.FETCH_OBJECT)) {
      StoreObserver observer =
          (step, _) -> {
            if (step == away) {
              throw new ObjectStoreException("the store does not answer");
            }
          };
      try (PastPublications remote = over(observer);
          Lease live = live()) {
        assertThat(remote.acquire(live.generation(), new AsOf.Publication(2)))
            .isEqualTo(new StoreUnavailable());
        assertThat(remote.open()).isZero();
      }
    }
  }

  @Test
  void whatIsOpenIsGivenOutWhileAnotherOneComesAndWhoWaitsForThatMayLeave() throws Exception {
    CompletableFuture<Boolean> asked = new CompletableFuture<>();
    CompletableFuture<Boolean> comes = new CompletableFuture<>();
    AtomicBoolean slow = new AtomicBoolean();
    StoreObserver observer =
        (step, _) -> {
          if (step == StoreStep.FETCH_OBJECT && slow.get()) {
            asked.complete(true);
            comes.join();
          }
        };
    try (PastPublications remote = over(observer);
        Lease live = live()) {
      AsOf there = new AsOf.Publication(2);
      ((Found) remote.acquire(live.generation(), there)).lease().close();
      slow.set(true);
      CompletableFuture<Outcome> third =
          CompletableFuture.supplyAsync(
              () -> remote.acquire(live.generation(), new AsOf.Publication(3)));
      try {
        asked.get(20, TimeUnit.SECONDS);
        try (Lease lease = ((Found) remote.acquire(live.generation(), there)).lease()) {
          assertThat(lease.generation().index().images()).isEqualTo(1);
        }
        AtomicReference<Outcome> fourth = new AtomicReference<>();
        Thread waiting =
            Thread.startVirtualThread(
                () -> fourth.set(remote.acquire(live.generation(), new AsOf.Publication(4))));
        await().until(() -> waiting.getState() == Thread.State.WAITING);
        waiting.interrupt();
        assertThat(waiting.join(Duration.ofSeconds(20))).isTrue();
        assertThat(fourth.get()).isEqualTo(new Busy(2));
      } finally {
        comes.complete(true);
      }
      try (Lease lease = ((Found) third.get(20, TimeUnit.SECONDS)).lease()) {
        assertThat(lease.generation().index().images()).isEqualTo(2);
      }
    }
  }

  /** The same publications over a way to the store that the test steps in. */
  private PastPublications over(StoreObserver observer) {
    return new PastPublications(
        new Publications(ObjectStore.open(folder.resolve("objects"), observer), now::get),
        folder.resolve("test"),
        2,
        now::get);
  }

  /** Shards are published one by one, so that a publication has a number for each. */
  @Test
  void takesOfEveryShardItsOwn() {
    try (ServedImages sharded = new ServedImages(folder.resolve("sharded"), 2, 2);
        PastPublications both =
            new PastPublications(sharded.publications(), folder.resolve("test"), 2, now::get)) {
      put(sharded, 0, 3);
      put(sharded, 1, 2);
      sharded.publish();
      put(sharded, 1, 4);
      sharded.publish(1);
      put(sharded, 0, 5);
      sharded.publish(0);
      now.set(Instant.now());
      assertThat(imagesAsOf(sharded, both, AsOf.Publication.parse("1,2"))).isEqualTo(2);
      assertThat(imagesAsOf(sharded, both, AsOf.Publication.parse("2,2"))).isEqualTo(5);
      assertThat(imagesAsOf(sharded, both, AsOf.Publication.parse("2,3"))).isEqualTo(9);
      Instant first = sharded.publications().read(2, 1, 2).orElseThrow().publishedAt();
      assertThat(imagesAsOf(sharded, both, Optional.of(new AsOf.Time(first)))).isEqualTo(5);
      for (String absent : List.of("3,4", "4,3", "3", "1,1,1")) {
        try (Lease live = sharded.loaded().acquire().orElseThrow()) {
          Unavailable unavailable =
              (Unavailable)
                  both.acquire(live.generation(), AsOf.Publication.parse(absent).orElseThrow());
          assertThat(AsOf.Publication.of(unavailable.oldest())).hasToString("1,1");
          assertThat(AsOf.Publication.of(unavailable.newest())).hasToString("3,3");
        }
      }
      assertThat(Json.mapper().<JsonNode>valueToTree(new AsOf.Publication(List.of(2L, 3L))))
          .isEqualTo(TextNode.valueOf("2,3"));
      assertThat(AsOf.Publication.parse("0,1")).isEmpty();
    }
  }

  private static void put(ServedImages images, int shard, int count) {
    int left = count;
    for (int number = 0; left > 0; number++) {
      String id = "shard-" + shard + "-" + count + "-" + number;
      if (new ImageId(id).partition(Topic.IMAGES.partitions()) % 2 == shard) {
        images.put(id, Pictures.canonical(number, 32), Map.of());
        left--;
      }
    }
  }

  private static int imagesAsOf(
      ServedImages images, PastPublications past, Optional<? extends AsOf> asOf) {
    try (Lease live = images.loaded().acquire().orElseThrow();
        Lease lease = ((Found) past.acquire(live.generation(), asOf.orElseThrow())).lease()) {
      return lease.generation().index().images();
    }
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
