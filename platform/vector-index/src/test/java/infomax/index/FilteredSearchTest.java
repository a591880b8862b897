package infomax.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import infomax.events.ImageId;
import infomax.events.Json;
import infomax.events.image.Metadata;
import infomax.index.Condition.Exists;
import infomax.index.Condition.In;
import infomax.index.Condition.NumberRange;
import infomax.index.Condition.Prefix;
import infomax.index.Condition.TimeRange;
import infomax.index.MetadataValue.Flag;
import infomax.index.MetadataValue.Numeric;
import infomax.index.MetadataValue.Text;
import infomax.index.PublishOutcome.Published;
import infomax.index.SearchAnswer.Hit;
import infomax.index.SearchAnswer.Path;
import infomax.store.ObjectStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Filtered searches and listings answer as a look at every image would. */
final class FilteredSearchTest {

  private static final long SEED = 20_260_301;
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

  @TempDir java.nio.file.Path folder;
  private final Random random = new Random(SEED);
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
  void everyFilterMatchesWhatItSays() {
    TestImages images = new TestImages(SEED);
    try (ShardWriter writer = writer(images)) {
      for (int ordinal = 0; ordinal < 2_000; ordinal++) {
        put(writer, images.image("image-" + random.nextInt(1_500), mixedMetadata()));
        if (ordinal % 300 == 0) {
          writer.commit(images.progress());
        }
      }
      try (PublishedIndex index = publish(writer, images)) {
        Set<Integer> counts = new HashSet<>();
        for (int round = 0; round < 400; round++) {
          Filter filter = randomFilter(2);
          List<ImageId> matching =
              expected.values().stream()
                  .filter(image -> FilterOracle.matches(image, filter))
                  .map(IndexedImage::id)
                  .sorted()
                  .toList();
          ImagePage page = index.list(filter, null, 2_000, Deadline.NONE);
          assertThat(page.images()).as("%s", filter).map(IndexedImage::id).isEqualTo(matching);
          counts.add(matching.size());
          VectorQuery query = images.query(5, false, Metric.EUCLIDEAN).among(filter);
          SearchAnswer answer = index.search(query);
          assertThat(answer.hits()).as("%s", filter).isEqualTo(bruteForce(query));
          if (!filter.isEmpty()) {
            assertThat(answer.path()).isEqualTo(Path.SCAN);
            assertThat(answer.matches()).isEqualTo(OptionalLong.of(matching.size()));
          }
        }
        // The filters are no filters if they match all or nothing.
        assertThat(counts.size()).isGreaterThan(100);
      }
    }
  }

  @Test
  void aKeyThatChangesItsTypeIsKeptAndMatchesFiltersOfItsOwnTypeOnly() {
    TestImages images = new TestImages(SEED);
    try (ShardWriter writer = writer(images)) {
      Map<String, Object> values =
          Map.of("text", "5", "number", 5, "flag", true, "list", List.of("5", "x"));
      values.forEach((id, value) -> put(writer, images.image(id, Metadata.of(Map.of("v", value)))));
      try (PublishedIndex index = publish(writer, images)) {
        assertThat(listed(index, In.equal("v", new Numeric(5.0)))).containsExactly("number");
        assertThat(listed(index, In.equal("v", new Text("5")))).containsExactly("list", "text");
        assertThat(listed(index, In.equal("v", new Text("true")))).isEmpty();
        assertThat(listed(index, In.equal("v", new Flag(true)))).containsExactly("flag");
        assertThat(listed(index, new NumberRange("v", 0, true, 10, true)))
            .containsExactly("number");
        assertThat(listed(index, new Exists("v"))).hasSize(4);
        values.forEach(
            (id, value) ->
                assertThat(index.image(new ImageId(id)).orElseThrow().metadata().values())
                    .containsEntry("v", value));
      }
    }
  }

  /** Also with the graph alone, which the index does not choose where few images match. */
  @Test
  void findsNearlyAllOfTheNearestWhateverShareMatches() throws IOException {
    TestImages images = new TestImages(SEED);
    try (ShardWriter writer = writer(images)) {
      for (int ordinal = 0; ordinal < 8_000; ordinal++) {
        put(writer, images.image("image-" + ordinal, shares(ordinal)));
        if (ordinal % 3_000 == 0) {
          writer.commit(images.progress());
        }
      }
      writer.commit(images.progress());
      try (Directory directory = new MMapDirectory(folder.resolve("index"));
          DirectoryReader reader = DirectoryReader.open(directory)) {
        for (double share : List.of(0.1, 1.0, 10.0, 50.0)) {
          Filter filter = Filter.of(new NumberRange("share", 0, true, share / 100, false));
          double scanned = recall(images, reader, filter, NearestImages.SCANNED_MATCHES_MAX);
          double graph = recall(images, reader, filter, 0);
          System.out.printf(
              "%.1f %% match: recall@10 %.3f, along the graph alone %.3f%n", share, scanned, graph);
          assertThat(scanned).as("%.1f %%", share).isGreaterThanOrEqualTo(0.95);
          assertThat(graph).as("%.1f %% by graph", share).isGreaterThanOrEqualTo(0.95);
        }
      }
    }
  }

  @Test
  void anIndexFromBeforeFiltersRefusesThemAndOtherwiseAnswers() {
    TestImages images = new TestImages(SEED);
    try (ShardWriter writer = writer(images)) {
      put(writer, images.image("a"));
      try (PublishedIndex index = publish(writer, images)) {
        ObjectNode json = Json.mapper().valueToTree(index.published().shards().getFirst());
        ((ObjectNode) json.get("spec")).remove("format");
        Manifest old = Json.read(Json.write(json), Manifest.class);
        assertThat(old.spec().format()).isEqualTo(1);
        try (PublishedIndex before = PublishedIndex.open(store, old, folder.resolve("old"))) {
          assertThat(before.filters()).isFalse();
          assertThat(before.search(images.query(1, false, Metric.COSINE)).hits()).hasSize(1);
          Filter filter = Filter.of(new Exists("label"));
          assertThatThrownBy(
                  () -> before.search(images.query(1, true, Metric.COSINE).among(filter)))
              .hasMessageContaining("before there were filters");
          assertThatThrownBy(() -> before.list(filter, null, 1, Deadline.NONE))
              .hasMessageContaining("before there were filters");
          assertThat(before.list(Filter.ALL, null, 1, Deadline.NONE).images()).hasSize(1);
        }
      }
    }
  }

  @Test
  void listsInPagesAcrossUpdatesAndDeletes() {
    TestImages images = new TestImages(SEED);
    try (ShardWriter writer = writer(images)) {
      for (int ordinal = 0; ordinal < 400; ordinal++) {
        put(writer, images.image("image-" + random.nextInt(200), mixedMetadata()));
      }
      for (ImageId gone : List.copyOf(expected.keySet()).subList(0, 20)) {
        writer.delete(gone);
        expected.remove(gone);
      }
      try (PublishedIndex index = publish(writer, images)) {
        List<ImageId> all = new ArrayList<>();
        ImagePage page = index.list(Filter.ALL, null, 7, Deadline.NONE);
        all.addAll(page.images().stream().map(IndexedImage::id).toList());
        while (page.more()) {
          page = index.list(Filter.ALL, all.getLast(), 7, Deadline.NONE);
          all.addAll(page.images().stream().map(IndexedImage::id).toList());
        }
        assertThat(all).isEqualTo(expected.keySet().stream().sorted().toList());
        assertThat(page.matches()).isEqualTo(expected.size());
      }
    }
  }

  @Test
  void givesUpWhenItsTimeIsOver() {
    TestImages images = new TestImages(SEED);
    try (ShardWriter writer = writer(images)) {
      for (int ordinal = 0; ordinal < 200; ordinal++) {
        put(writer, images.image("image-" + ordinal));
      }
      try (PublishedIndex index = publish(writer, images)) {
        Deadline over = Deadline.after(Duration.ofNanos(-1));
        for (boolean exact : new boolean[] {true, false}) {
          assertThatThrownBy(
                  () ->
                      index.search(
                          images.query(5, exact, Metric.COSINE).with(new Effort(exact, 100, over))))
              .isInstanceOf(Deadline.OutOfTimeException.class);
        }
        assertThatThrownBy(() -> index.list(Filter.of(new Exists("label")), null, 5, over))
            .isInstanceOf(Deadline.OutOfTimeException.class);
      }
    }
  }

  private double recall(TestImages images, DirectoryReader reader, Filter filter, int scannedMax)
      throws IOException {
    NearestImages nearest = new NearestImages(reader, scannedMax);
    int found = 0;
    int wanted = 0;
    for (int round = 0; round < 25; round++) {
      VectorQuery query = images.query(10, false, Metric.COSINE).among(filter);
      Set<Hit> exact = new HashSet<>(bruteForce(query));
      SearchAnswer answer = nearest.search(query, _ -> {});
      assertThat(answer.path() == Path.SCAN)
          .isEqualTo(answer.matches().orElseThrow() <= scannedMax);
      wanted += exact.size();
      exact.retainAll(answer.hits());
      found += exact.size();
    }
    assertThat(wanted).isPositive();
    return (double) found / wanted;
  }

  private static Metadata shares(int ordinal) {
    // Spread evenly over [0, 1) in an order of its own.
    return Metadata.of(Map.of("share", ordinal * 0.618_033_988_749_895 % 1));
  }

  private Metadata mixedMetadata() {
    Map<String, Object> values = new HashMap<>();
    for (String key : List.of("a", "b", "a.b", "time")) {
      if (random.nextInt(4) > 0) {
        values.put(key, randomValue(key));
      }
    }
    return Metadata.of(values);
  }

  private Object randomValue(String key) {
    if (key.equals("time") && random.nextInt(3) > 0) {
      return randomTime().toString();
    }
    return switch (random.nextInt(6)) {
      case 0 -> "word-" + random.nextInt(20);
      case 1 -> random.nextInt(20) - 10;
      case 2 -> random.nextInt(40) / 4.0 - 5;
      case 3 -> random.nextBoolean();
      case 4 -> List.of("word-" + random.nextInt(20), "tag-" + random.nextInt(5));
      default -> List.of();
    };
  }

  private Instant randomTime() {
    return START.plusMillis(random.nextInt(40) * 250L);
  }

  private Filter randomFilter(int depth) {
    return new Filter(randomConditions(depth), randomConditions(depth), randomConditions(depth));
  }

  private List<Condition> randomConditions(int depth) {
    List<Condition> conditions = new ArrayList<>();
    while (random.nextInt(5) < 2) {
      conditions.add(
          depth > 0 && random.nextInt(4) == 0 ? randomFilter(depth - 1) : randomCondition());
    }
    return conditions;
  }

  private Condition randomCondition() {
    String key = List.of("a", "b", "a.b", "time", "_id").get(random.nextInt(5));
    return switch (random.nextInt(6)) {
      case 0 -> In.equal(key, MetadataValue.of((Object) (random.nextInt(20) - 10)).getFirst());
      case 1 ->
          new In(
              key,
              List.of(
                  new Text("word-" + random.nextInt(20)),
                  new Text("image-" + random.nextInt(1_500)),
                  new Numeric(random.nextInt(10)),
                  new Flag(random.nextBoolean())));
      case 2 -> {
        double low = random.nextInt(40) / 4.0 - 5;
        yield random.nextBoolean()
            ? new NumberRange(
                key, low, random.nextBoolean(), Double.POSITIVE_INFINITY, random.nextBoolean())
            : new NumberRange(
                key, low, random.nextBoolean(), low + random.nextInt(5), random.nextBoolean());
      }
      case 3 -> {
        Instant low = randomTime();
        yield random.nextBoolean()
            ? new TimeRange(key, Instant.MIN, true, low, random.nextBoolean())
            : new TimeRange(
                key,
                low,
                random.nextBoolean(),
                low.plusMillis(random.nextInt(5_000)),
                random.nextBoolean());
      }
      case 4 -> new Exists(key);
      default -> new Prefix(key, List.of("word-1", "tag", "image-11", "").get(random.nextInt(4)));
    };
  }

  private List<String> listed(PublishedIndex index, Condition condition) {
    return index.list(Filter.of(condition), null, 100, Deadline.NONE).images().stream()
        .map(image -> image.id().value())
        .toList();
  }

  private List<Hit> bruteForce(VectorQuery query) {
    Scoring scoring = Scoring.of(query);
    return expected.values().stream()
        .filter(image -> FilterOracle.matches(image, query.filter()))
        .map(image -> new Hit(image, scoring.score(image.vector(), image.norm())))
        .sorted(
            Comparator.comparingDouble((Hit hit) -> -hit.score())
                .thenComparing(hit -> hit.image().id()))
        .limit(query.selection().k())
        .toList();
  }

  private void put(ShardWriter writer, IndexedImage image) {
    writer.put(image);
    expected.put(image.id(), image);
  }

  private ShardWriter writer(TestImages images) {
    return ShardWriter.open(
        publications, folder.resolve("index"), images.spec(), InstantSource.system(), () -> {});
  }

  private PublishedIndex publish(ShardWriter writer, TestImages images) {
    writer.commit(images.progress());
    Manifest manifest = ((Published) writer.publish()).manifest();
    return PublishedIndex.open(store, manifest, folder.resolve("cache"));
  }
}
