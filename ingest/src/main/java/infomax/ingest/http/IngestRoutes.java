package infomax.ingest.http;

import infomax.events.ImageId;
import infomax.events.Json;
import infomax.events.Token;
import infomax.events.image.ImageEvent;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.Rejection;
import infomax.events.image.RejectionReason;
import infomax.imaging.ImageIntake;
import infomax.ingest.intake.Upload;
import infomax.ingest.intake.UploadIntake;
import infomax.ingest.intake.UploadSource;
import infomax.runtime.access.Scope;
import infomax.runtime.http.AuditSubject;
import infomax.runtime.http.BodyRoom;
import infomax.runtime.http.Problem;
import infomax.runtime.http.RequestTracing;
import infomax.runtime.http.Routes;
import infomax.runtime.http.SameOrigin;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/images}, {@code PUT} and {@code DELETE /v1/images/{id}}, and {@code POST
 * /v1/images/batch} for many. The body is the image, whatever the content type says; metadata is a
 * JSON object in the query parameter or the header {@code metadata}. Answers 202 with {@code id}
 * and {@code token} once the log has it. Thread-safe.
 */
public final class IngestRoutes implements Routes {

  private static final String METADATA = "metadata";
  private static final Rejection TOO_MANY_BYTES =
      new Rejection(
          RejectionReason.TOO_MANY_BYTES,
          "upload has more than the " + ImageIntake.BYTES_MAX + " bytes that are accepted");

  private final UploadIntake intake;
  private final LogWriter log;
  private final WriteWatch watch;
  private final BodyRoom room;
  private final UploadQueue queue = new UploadQueue();
  private final Duration patience;

  /**
   * Routes over an intake, a log and a watch, none of which is closed here.
   *
   * @param patience how long a body is waited for that does not come
   */
  public IngestRoutes(
      UploadIntake intake, LogWriter log, WriteWatch watch, BodyRoom room, Duration patience) {
    this.intake = intake;
    this.log = log;
    this.watch = watch;
    this.room = room;
    this.patience = patience;
  }

  @Override
  public void addTo(RoutesConfig routes) {
    routes.post("/v1/images", context -> store(context, null), Scope.WRITE);
    routes.put("/v1/images/{id}", context -> store(context, id(context)), Scope.WRITE);
    routes.delete("/v1/images/{id}", this::delete, Scope.WRITE);
    routes.post("/v1/images/batch", this::batch, Scope.WRITE);
  }

  private void batch(Context context) throws IOException {
    SameOrigin.require(context);
    BatchUpload.run(intake, log, room, context, UploadBody.of(context, patience));
  }

  private void delete(Context context) throws InterruptedException {
    SameOrigin.require(context);
    take(context, id(context), null);
  }

  /** The room is taken before the body is read, and kept until the log has the image. */
  private void store(Context context, byte @Nullable [] id) throws InterruptedException {
    SameOrigin.require(context);
    UploadBody body = UploadBody.of(context, patience);
    try (BodyRoom.Place _ = room.take(body.imageBytes())) {
      queue.check();
      Optional<byte[]> image = body.image();
      if (image.isEmpty()) {
        intake.refuse(TOO_MANY_BYTES, UploadSource.HTTP);
        throw problem(TOO_MANY_BYTES);
      }
      take(context, id, image.get());
    } catch (Problem e) {
      body.passOver(UploadBody.PASSED_OVER_BYTES);
      throw e;
    }
  }

  private void take(Context context, byte @Nullable [] id, byte @Nullable [] body)
      throws InterruptedException {
    Optional<WaitRequest> wait = WaitRequest.of(context);
    Upload upload = new Upload(id, body, metadata(context), passedThrough(context));
    switch (decide(upload)) {
      case UploadIntake.Outcome.Refused(Rejection rejection) -> throw problem(rejection);
      case UploadIntake.Outcome.Taken(ImageEvent event) -> {
        AuditSubject.set(context, event.id().toString());
        if (wait.isPresent()) {
          writeAndWait(context, event, wait.get());
        } else {
          answer(context, 202, event.id(), log.write(event), null);
        }
      }
    }
  }

  /** Slow clients and the log are not what others wait for, so only this takes a place. */
  private UploadIntake.Outcome decide(Upload upload) {
    if (upload.bytes() == null) {
      return intake.take(upload, UploadSource.HTTP);
    }
    try (UploadQueue.Place _ = queue.join()) {
      return intake.take(upload, UploadSource.HTTP);
    }
  }

  private void writeAndWait(Context context, ImageEvent event, WaitRequest wait)
      throws InterruptedException {
    long begin;
    try {
      begin = watch.begin();
    } catch (KafkaException e) {
      throw Problem.of(503, "log_unavailable", "the log does not answer; nothing was written");
    }
    Token token = log.write(event);
    switch (watch.await(event.id(), token, begin, wait.timeout())) {
      case WriteWatch.Outcome.Searchable _ -> answer(context, 200, event.id(), token, "searchable");
      case WriteWatch.Outcome.Superseded _ -> answer(context, 200, event.id(), token, "superseded");
      case WriteWatch.Outcome.Pending _ -> answer(context, 202, event.id(), token, "pending");
      case WriteWatch.Outcome.Rejected(Rejection rejection) ->
          throw problem(rejection)
              .with("outcome", "rejected")
              .with("id", event.id())
              .with("token", token);
    }
  }

  private static void answer(
      Context context, int status, ImageId id, Token token, @Nullable String outcome) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("id", id);
    body.put("token", token);
    if (outcome != null) {
      body.put("outcome", outcome);
    }
    context.status(status).result(Json.write(body)).contentType("application/json");
  }

  private static byte[] id(Context context) {
    return context.pathParam("id").getBytes(StandardCharsets.UTF_8);
  }

  /** What the request says about its image or, of many, those that bring nothing themselves. */
  static byte @Nullable [] metadata(Context context) {
    String query = context.queryParam(METADATA);
    String header = context.header(METADATA);
    if (query != null && header != null) {
      throw Problem.of(
          400,
          RejectionReason.INVALID_METADATA.code(),
          "metadata is in the query and in a header, expected it once");
    }
    String given = query == null ? header : query;
    return given == null ? null : given.getBytes(StandardCharsets.UTF_8);
  }

  /** CloudEvents attributes are ce-* in HTTP and ce_* in Kafka. */
  static Map<String, String> passedThrough(Context context) {
    Map<String, String> passed = new HashMap<>();
    context
        .headerMap()
        .forEach(
            (name, value) -> {
              String lower = name.toLowerCase(Locale.ROOT);
              if (lower.startsWith("ce-")) {
                passed.put("ce_" + lower.substring(3), decoded(name, value));
              }
            });
    RequestTracing.traceparent(context)
        .ifPresent(traceparent -> passed.put(ImageEventCodec.TRACEPARENT, traceparent));
    return passed;
  }

  /** The attributes are percent-encoded in HTTP (CloudEvents HTTP binding 1.0, 3.1.3.2). */
  private static String decoded(String name, String value) {
    try {
      return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Problem.of(
          400,
          "invalid_parameter",
          "header " + name + " is '" + value + "', expected percent-encoded text");
    }
  }

  private static Problem problem(Rejection rejection) {
    return Problem.of(status(rejection.reason()), rejection.reason().code(), rejection.message());
  }

  /** The HTTP status of a refusal. */
  static int status(RejectionReason reason) {
    return switch (reason) {
      case EMPTY, INVALID_ID, INVALID_METADATA, INVALID_RECORD -> 400;
      case TOO_MANY_BYTES -> 413;
      case UNSUPPORTED_FORMAT -> 415;
      case TOO_MANY_PIXELS, EXTREME_ASPECT, UNDECODABLE, DECODE_TIMEOUT, NOT_EMBEDDABLE -> 422;
    };
  }
}
