package infomax.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import infomax.events.ImageId;
import infomax.index.PublishOutcome.Published;
import infomax.index.SearchAnswer.Hit;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import infomax.store.StoreStep;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written, published and opened answers as a map and a sort over every vector would. */
final class PublishedIndexTest {

  private static final long SEED = 20_260_101;

  @TempDir Path folder;
  private final TestImages images = new TestImages(SEED);
  private final Map<ImageId, IndexedImage> expected = new HashMap<>();
  private Publications publications;
  private ObjectStore store;

  @BeforeEach
  void open() {
    System.out.println("seed " + SEED);
    store = ObjectStore.open(folder.resolve("store"));
    publications = new Publications(store, InstantSource.system());
  }

  @Test
  void answersAsASortOverEveryVector() {
    try (ShardWriter writer = writer()) {
      for (int ordinal = 0; ordinal < 3_000; ordinal++) {
        put(writer, "image-" + ordinal);
        if (ordinal % 700 == 0) {
          writer.commit(images.progress());
        }
      }
      try (PublishedIndex index = publish(writer, null)) {
        assertThat(index.images()).isEqualTo(3_000);
        for (Metric metric : Metric.values()) {
          assertExact(index, metric);
          assertThat(recall(index, metric)).isGreaterThan(metric == Metric.COSINE ? 0.97 : 0.85);
        }
      }
    }
  }

  @Test
  void countsTheVectorsASearchLooksAt() {
    try (ShardWriter writer = writer()) {
      for (int ordinal = 0; ordinal < 3_000; ordinal++) {
        put(writer, "image-" + ordinal);
        if (ordinal == 2_000) {
          writer.commit(images.progress());
        }
      }
      try (PublishedIndex index = publish(writer, null)) {
        QueryVector query = QueryVector.of(index.sample(1, SEED).getFirst());
        assertThat(index.search(VectorQuery.nearest(query, 10, true, Metric.COSINE)).visited())
            .isEqualTo(3_000);
        VectorQuery cheap =
            VectorQuery.nearest(query, 10, false, Metric.COSINE)
                .with(new Effort(false, 10, Deadline.NONE));
        assertThat(index.search(cheap).visited()).isBetween(10L, 2_000L);
        assertThat(Recall.measure(index, 20, SEED, Deadline.NONE).getAsDouble())
            .isBetween(0.9, 1.0);
      }
    }
  }

  @Test
  void updatesAndDeletesLeaveOneNewestVersionPerId() {
    try (ShardWriter writer = writer()) {
      put(writer, "a");
      put(writer, "b");
      put(writer, "c");
      writer.commit(images.progress());
      put(writer, "a");
      delete(writer, "b");
      put(writer, "d");
      delete(writer, "d");
      delete(writer, "never-there");
      assertThat(writer.find(new ImageId("a"))).contains(expected.get(new ImageId("a")));
      assertThat(writer.find(new ImageId("b"))).isEmpty();
      assertThat(writer.find(new ImageId("c"))).contains(expected.get(new ImageId("c")));
      try (PublishedIndex index = publish(writer, null)) {
        assertSame(index);
        assertThat(index.image(new ImageId("b"))).isEmpty();
        assertThat(index.image(new ImageId("a"))).contains(expected.get(new ImageId("a")));
      }
    }
  }

  @Test
  void staysRightAndSharesFilesThroughChurn() throws IOException {
    Random random = new Random(SEED);
    PublishedIndex index = null;
    try (ShardWriter writer = writer()) {
      for (int round = 0; round < 60; round++) {
        for (int step = 0; step < 100; step++) {
          String id = "image-" + random.nextInt(2_000);
          if (random.nextInt(10) == 0) {
            delete(writer, id);
          } else {
            put(writer, id);
          }
        }
        PublishedIndex next = publish(writer, index);
        if (index != null) {
          index.close();
        }
        index = next;
        assertThat(index.images()).isEqualTo(expected.size());
      }
      assertSame(index);
      assertExact(index, Metric.COSINE);
      assertThat(recall(index, Metric.COSINE)).isGreaterThan(0.97);
      assertThat(index.checkIntegrity().detail()).isEmpty();
      assertThat(index.checkIntegrity().clean()).isTrue();
      try (Stream<Path> files = Files.list(folder.resolve("cache/shard-0/term-1"))) {
        assertThat(files.count()).isLessThan(150);
      }
    } finally {
      if (index != null) {
        index.close();
      }
    }
  }

  @Test
  void anOpenPublicationDoesNotChangeAndAClosedOneRefuses() {
    try (ShardWriter writer = writer()) {
      put(writer, "a");
      PublishedIndex first = publish(writer, null);
      put(writer, "b");
      delete(writer, "a");
      PublishedIndex second = publish(writer, first);
      PublishedIndex again =
          PublishedIndex.open(store, second.published(), folder.resolve("cache"), second);
      assertThat(first.image(new ImageId("a"))).isPresent();
      assertThat(first.image(new ImageId("b"))).isEmpty();
      first.close();
      first.close();
      assertThatThrownBy(() -> first.image(new ImageId("a")))
          .isInstanceOf(org.apache.lucene.store.AlreadyClosedException.class);
      second.close();
      second.close();
      assertThat(again.image(new ImageId("b"))).isPresent();
      again.close();
      assertThatThrownBy(() -> again.image(new ImageId("b")))
          .isInstanceOf(org.apache.lucene.store.AlreadyClosedException.class);
    }
  }

  @Test
  void searchesFromManyThreadsWhilePublicationsChange() throws Exception {
    try (ShardWriter writer = writer();
        ExecutorService threads = Executors.newFixedThreadPool(3)) {
      for (int ordinal = 0; ordinal < 1_000; ordinal++) {
        put(writer, "image-" + ordinal);
      }
      PublishedIndex index = publish(writer, null);
      List<Future<Integer>> searches = new ArrayList<>();
      PublishedIndex searched = index;
      VectorQuery query = images.query(10, false, Metric.COSINE);
      SearchAnswer answer = searched.search(query);
      for (int thread = 0; thread < 3; thread++) {
        searches.add(
            threads.submit(
                () -> {
                  for (int round = 0; round < 300; round++) {
                    assertThat(searched.search(query)).isEqualTo(answer);
                  }
                  return 300;
                }));
      }
      List<PublishedIndex> later = new ArrayList<>();
      for (int round = 0; round < 20; round++) {
        put(writer, "image-" + round);
        index = publish(writer, index);
        later.add(index);
      }
      for (Future<Integer> search : searches) {
        assertThat(search.get()).isEqualTo(300);
      }
      later.forEach(PublishedIndex::close);
      searched.close();
    }
  }

  @Test
  void corruptObjectsAreNeverOpened() throws IOException {
    try (ShardWriter writer = writer()) {
      put(writer, "a");
      Manifest manifest = published(writer);
      for (IndexFile file : manifest.files()) {
        Path object = folder.resolve("store/objects").resolve(file.digest().hex());
        byte[] right = Files.readAllBytes(object);
        byte[] wrong = right.clone();
        wrong[wrong.length / 2] ^= 1;
        Files.write(object, wrong);
        assertThatThrownBy(() -> PublishedIndex.open(store, manifest, folder.resolve("other")))
            .isInstanceOf(IndexCorruptException.class)
            .hasMessageContaining("corrupt")
            .hasMessageContaining(file.name());
        Files.write(object, right);
      }
      try (PublishedIndex index = PublishedIndex.open(store, manifest, folder.resolve("other"))) {
        assertSame(index);
      }
    }
  }

  @Test
  void aStoreThatFailsIsNotACorruptPublicationAndWhatIsOpenAnswersOn() throws IOException {
    AtomicInteger links = new AtomicInteger();
    AtomicInteger failFrom = new AtomicInteger(Integer.MAX_VALUE);
    ObjectStore failing =
        ObjectStore.open(
            folder.resolve("store"),
            (step, name) -> {
              if (step == StoreStep.FETCH_OBJECT && links.incrementAndGet() >= failFrom.get()) {
                throw new ObjectStoreException("the store does not answer");
              }
            });
    try (ShardWriter writer = writer()) {
      put(writer, "a");
      Path cache = folder.resolve("cache");
      try (PublishedIndex first = PublishedIndex.open(failing, published(writer), cache)) {
        put(writer, "b");
        Manifest next = published(writer);
        failFrom.set(links.get() + 2);
        for (int attempt = 0; attempt < 3; attempt++) {
          assertThatThrownBy(
                  () ->
                      PublishedIndex.open(
                          failing, new PublishedShards(List.of(next)), cache, first))
              .isInstanceOf(ObjectStoreException.class)
              .hasMessage("the store does not answer");
          assertThat(first.image(new ImageId("a"))).isPresent();
          assertThat(first.checkIntegrity().detail()).isEmpty();
        }
        failFrom.set(Integer.MAX_VALUE);
        try (PublishedIndex second =
            PublishedIndex.open(failing, new PublishedShards(List.of(next)), cache, first)) {
          assertSame(second);
        }
        Files.move(folder.resolve("store"), folder.resolve("not-mounted"));
        assertThatThrownBy(() -> PublishedIndex.open(failing, next, folder.resolve("other")))
            .isExactlyInstanceOf(ObjectStoreException.class)
            .hasMessageContaining("is gone");
        Files.move(folder.resolve("not-mounted"), folder.resolve("store"));
        store.delete(next.files().getFirst().digest());
        assertThatThrownBy(() -> PublishedIndex.open(failing, next, folder.resolve("other")))
            .isInstanceOf(IndexCorruptException.class)
            .hasMessageContaining(next.files().getFirst().name())
            .hasMessageContaining(next.files().getFirst().digest().hex());
      }
    }
  }

  @Test
  void contentsDifferWhenAnyOffsetDoes() {
    try (ShardWriter writer = writer()) {
      for (int ordinal = 0; ordinal < 100; ordinal++) {
        put(writer, "image-" + ordinal);
      }
      try (PublishedIndex before = publish(writer, null)) {
        put(writer, "image-7");
        try (PublishedIndex after = publish(writer, before)) {
          assertThat(after.contents()).isNotEqualTo(before.contents());
          assertThat(after.contents().images()).isEqualTo(100);
          int partition = new ImageId("image-7").partition(TestImages.PARTITIONS);
          Set<Integer> differing = new HashSet<>();
          after
              .contents()
              .partitions()
              .forEach(
                  (number, contents) -> {
                    if (!contents.equals(before.contents().partitions().get(number))) {
                      differing.add(number);
                    }
                  });
          assertThat(differing).containsExactly(partition);
        }
      }
    }
  }

  @Test
  void samplesEveryImageAndTheSameOnesForASeed() {
    try (ShardWriter writer = writer()) {
      for (int ordinal = 0; ordinal < 50; ordinal++) {
        put(writer, "image-" + ordinal);
      }
      delete(writer, "image-3");
      try (PublishedIndex index = publish(writer, null)) {
        assertThat(index.sample(10, 1)).hasSize(10).isEqualTo(index.sample(10, 1));
        assertThat(index.sample(10, 1)).isNotEqualTo(index.sample(10, 2));
        assertThat(Set.copyOf(index.sample(1_000, 1))).isEqualTo(Set.copyOf(expected.values()));
      }
    }
  }

  @Test
  void aCommitThatIsOnlyPartlyThereIsTakenForNone() {
    AtomicBoolean breaksOff = new AtomicBoolean();
    store = breakingOff(store, breaksOff);
    try (ShardWriter writer = writer()) {
      put(writer, "a");
      try (PublishedIndex first = publish(writer, null)) {
        put(writer, "b");
        PublishedShards next = new PublishedShards(List.of(published(writer)));
        breaksOff.set(true);
        assertThatThrownBy(() -> PublishedIndex.open(store, next, folder.resolve("cache"), first))
            .isInstanceOf(ObjectStoreException.class);
        put(writer, "c");
        // The newer commit has another name, so the part of the older one is still there.
        try (PublishedIndex second = publish(writer, first)) {
          assertSame(second);
        }
      }
    }
  }

  /** A store whose next fetch of a commit's file ends in the middle, once told so. */
  private static ObjectStore breakingOff(ObjectStore whole, AtomicBoolean breaksOff) {
    return (ObjectStore)
        Proxy.newProxyInstance(
            ObjectStore.class.getClassLoader(),
            new Class<?>[] {ObjectStore.class},
            (_, method, arguments) -> {
              if (method.getName().equals("fetch")
                  && arguments[1].toString().contains("segments")
                  && breaksOff.getAndSet(false)) {
                Files.write((Path) arguments[1], new byte[] {1});
                throw new ObjectStoreException("the connection is gone", new IOException());
              }
              try {
                return method.invoke(whole, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void listsTheNewestFirst() {
    try (ShardWriter writer = writer()) {
      for (int ordinal = 0; ordinal < 30; ordinal++) {
        put(writer, "image-" + ordinal);
      }
      publish(writer, null).close();
      put(writer, "image-3");
      delete(writer, "image-4");
      try (PublishedIndex index = publish(writer, null)) {
        List<IndexedImage> newest = index.newest(100);
        assertThat(newest)
            .containsExactlyInAnyOrderElementsOf(expected.values())
            .isSortedAccordingTo(Comparator.comparing(IndexedImage::timestamp).reversed());
        assertThat(index.newest(5)).isEqualTo(newest.subList(0, 5));
      }
    }
  }

  @Test
  void anEmptyIndexAnswersNothing() {
    try (ShardWriter writer = writer();
        PublishedIndex index = publish(writer, null)) {
      assertThat(index.search(images.query(5, false, Metric.COSINE)).hits()).isEmpty();
      assertThat(index.search(images.query(5, true, Metric.EUCLIDEAN)).hits()).isEmpty();
      assertThat(index.contents().images()).isZero();
      assertThat(index.sample(3, 1)).isEmpty();
      assertThat(index.newest(3)).isEmpty();
    }
  }

  private ShardWriter writer() {
    return ShardWriter.open(
        publications, folder.resolve("index"), TestImages.SPEC, InstantSource.system(), () -> {});
  }

  private void put(ShardWriter writer, String id) {
    IndexedImage image = images.image(id);
    writer.put(image);
    expected.put(image.id(), image);
  }

  private void delete(ShardWriter writer, String id) {
    ImageId imageId = new ImageId(id);
    images.skip(imageId);
    writer.delete(imageId);
    expected.remove(imageId);
  }

  private Manifest published(ShardWriter writer) {
    writer.commit(images.progress());
    PublishOutcome outcome = writer.publish();
    assertThat(outcome).isInstanceOf(Published.class);
    return ((Published) outcome).manifest();
  }

  private PublishedIndex publish(ShardWriter writer, PublishedIndex previous) {
    return PublishedIndex.open(
        store, new PublishedShards(List.of(published(writer))), folder.resolve("cache"), previous);
  }

  private void assertSame(PublishedIndex index) {
    Contents.Tally tally = new Contents.Tally();
    expected.values().forEach(image -> tally.add(image.id(), image.partition(), image.offset()));
    assertThat(index.contents()).isEqualTo(tally.contents());
    Map<ImageId, infomax.events.Digest> found = new HashMap<>();
    index.forEach((id, digest, partition, offset) -> found.put(id, digest));
    assertThat(found)
        .isEqualTo(
            expected.values().stream()
                .collect(Collectors.toMap(IndexedImage::id, IndexedImage::digest)));
  }

  private void assertExact(PublishedIndex index, Metric metric) {
    for (int round = 0; round < 20; round++) {
      VectorQuery query = images.query(10, true, metric);
      SearchAnswer answer = index.search(query);
      assertThat(answer.exact()).isTrue();
      assertThat(answer.hits()).isEqualTo(bruteForce(query));
      for (Hit hit : answer.hits()) {
        double cosine = query.positive().getFirst().direction().cosine(hit.image().vector());
        double a = query.positive().getFirst().norm();
        double b = hit.image().norm();
        double formula =
            metric == Metric.COSINE
                ? cosine
                : -Math.sqrt(Math.max(0, a * a + b * b - 2 * a * b * cosine));
        assertThat(hit.score()).isCloseTo(formula, within(1e-4));
      }
    }
  }

  private double recall(PublishedIndex index, Metric metric) {
    int found = 0;
    int wanted = 0;
    for (int round = 0; round < 50; round++) {
      VectorQuery query = images.query(10, false, metric);
      Set<Hit> exact = new HashSet<>(bruteForce(query));
      SearchAnswer answer = index.search(query);
      assertThat(answer.exact()).isFalse();
      assertThat(answer.hits()).hasSize(10);
      wanted += exact.size();
      exact.retainAll(answer.hits());
      found += exact.size();
    }
    System.out.printf("recall@10 %s %.3f%n", metric, (double) found / wanted);
    return (double) found / wanted;
  }

  private List<Hit> bruteForce(VectorQuery query) {
    return expected.values().stream()
        .map(
            image ->
                new Hit(
                    image,
                    query
                        .metric()
                        .score(query.positive().getFirst(), image.vector(), image.norm())))
        .sorted(
            Comparator.comparingDouble((Hit hit) -> -hit.score())
                .thenComparing(hit -> hit.image().id()))
        .limit(query.selection().k())
        .toList();
  }
}
