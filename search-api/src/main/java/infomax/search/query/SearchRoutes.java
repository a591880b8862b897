package infomax.search.query;

import infomax.events.ImageId;
import infomax.index.Metric;
import infomax.runtime.http.Problem;
import infomax.runtime.http.Routes;
import infomax.search.body.Answers;
import infomax.search.body.Fields;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** {@code POST /v1/search}, {@code GET /v1/sheet}, {@code GET /v1/images} and below. */
public final class SearchRoutes implements Routes {

  private static final int SHEET_ROWS_MAX = 50;
  private static final int SHEET_NEIGHBOURS_MAX = 50;
  private static final int SAMPLE_MAX = 200;

  private final ImageSearch search;
  private final MeterRegistry metrics;
  private final AtomicLong answered = new AtomicLong();

  /** Routes over {@code search}. */
  public SearchRoutes(ImageSearch search, MeterRegistry metrics) {
    this.search = search;
    this.metrics = metrics;
  }

  /** Searches answered so far, sheets not counted. */
  public long answered() {
    return answered.get();
  }

  @Override
  public void addTo(RoutesConfig routes) {
    routes.post("/v1/search", this::search);
    routes.get("/v1/sheet", this::sheet);
    routes.get("/v1/images", this::images);
    routes.get("/v1/images/{id}", this::image);
  }

  private void search(Context context) throws InterruptedException {
    Timer.Sample timed = Timer.start(metrics);
    String outcome = "failed";
    try {
      Answers.json(context, search.search(request(context)));
      answered.incrementAndGet();
      outcome = "answered";
    } catch (Problem problem) {
      outcome = problem.code();
      throw problem;
    } finally {
      timed.stop(metrics.timer("infomax.search", "outcome", outcome));
    }
  }

  private static SearchRequest request(Context context) {
    String type = context.contentType() == null ? "" : context.contentType();
    String mediaType = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (mediaType.equals("application/json")) {
      return SearchRequestReader.ofJson(context.bodyAsBytes());
    }
    if (mediaType.startsWith("image/") || mediaType.equals("application/octet-stream")) {
      return SearchRequestReader.ofImage(context.bodyAsBytes(), context.queryParamMap());
    }
    throw Problem.of(
        415,
        "unsupported_media_type",
        "content type is '"
            + mediaType
            + "', expected application/json, or image/* with an image as the body");
  }

  private void sheet(Context context) throws InterruptedException {
    Fields fields =
        Fields.ofQueryString(
            context.queryParamMap(), List.of("rows", "neighbours", "seed", "metric", "exact"));
    Answers.json(
        context,
        search.sheet(
            fields.integer("rows", 10, 1, SHEET_ROWS_MAX),
            fields.integer("neighbours", 9, 1, SHEET_NEIGHBOURS_MAX),
            fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE).orElse(0),
            fields.choice("metric", SearchRequestReader.METRICS, Metric.COSINE),
            fields.flag("exact", false)));
  }

  private void images(Context context) throws InterruptedException {
    Fields fields = Fields.ofQueryString(context.queryParamMap(), List.of("sample", "seed"));
    Answers.json(
        context,
        Map.of(
            "images",
            search.sample(
                fields.integer("sample", 20, 1, SAMPLE_MAX),
                fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE).orElse(0))));
  }

  private void image(Context context) throws InterruptedException {
    Fields fields = Fields.ofQueryString(context.queryParamMap(), List.of("vector"));
    ImageId id;
    try {
      id = new ImageId(context.pathParam("id"));
    } catch (IllegalArgumentException e) {
      throw Problem.of(400, "invalid_id", String.valueOf(e.getMessage()));
    }
    Answers.json(context, search.image(id, fields.flag("vector", false)));
  }
}
