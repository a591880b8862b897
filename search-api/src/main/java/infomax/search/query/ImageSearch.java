package infomax.search.query;

import infomax.events.ImageId;
import infomax.events.Positions;
import infomax.events.Token;
import infomax.events.image.CanonicalImage;
import infomax.imaging.ImageIntake;
import infomax.index.IndexedImage;
import infomax.index.Metric;
import infomax.index.SearchAnswer;
import infomax.index.VectorQuery;
import infomax.runtime.http.Problem;
import infomax.search.live.Lease;
import infomax.search.live.LiveGeneration;
import infomax.search.live.LoadedGenerations;
import infomax.search.live.LogEnd;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Answers searches. Each holds one generation, encoder and index together, from its start to its
 * end, whatever is swapped meanwhile. Thread-safe; a bounded number runs at once.
 */
public final class ImageSearch {

  private static final Duration WAIT_FOR_TURN = Duration.ofSeconds(2);

  private final LoadedGenerations loaded;
  private final LogEnd logEnd;
  private final ImageIntake intake;
  private final Consumer<Collection<IndexedImage>> shown;
  private final Semaphore turns;

  /**
   * A search.
   *
   * @param atOnce searches that run at the same time; more wait, and are refused after 2 s
   * @param shown told the images of an answer whose bytes will be asked for next; must not wait
   */
  public ImageSearch(
      LoadedGenerations loaded,
      LogEnd logEnd,
      ImageIntake intake,
      int atOnce,
      Consumer<Collection<IndexedImage>> shown) {
    this.loaded = loaded;
    this.logEnd = logEnd;
    this.intake = intake;
    this.shown = shown;
    this.turns = new Semaphore(atOnce, true);
  }

  /** Answers a search. */
  SearchBody search(SearchRequest request) throws InterruptedException {
    long startNanos = System.nanoTime();
    CanonicalImage image =
        request.query() instanceof Query.ByImage upload ? canonical(upload.bytes()) : null;
    try (Lease lease = lease(request.consistency())) {
      LiveGeneration live = lease.generation();
      if (request.encoder() != null) {
        request.encoder().verify(live);
      }
      takeTurn();
      try {
        QueryVector vector = vector(request.query(), image, live);
        SearchAnswer answer =
            live.index()
                .search(
                    new VectorQuery(
                        vector.direction(),
                        vector.norm(),
                        request.k(),
                        request.candidates(),
                        request.exact(),
                        request.metric()));
        if (request.include().contains(Include.DIGEST)) {
          // Who asks for digests is about to fetch the bytes they stand for.
          shown.accept(answer.hits().stream().map(SearchAnswer.Hit::image).toList());
        }
        return new SearchBody(
            answer.hits().stream().map(hit -> HitBody.of(hit, request.include())).toList(),
            Provenance.of(live, logEnd),
            request.metric(),
            answer.exact(),
            tookMillis(startNanos));
      } finally {
        turns.release();
      }
    }
  }

  /** Random images with their neighbours. */
  SheetBody sheet(int rows, int neighbours, long seed, Metric metric, boolean exact)
      throws InterruptedException {
    long startNanos = System.nanoTime();
    try (Lease lease = lease(Consistency.NONE)) {
      LiveGeneration live = lease.generation();
      takeTurn();
      try {
        List<SheetBody.Row> found =
            live.index().sample(rows, seed).stream()
                .map(image -> row(image, neighbours, metric, exact, live))
                .toList();
        return new SheetBody(
            found, seed, Provenance.of(live, logEnd), metric, exact, tookMillis(startNanos));
      } finally {
        turns.release();
      }
    }
  }

  /** Random images. */
  List<ImageBody> sample(int count, long seed) throws InterruptedException {
    try (Lease lease = lease(Consistency.NONE)) {
      List<IndexedImage> images = lease.generation().index().sample(count, seed);
      shown.accept(images);
      return images.stream().map(ImageBody::of).toList();
    }
  }

  /** An indexed image. */
  ImageBody image(ImageId id, boolean withVector) throws InterruptedException {
    try (Lease lease = lease(Consistency.NONE)) {
      return lease
          .generation()
          .index()
          .image(id)
          .map(withVector ? ImageBody::withVector : ImageBody::of)
          .orElseThrow(
              () -> Problem.of(404, "image_not_found", "image '" + id + "' is not in the index"));
    }
  }

  private SheetBody.Row row(
      IndexedImage image, int neighbours, Metric metric, boolean exact, LiveGeneration live) {
    QueryVector vector = QueryVector.of(image);
    // One more than wanted, because an image is its own nearest neighbour.
    int k = neighbours + 1;
    SearchAnswer answer =
        live.index()
            .search(
                new VectorQuery(
                    vector.direction(),
                    vector.norm(),
                    k,
                    VectorQuery.defaultCandidates(k),
                    exact,
                    metric));
    List<SearchAnswer.Hit> others =
        answer.hits().stream()
            .filter(hit -> !hit.image().id().equals(image.id()))
            .limit(neighbours)
            .toList();
    shown.accept(
        Stream.concat(Stream.of(image), others.stream().map(SearchAnswer.Hit::image)).toList());
    return new SheetBody.Row(
        ImageBody.of(image),
        others.stream()
            .map(hit -> HitBody.of(hit, List.of(Include.METADATA, Include.DIGEST)))
            .toList());
  }

  private CanonicalImage canonical(byte[] upload) throws InterruptedException {
    takeTurn();
    try {
      return switch (intake.canonicalize(upload)) {
        case ImageIntake.Outcome.Accepted accepted -> accepted.image();
        case ImageIntake.Outcome.Rejected rejected ->
            throw QueryVector.rejected(rejected.rejection());
      };
    } finally {
      turns.release();
    }
  }

  private static QueryVector vector(
      Query query, @Nullable CanonicalImage image, LiveGeneration live) {
    return switch (query) {
      case Query.ByImage _ -> {
        if (image == null) {
          throw new IllegalStateException("an uploaded image is made canonical before");
        }
        yield QueryVector.of(image, live);
      }
      case Query.ById byId -> QueryVector.of(byId.id(), live);
      case Query.ByVector byVector -> QueryVector.of(byVector.components(), live);
    };
  }

  private Lease lease(Consistency consistency) throws InterruptedException {
    List<Token> tokens = consistency.tokens();
    if (tokens.isEmpty()) {
      return loaded.acquire().orElseThrow(ImageSearch::notReady);
    }
    return loaded
        .await(live -> tokens.stream().allMatch(live.positions()::satisfies), consistency.timeout())
        .orElseThrow(() -> notYet(consistency));
  }

  private Problem notYet(Consistency consistency) {
    try (Lease lease = loaded.acquire().orElseThrow(ImageSearch::notReady)) {
      Positions positions = lease.generation().positions();
      List<Map<String, Object>> missing =
          consistency.tokens().stream()
              .filter(token -> !positions.satisfies(token))
              .map(
                  token ->
                      Map.<String, Object>of(
                          "token",
                          token,
                          "position",
                          positions.offset(token.partition()),
                          "behind",
                          token.offset() + 1 - positions.offset(token.partition())))
              .toList();
      return Problem.of(
              504,
              "not_yet_searchable",
              missing.size()
                  + " of "
                  + consistency.tokens().size()
                  + " tokens are not searchable after "
                  + consistency.timeout().toMillis()
                  + " ms; ask again, or with a longer consistency.timeout")
          .with("missing", missing)
          .with("positions", positions)
          .with("generation", lease.generation().number());
    }
  }

  private void takeTurn() throws InterruptedException {
    if (!turns.tryAcquire(WAIT_FOR_TURN.toNanos(), TimeUnit.NANOSECONDS)) {
      throw Problem.of(
          503, "overloaded", "too many searches at once, none ended within 2 s; ask again later");
    }
  }

  private static Problem notReady() {
    return Problem.of(
        503, "not_ready", "no generation is live yet; the first index is being built");
  }

  private static double tookMillis(long startNanos) {
    return Math.round((System.nanoTime() - startNanos) / 10_000.0) / 100.0;
  }
}
