package infomax.search.query;

import infomax.events.ImageId;
import infomax.imaging.ImageIntake;
import infomax.index.Deadline;
import infomax.index.Effort;
import infomax.index.IndexedImage;
import infomax.index.Metric;
import infomax.index.QueryVector;
import infomax.index.SearchAnswer;
import infomax.index.VectorQuery;
import infomax.search.live.LiveGeneration;
import infomax.search.query.StageTimes.Stage;
import infomax.search.shadow.RecentQuery;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Answers searches. Each holds one generation, encoder and index together, from its start to its
 * end, whatever is swapped meanwhile. Thread-safe.
 */
public final class ImageSearch {

  private final Answering answering;
  private final ImageIntake intake;
  private final Consumer<Collection<IndexedImage>> shown;
  private final SearchMeters meters;
  private final Consumer<RecentQuery> answered;

  /**
   * A search.
   *
   * @param shown told the images of an answer whose bytes will be asked for next; must not wait
   * @param answered told every query of one image that was answered; must not wait
   */
  public ImageSearch(
      Answering answering,
      ImageIntake intake,
      Consumer<Collection<IndexedImage>> shown,
      SearchMeters meters,
      Consumer<RecentQuery> answered) {
    this.answering = answering;
    this.intake = intake;
    this.shown = shown;
    this.meters = meters;
    this.answered = answered;
  }

  /** Answers a search. */
  SearchBody search(SearchRequest request, StageTimes times) throws InterruptedException {
    long startNanos = System.nanoTime();
    Uploads uploads = uploads(List.of(request), request.demands(), times);
    SearchBody body =
        answering.answer(
            request.demands(),
            (live, deadline) ->
                new SearchBody(
                    result(request, uploads.embed(live, deadline, times), live, deadline, times),
                    answering.provenance(live),
                    tookMillis(startNanos)));
    remember(request, uploads);
    return body;
  }

  /** Answers several searches, all from one publication; images are embedded together. */
  BatchBody batch(BatchRequest request, StageTimes times) throws InterruptedException {
    long startNanos = System.nanoTime();
    Uploads uploads = uploads(request.searches(), request.demands(), times);
    BatchBody body =
        answering.answer(
            request.demands(),
            (live, deadline) -> {
              Map<Query.ByImage, QueryVector> embedded = uploads.embed(live, deadline, times);
              return new BatchBody(
                  request.searches().stream()
                      .map(search -> result(search, embedded, live, deadline, times))
                      .toList(),
                  answering.provenance(live),
                  tookMillis(startNanos));
            });
    request.searches().forEach(search -> remember(search, uploads));
    return body;
  }

  private void remember(SearchRequest request, Uploads uploads) {
    switch (request.query()) {
      case Query.ById(ImageId id) -> answered.accept(new RecentQuery.OfIndexed(id));
      case Query.ByImage upload ->
          uploads.canonical(upload).map(RecentQuery.OfImage::new).ifPresent(answered);
      case Query.ByVector _, Query.ByExamples _ -> {}
    }
  }

  /** Random images with their neighbours. */
  SheetBody sheet(int rows, int neighbours, long seed, Metric metric, boolean exact)
      throws InterruptedException {
    long startNanos = System.nanoTime();
    return answering.answer(
        Demands.NONE,
        (live, deadline) ->
            new SheetBody(
                live.index().sample(rows, seed).stream()
                    .map(image -> row(image, neighbours, metric, exact, live, deadline))
                    .toList(),
                seed,
                answering.provenance(live),
                metric,
                exact,
                tookMillis(startNanos)));
  }

  /** Images are made canonical before a generation is held: decoding may take a while. */
  private Uploads uploads(List<SearchRequest> searches, Demands demands, StageTimes times)
      throws InterruptedException {
    List<Query> queries = searches.stream().map(SearchRequest::query).toList();
    boolean none =
        queries.stream()
            .flatMap(query -> query.points().stream())
            .noneMatch(Query.ByImage.class::isInstance);
    return none
        ? Uploads.NONE
        : answering.inTurn(demands, deadline -> Uploads.of(queries, intake, deadline, times));
  }

  private ResultBody result(
      SearchRequest request,
      Map<Query.ByImage, QueryVector> embedded,
      LiveGeneration live,
      Deadline deadline,
      StageTimes times) {
    if (request.encoder() != null) {
      request.encoder().verify(live);
    }
    if (!live.index().filters()
        && !(request.filter().isEmpty() && request.selection().grouping() == null)) {
      throw IndexedImages.filtersUnavailable(live);
    }
    long startNanos = System.nanoTime();
    VectorQuery query = query(request, embedded, live, deadline);
    long searchNanos = System.nanoTime();
    times.add(Stage.FETCH, searchNanos - startNanos);
    SearchAnswer answer =
        live.index()
            .search(
                query,
                fetchNanos -> {
                  times.add(Stage.FETCH, fetchNanos);
                  times.add(Stage.SEARCH, -fetchNanos);
                });
    times.add(Stage.SEARCH, System.nanoTime() - searchNanos);
    meters.visited(answer.visited());
    if (request.include().contains(Include.DIGEST)) {
      // Who asks for digests is about to fetch the bytes they stand for.
      shown.accept(
          Stream.concat(
                  answer.hits().stream(),
                  answer.groups().stream().flatMap(group -> group.hits().stream()))
              .map(SearchAnswer.Hit::image)
              .toList());
    }
    return ResultBody.of(answer, request);
  }

  private static VectorQuery query(
      SearchRequest request,
      Map<Query.ByImage, QueryVector> embedded,
      LiveGeneration live,
      Deadline deadline) {
    List<QueryVector> positive;
    List<QueryVector> negative = List.of();
    switch (request.query()) {
      case Query.Point point -> positive = List.of(vector(point, embedded, live));
      case Query.ByExamples examples -> {
        positive = vectors(examples.positive(), embedded, live);
        negative = vectors(examples.negative(), embedded, live);
        if (examples.strategy() == Query.Strategy.AVERAGE) {
          positive = List.of(MeanVector.of(positive, negative, request.metric()));
          negative = List.of();
        }
      }
    }
    return new VectorQuery(
        positive,
        negative,
        request.metric(),
        request.filter(),
        excluded(request),
        request.selection(),
        new Effort(request.exact(), request.candidates(), deadline));
  }

  /** Indexed examples are no hits, and an image is no neighbour of its own. */
  private static Set<ImageId> excluded(SearchRequest request) {
    Set<ImageId> excluded = new HashSet<>();
    if (request.withoutItself() || request.query() instanceof Query.ByExamples) {
      for (Query.Point point : request.query().points()) {
        if (point instanceof Query.ById(ImageId id)) {
          excluded.add(id);
        }
      }
    }
    return excluded;
  }

  private static List<QueryVector> vectors(
      List<Query.Point> points, Map<Query.ByImage, QueryVector> embedded, LiveGeneration live) {
    return points.stream().map(point -> vector(point, embedded, live)).toList();
  }

  private static QueryVector vector(
      Query.Point point, Map<Query.ByImage, QueryVector> embedded, LiveGeneration live) {
    return switch (point) {
      case Query.ByImage upload -> {
        QueryVector vector = embedded.get(upload);
        if (vector == null) {
          throw new IllegalStateException("an uploaded image is embedded before");
        }
        yield vector;
      }
      case Query.ById byId -> QueryEmbedding.of(byId.id(), live);
      case Query.ByVector byVector -> QueryEmbedding.of(byVector.components(), live);
    };
  }

  private SheetBody.Row row(
      IndexedImage image,
      int neighbours,
      Metric metric,
      boolean exact,
      LiveGeneration live,
      Deadline deadline) {
    VectorQuery query =
        VectorQuery.nearest(QueryVector.of(image), neighbours, exact, metric)
            .with(new Effort(exact, Effort.defaultCandidates(neighbours), deadline))
            .without(Set.of(image.id()));
    List<SearchAnswer.Hit> others = live.index().search(query).hits();
    shown.accept(
        Stream.concat(Stream.of(image), others.stream().map(SearchAnswer.Hit::image)).toList());
    return new SheetBody.Row(
        ImageBody.of(image),
        others.stream()
            .map(hit -> HitBody.of(hit, List.of(Include.METADATA, Include.DIGEST)))
            .toList());
  }

  static double tookMillis(long startNanos) {
    return Math.round((System.nanoTime() - startNanos) / 10_000.0) / 100.0;
  }
}
