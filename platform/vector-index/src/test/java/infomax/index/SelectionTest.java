package infomax.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import infomax.events.ImageId;
import infomax.events.image.Metadata;
import infomax.index.SearchAnswer.Group;
import infomax.index.SearchAnswer.Hit;
import infomax.store.ObjectStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which images become hits: pages, thresholds, groups, diversity, several examples. */
final class SelectionTest {

  private static final long SEED = 20_260_302;
  private static final int IMAGES = 1_000;

  @TempDir Path folder;
  private final TestImages images = new TestImages(SEED);
  private final List<IndexedImage> all = new ArrayList<>();
  private PublishedIndex index;

  @BeforeEach
  void open() {
    System.out.println("seed " + SEED);
    ObjectStore store = ObjectStore.open(folder.resolve("store"));
    Publications publications = new Publications(store, InstantSource.system());
    try (ShardWriter writer =
        ShardWriter.open(
            publications,
            folder.resolve("index"),
            images.spec(),
            InstantSource.system(),
            () -> {})) {
      for (int ordinal = 0; ordinal < IMAGES; ordinal++) {
        Map<String, Object> metadata = new HashMap<>(Map.of("shop", "shop-" + ordinal % 40));
        if (ordinal % 2 == 0) {
          metadata.put("tags", List.of("even", ordinal % 4 == 0 ? "four" : "two"));
        } else {
          metadata.put("tags", ordinal % 3);
        }
        IndexedImage image = images.image("image-" + ordinal, Metadata.of(metadata));
        writer.put(image);
        all.add(image);
      }
      writer.commit(images.progress());
      writer.publish();
    }
    index =
        PublishedIndex.open(
            store, publications.latest(1, 0).orElseThrow(), folder.resolve("cache"));
  }

  @AfterEach
  void close() {
    index.close();
  }

  @Test
  void pagesFollowOneAnother() {
    for (Metric metric : Metric.values()) {
      VectorQuery query = images.query(60, true, metric);
      List<Hit> whole = index.search(query).hits();
      List<Hit> pages = new ArrayList<>();
      for (int offset = 0; offset < 60; offset += 20) {
        pages.addAll(
            index
                .search(
                    query.selecting(new Selection(offset, 20, Double.NEGATIVE_INFINITY, 0, null)))
                .hits());
      }
      assertThat(pages).isEqualTo(whole);
    }
    VectorQuery beyond =
        images.query(1, true, Metric.COSINE).with(new Effort(true, 2_000, Deadline.NONE));
    assertThat(
            index
                .search(
                    beyond.selecting(new Selection(IMAGES, 5, Double.NEGATIVE_INFINITY, 0, null)))
                .hits())
        .isEmpty();
  }

  @Test
  void aThresholdKeepsExactlyWhatReachesIt() {
    VectorQuery query = images.query(100, true, Metric.COSINE);
    List<Hit> hits = index.search(query).hits();
    double threshold = hits.get(30).score();
    assertThat(index.search(query.selecting(new Selection(0, 100, threshold, 0, null))).hits())
        .isEqualTo(hits.subList(0, 31));
  }

  @Test
  void excludedImagesAreNeverHits() {
    VectorQuery query = images.query(20, true, Metric.COSINE);
    List<Hit> hits = index.search(query).hits();
    Set<ImageId> excluded = Set.of(hits.get(0).image().id(), hits.get(7).image().id());
    for (boolean exact : new boolean[] {true, false}) {
      List<Hit> others =
          index.search(query.with(new Effort(exact, 200, Deadline.NONE)).without(excluded)).hits();
      assertThat(others).hasSize(20);
      assertThat(others).map(hit -> hit.image().id()).doesNotContainAnyElementsOf(excluded);
      assertThat(others.getFirst()).isEqualTo(hits.get(1));
    }
  }

  @Test
  void groupsHoldTheBestOfEveryValue() {
    VectorQuery query = images.query(10, true, Metric.COSINE);
    SearchAnswer answer =
        index.search(
            query
                .selecting(
                    new Selection(
                        0, 40, Double.NEGATIVE_INFINITY, 0, new Selection.Grouping("shop", 3)))
                .with(new Effort(true, 1_000, Deadline.NONE)));
    assertThat(answer.hits()).isEmpty();
    assertThat(answer.groups()).hasSize(40);
    double before = Double.POSITIVE_INFINITY;
    for (Group group : answer.groups()) {
      List<Hit> best =
          all.stream()
              .filter(
                  image ->
                      MetadataValue.of(image.metadata().values().get("shop"))
                          .contains(group.value()))
              .map(image -> new Hit(image, Scoring.of(query).score(image.vector(), image.norm())))
              .sorted((left, right) -> Double.compare(right.score(), left.score()))
              .limit(3)
              .toList();
      assertThat(group.hits()).isEqualTo(best);
      assertThat(best.getFirst().score()).isLessThanOrEqualTo(before);
      before = best.getFirst().score();
    }
  }

  @Test
  void looksFurtherUntilThereAreEnoughGroups() {
    SearchAnswer answer =
        index.search(
            images
                .query(5, false, Metric.COSINE)
                .selecting(
                    new Selection(
                        0, 40, Double.NEGATIVE_INFINITY, 0, new Selection.Grouping("shop", 1)))
                .with(new Effort(false, 40, Deadline.NONE)));
    assertThat(answer.groups()).hasSize(40);
    SearchAnswer arrays =
        index.search(
            images
                .query(5, true, Metric.COSINE)
                .selecting(
                    new Selection(
                        0, 9, Double.NEGATIVE_INFINITY, 0, new Selection.Grouping("tags", 1))));
    assertThat(arrays.groups())
        .map(Group::value)
        .containsExactlyInAnyOrder(
            new MetadataValue.Text("even"),
            new MetadataValue.Text("two"),
            new MetadataValue.Text("four"),
            new MetadataValue.Numeric(0),
            new MetadataValue.Numeric(1),
            new MetadataValue.Numeric(2));
  }

  @Test
  void diversityTradesClosenessForDifference() {
    VectorQuery query = images.query(10, true, Metric.COSINE);
    List<Hit> plain = index.search(query).hits();
    List<Hit> diverse = index.search(query.selecting(diversity(0.7))).hits();
    assertThat(diverse).hasSize(10);
    assertThat(diverse.getFirst()).isEqualTo(plain.getFirst());
    assertThat(meanCosine(diverse)).isLessThan(meanCosine(plain) - 0.05);
    assertThat(index.search(query.selecting(diversity(1e-9))).hits()).isEqualTo(plain);
    for (Hit hit : diverse) {
      assertThat(hit.score())
          .isCloseTo(
              query.positive().getFirst().direction().cosine(hit.image().vector()), within(1e-9));
    }
    assertThatThrownBy(() -> new Selection(0, 1, 0, 0.5, new Selection.Grouping("shop", 1)))
        .hasMessageContaining("diversity");
  }

  @Test
  void severalExamplesScoreByTheClosestOne() {
    for (Metric metric : Metric.values()) {
      VectorQuery one = images.query(10, true, metric);
      VectorQuery query =
          new VectorQuery(
              List.of(one.positive().getFirst(), vector(), vector()),
              List.of(vector()),
              metric,
              Filter.ALL,
              Set.of(),
              Selection.best(IMAGES),
              new Effort(true, IMAGES, Deadline.NONE));
      List<Hit> hits = index.search(query).hits();
      assertThat(hits).hasSize(IMAGES);
      Set<Boolean> signs = new HashSet<>();
      for (Hit hit : hits) {
        double positive = closeness(query.positive(), hit, metric);
        double negative = closeness(query.negative(), hit, metric);
        assertThat(hit.score()).isCloseTo(positive > negative ? positive : -negative, within(1e-9));
        signs.add(hit.score() > 0);
      }
      assertThat(signs).containsExactlyInAnyOrder(true, false);
      List<Hit> approximate =
          index
              .search(
                  query.selecting(Selection.best(10)).with(new Effort(false, 200, Deadline.NONE)))
              .hits();
      assertThat(approximate).hasSize(10);
      assertThat(hits.subList(0, 20)).containsAll(approximate.subList(0, 8));
    }
  }

  private static Selection diversity(double diversity) {
    return new Selection(0, 10, Double.NEGATIVE_INFINITY, diversity, null);
  }

  private QueryVector vector() {
    return images.query(1, true, Metric.COSINE).positive().getFirst();
  }

  private static double closeness(List<QueryVector> examples, Hit hit, Metric metric) {
    return examples.stream()
        .mapToDouble(
            example ->
                metric == Metric.COSINE
                    ? (1 + example.direction().cosine(hit.image().vector())) / 2
                    : 1
                        / (1
                            + example
                                .direction()
                                .distance(
                                    example.norm(), hit.image().vector(), hit.image().norm())))
        .max()
        .orElse(Double.NEGATIVE_INFINITY);
  }

  private static double meanCosine(List<Hit> hits) {
    double sum = 0;
    int pairs = 0;
    for (Hit left : hits) {
      for (Hit right : hits) {
        if (!left.image().id().equals(right.image().id())) {
          sum += left.image().vector().cosine(right.image().vector());
          pairs++;
        }
      }
    }
    return sum / pairs;
  }
}
