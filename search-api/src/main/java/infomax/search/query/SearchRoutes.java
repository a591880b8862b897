package infomax.search.query;

import infomax.events.ImageId;
import infomax.index.Metric;
import infomax.runtime.access.Scope;
import infomax.runtime.http.BodyRoom;
import infomax.runtime.http.ClientWatch;
import infomax.runtime.http.Problem;
import infomax.runtime.http.Routes;
import infomax.search.body.Answers;
import infomax.search.body.Fields;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@code POST /v1/search} and {@code /v1/search/batch}, {@code GET /v1/sheet}, {@code
 * /v1/duplicates}, {@code /v1/images} and below.
 */
public final class SearchRoutes implements Routes {

  private static final int SHEET_ROWS_MAX = 50;
  private static final int SHEET_NEIGHBOURS_MAX = 50;
  private static final int SAMPLE_MAX = 200;
  private static final int LISTED_DEFAULT = 100;
  private static final int LISTED_MAX = 1000;
  private static final int EXAMINED_DEFAULT = 500;
  private static final int EXAMINED_MAX = 5000;
  private static final double DUPLICATE_SCORE_DEFAULT = 0.98;

  private final ImageSearch search;
  private final IndexedImages indexed;
  private final Duplicates duplicates;
  private final SearchMeters meters;
  private final BodyRoom room;
  private final AtomicLong answered = new AtomicLong();

  /**
   * Routes over these.
   *
   * @param room for the bodies of searches, from before they are read until they are answered
   */
  public SearchRoutes(
      ImageSearch search,
      IndexedImages indexed,
      Duplicates duplicates,
      SearchMeters meters,
      BodyRoom room) {
    this.search = search;
    this.indexed = indexed;
    this.duplicates = duplicates;
    this.meters = meters;
    this.room = room;
  }

  /** Searches answered so far, sheets not counted. */
  public long answered() {
    return answered.get();
  }

  @Override
  public void addTo(RoutesConfig routes) {
    routes.post("/v1/search", this::search, Scope.READ);
    routes.post("/v1/search/batch", this::batch, Scope.READ);
    routes.get("/v1/sheet", this::sheet, Scope.READ);
    routes.get("/v1/duplicates", this::duplicates, Scope.READ);
    routes.get("/v1/images", this::images, Scope.READ);
    routes.get("/v1/images/{id}", this::image, Scope.READ);
    routes.get("/v1/images/{id}/neighbours", this::neighbours, Scope.READ);
  }

  private void search(Context context) throws InterruptedException {
    measured(
        context,
        1,
        times -> {
          RequestBody body = RequestBody.of(context);
          try (BodyRoom.Place _ = room.take(body.heldBytes())) {
            SearchRequest request = request(context, body);
            return ClientWatch.whileConnected(context, () -> search.search(request, times));
          }
        });
  }

  private void batch(Context context) throws InterruptedException {
    RequestBody body = RequestBody.of(context);
    if (!body.isJson()) {
      throw unsupported(body.mediaType(), RequestBody.JSON);
    }
    try (BodyRoom.Place _ = room.take(body.heldBytes())) {
      BatchRequest request = SearchRequestReader.batch(body.read());
      measured(
          context,
          request.searches().size(),
          times -> ClientWatch.whileConnected(context, () -> search.batch(request, times)));
    }
  }

  private void neighbours(Context context) throws InterruptedException {
    measured(
        context,
        1,
        times -> {
          SearchRequest request =
              SearchRequestReader.neighbours(id(context), context.queryParamMap());
          return ClientWatch.whileConnected(context, () -> search.search(request, times));
        });
  }

  private void measured(Context context, int searches, SearchMeters.Making<?> answer)
      throws InterruptedException {
    StageTimes times = new StageTimes();
    Answers.json(context, meters.measured(times, answer));
    context.header(StageTimes.HEADER, times.header());
    answered.addAndGet(searches);
  }

  /** Answers without being counted among the searches. */
  private static void answer(Context context, ClientWatch.Work<?> work)
      throws InterruptedException {
    Answers.json(context, ClientWatch.whileConnected(context, work));
  }

  private static SearchRequest request(Context context, RequestBody body) {
    if (body.isJson()) {
      return SearchRequestReader.ofJson(body.read());
    }
    if (body.mediaType().startsWith("image/")
        || body.mediaType().equals("application/octet-stream")) {
      return SearchRequestReader.ofImage(body.read(), context.queryParamMap());
    }
    throw unsupported(
        body.mediaType(), RequestBody.JSON + ", or image/* with an image as the body");
  }

  private static Problem unsupported(String mediaType, String expected) {
    return Problem.of(
            415,
            "unsupported_media_type",
            "content type is '" + mediaType + "', expected " + expected)
        .with("field", "content-type")
        .with("expected", expected);
  }

  private void sheet(Context context) throws InterruptedException {
    Fields fields =
        Fields.ofQueryString(
            context.queryParamMap(), List.of("rows", "neighbours", "seed", "metric", "exact"));
    answer(
        context,
        () ->
            search.sheet(
                fields.integer("rows", 10, 1, SHEET_ROWS_MAX),
                fields.integer("neighbours", 9, 1, SHEET_NEIGHBOURS_MAX),
                fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE).orElse(0),
                fields.choice("metric", SearchRequestReader.METRICS, Metric.COSINE),
                fields.flag("exact", false)));
  }

  private void duplicates(Context context) throws InterruptedException {
    Fields fields =
        Fields.ofQueryString(
            context.queryParamMap(), List.of("minScore", "limit", "cursor", "timeLimit"));
    Demands demands =
        new Demands(
            null,
            null,
            Consistency.NONE,
            null,
            fields.duration("timeLimit", Demands.TIME_LIMIT_DEFAULT, Demands.TIME_LIMIT_MAX));
    answer(
        context,
        () ->
            duplicates.find(
                fields.decimal("minScore", -1, 1).orElse(DUPLICATE_SCORE_DEFAULT),
                Cursor.read(fields),
                fields.integer("limit", EXAMINED_DEFAULT, 1, EXAMINED_MAX),
                demands));
  }

  private void images(Context context) throws InterruptedException {
    Fields fields =
        Fields.ofQueryString(
            context.queryParamMap(),
            List.of("sample", "newest", "seed", "filter", "cursor", "limit", "vector"));
    if (fields.has("newest")) {
      alone(fields, "newest", List.of("sample", "seed", "filter", "cursor", "limit", "vector"));
      Answers.json(context, indexed.newest(fields.integer("newest", 20, 1, SAMPLE_MAX)));
      return;
    }
    if (!fields.has("sample")) {
      answer(
          context,
          () ->
              indexed.list(
                  FilterReader.read(fields),
                  Cursor.read(fields),
                  fields.integer("limit", LISTED_DEFAULT, 1, LISTED_MAX),
                  fields.flag("vector", false)));
      return;
    }
    alone(fields, "sample", List.of("filter", "cursor", "limit", "vector"));
    Answers.json(
        context,
        indexed.sample(
            fields.integer("sample", 20, 1, SAMPLE_MAX),
            fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE).orElse(0)));
  }

  private static void alone(Fields fields, String name, List<String> others) {
    for (String other : others) {
      if (fields.has(other)) {
        throw fields.invalid(other, "nothing beside " + name);
      }
    }
  }

  private void image(Context context) throws InterruptedException {
    Fields fields = Fields.ofQueryString(context.queryParamMap(), List.of("vector"));
    Answers.json(context, indexed.image(id(context), fields.flag("vector", false)));
  }

  private static ImageId id(Context context) {
    try {
      return new ImageId(context.pathParam("id"));
    } catch (IllegalArgumentException e) {
      throw Problem.of(400, "invalid_id", String.valueOf(e.getMessage())).with("field", "id");
    }
  }
}
