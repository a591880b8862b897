package infomax.search.request;

import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.IndexOverrides;
import infomax.events.control.IndexParameters;
import infomax.events.control.VectorFormat;
import infomax.runtime.access.Scope;
import infomax.runtime.control.ControlLog;
import infomax.runtime.control.ControlWriter;
import infomax.runtime.http.AuditSubject;
import infomax.runtime.http.Problem;
import infomax.runtime.http.Routes;
import infomax.runtime.http.SameOrigin;
import infomax.search.body.Answers;
import infomax.search.body.Fields;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /v1/trainings}, {@code /v1/rollback}, {@code /v1/generations/{g}/promote} and {@code
 * /reject}, {@code /v1/reindex}, {@code /v1/pause}, {@code /v1/resume}: each answers 202 with the
 * request, which {@code GET /v1/requests/{id}} follows to its final status.
 */
public final class RequestRoutes implements Routes {

  private static final Logger LOG = LoggerFactory.getLogger(RequestRoutes.class);
  private static final Duration REINDEX_EXPIRES_AFTER = Duration.ofHours(6);
  private static final Duration TRAINING_EXPIRES_AFTER = Duration.ofHours(6);
  private static final Duration MOVE_EXPIRES_AFTER = Duration.ofMinutes(1);

  /** Where a rollout's transaction is open, decisions are read once it ends. */
  private static final Duration FOLLOWED_WITHIN = Duration.ofSeconds(2);

  private static final int WHO_MAX = 100;
  private static final int WHY_MAX = 500;
  private static final int LISTED_MAX = 100;

  private static final Set<GenerationState> ON_THE_WAY =
      Set.of(GenerationState.BUILDING, GenerationState.CAUGHT_UP, GenerationState.VERIFIED);

  private static final SequencedMap<String, VectorFormat> VECTOR_FORMATS = vectorFormats();

  private final ControlLog control;
  private final ControlWriter writer;
  private final InstantSource clock;

  /** Routes that write through {@code writer} and tell what {@code control} has. */
  public RequestRoutes(ControlLog control, ControlWriter writer, InstantSource clock) {
    this.control = control;
    this.writer = writer;
    this.clock = clock;
  }

  @Override
  public void addTo(RoutesConfig routes) {
    routes.post("/v1/trainings", this::train, Scope.ADMIN);
    routes.get(
        "/v1/trainings", context -> list(context, "trainings", List.of(Kind.TRAIN)), Scope.READ);
    routes.post("/v1/trainings/{id}/cancel", this::cancel, Scope.ADMIN);
    routes.post("/v1/rollback", this::rollback, Scope.ADMIN);
    routes.post("/v1/generations/{generation}/promote", this::promote, Scope.ADMIN);
    routes.post("/v1/generations/{generation}/reject", this::reject, Scope.ADMIN);
    routes.post("/v1/reindex", this::reindex, Scope.ADMIN);
    routes.post("/v1/pause", context -> indexing(context, Kind.PAUSE), Scope.ADMIN);
    routes.post("/v1/resume", context -> indexing(context, Kind.RESUME), Scope.ADMIN);
    routes.get(
        "/v1/requests", context -> list(context, "requests", List.of(Kind.values())), Scope.READ);
    routes.get("/v1/requests/{id}", this::request, Scope.READ);
  }

  private void train(Context context) throws InterruptedException {
    Fields fields =
        body(
            context,
            List.of("preset", "imagesSeen", "warmStart", "seed", "like", "force", "who", "why"));
    Map<String, String> parameters = new HashMap<>();
    fields
        .text("preset")
        .ifPresent(
            preset -> {
              if (!preset.matches("[a-z0-9+=.-]{1,200}")) {
                throw fields.invalid(
                    "preset", "a preset's name, such as default, seed or default+rate=3e-4");
              }
              parameters.put(ControlRequest.PRESET, preset);
            });
    put(parameters, ControlRequest.IMAGES_SEEN, fields.whole("imagesSeen", 1, 1_000_000_000L));
    put(parameters, ControlRequest.SEED, fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE));
    putRelease(parameters, ControlRequest.WARM_START, fields);
    putRelease(parameters, ControlRequest.LIKE, fields);
    if (fields.flag("force", false)) {
      for (String name : List.of("who", "why")) {
        if (fields.text(name).filter(text -> !text.isBlank()).isEmpty()) {
          throw fields.invalid(name, "a text: whoever forces a release says who and why");
        }
      }
      parameters.put(ControlRequest.FORCE, "true");
    }
    accept(context, fields, Kind.TRAIN, parameters, TRAINING_EXPIRES_AFTER);
  }

  /** A parameter that names a release. */
  private void putRelease(Map<String, String> parameters, String name, Fields fields) {
    OptionalLong version = fields.whole(name, 0, Integer.MAX_VALUE);
    if (version.isPresent() && !control.state().encoders().containsKey((int) version.getAsLong())) {
      throw Problem.of(
          404,
          "encoder_not_found",
          name
              + " is "
              + version.getAsLong()
              + ", expected one of the releases "
              + control.state().encoders().keySet());
    }
    put(parameters, name, version);
  }

  private void cancel(Context context) throws InterruptedException {
    Fields fields = body(context, List.of("who", "why"));
    String id = context.pathParam("id");
    ControlRequest training = control.state().requests().get(id);
    if (training == null || training.kind() != Kind.TRAIN) {
      throw Problem.of(404, "request_not_found", "no training has the id '" + id + "'");
    }
    if (training.status().isFinal()) {
      throw Problem.of(
          409,
          "training_ended",
          "training " + id + " is " + training.status() + ", expected one that waits or runs");
    }
    accept(
        context, fields, Kind.CANCEL, Map.of(ControlRequest.REQUEST, id), TRAINING_EXPIRES_AFTER);
  }

  private void rollback(Context context) throws InterruptedException {
    Fields fields = body(context, List.of("who", "why"));
    if (control.state().previous().isEmpty()) {
      throw Problem.of(
          409, "nothing_to_roll_back_to", "there is no previous generation that is still followed");
    }
    accept(context, fields, Kind.ROLLBACK, Map.of(), MOVE_EXPIRES_AFTER);
  }

  private void promote(Context context) throws InterruptedException {
    Fields fields = body(context, List.of("who", "why"));
    IndexGeneration generation = generation(context);
    if (generation.state() != GenerationState.STANDBY
        && generation.state() != GenerationState.VERIFIED) {
      throw Problem.of(
          409,
          "generation_not_standby",
          "generation "
              + generation.number()
              + " is "
              + generation.state()
              + ", expected one that is on standby or verified");
    }
    accept(
        context,
        fields,
        Kind.PROMOTE,
        Map.of(ControlRequest.GENERATION, Integer.toString(generation.number())),
        MOVE_EXPIRES_AFTER);
  }

  private void reject(Context context) throws InterruptedException {
    Fields fields = body(context, List.of("who", "why"));
    IndexGeneration generation = generation(context);
    if (!ON_THE_WAY.contains(generation.state())) {
      throw Problem.of(
          409,
          "generation_not_on_its_way",
          "generation "
              + generation.number()
              + " is "
              + generation.state()
              + ", expected one that is not live yet");
    }
    if (control.state().alias() == null) {
      throw Problem.of(
          409, "nothing_live", "no generation is live; the first one cannot be rejected");
    }
    accept(
        context,
        fields,
        Kind.REJECT,
        Map.of(ControlRequest.GENERATION, Integer.toString(generation.number())),
        MOVE_EXPIRES_AFTER);
  }

  private void indexing(Context context, Kind kind) throws InterruptedException {
    accept(context, body(context, List.of("who", "why")), kind, Map.of(), MOVE_EXPIRES_AFTER);
  }

  private IndexGeneration generation(Context context) {
    String text = context.pathParam("generation");
    SortedMap<Integer, IndexGeneration> known = control.state().generations();
    IndexGeneration generation =
        text.matches("\\d{1,9}") ? known.get(Integer.parseInt(text)) : null;
    if (generation == null) {
      throw Problem.of(
          404,
          "generation_not_found",
          "generation is '" + text + "', expected one of " + known.keySet());
    }
    return generation;
  }

  private void reindex(Context context) throws InterruptedException {
    Fields fields =
        body(
            context,
            List.of(
                ControlRequest.SHARDS,
                ControlRequest.MAX_CONN,
                ControlRequest.BEAM_WIDTH,
                ControlRequest.VECTOR_FORMAT,
                "who",
                "why"));
    IndexGeneration live =
        control
            .state()
            .live()
            .orElseThrow(
                () ->
                    Problem.of(
                        409, "nothing_live", "no generation is live that could be built anew"));
    accept(
        context,
        fields,
        Kind.REINDEX,
        overrides(fields, live.partitions()).asParameters(),
        REINDEX_EXPIRES_AFTER);
  }

  /** What is not given is left to the indexer's configuration, which is not known here. */
  private static IndexOverrides overrides(Fields fields, int partitions) {
    OptionalLong shards = fields.whole(ControlRequest.SHARDS, 1, Integer.MAX_VALUE);
    List<Integer> divisors = IndexParameters.shardsFor(partitions);
    if (shards.isPresent() && !divisors.contains((int) shards.getAsLong())) {
      throw fields.invalid(
          ControlRequest.SHARDS,
          "one of "
              + divisors.stream().map(String::valueOf).collect(Collectors.joining(", "))
              + ", since the log has "
              + partitions
              + " partitions");
    }
    OptionalLong maxConn =
        fields.whole(
            ControlRequest.MAX_CONN, IndexParameters.MAX_CONN_MIN, IndexParameters.MAX_CONN_MAX);
    OptionalLong beamWidth =
        fields.whole(
            ControlRequest.BEAM_WIDTH,
            maxConn.orElse(IndexParameters.MAX_CONN_MIN),
            IndexParameters.BEAM_WIDTH_MAX);
    return new IndexOverrides(
        whole(shards),
        whole(maxConn),
        whole(beamWidth),
        fields.has(ControlRequest.VECTOR_FORMAT)
            ? fields.choice(ControlRequest.VECTOR_FORMAT, VECTOR_FORMATS, VectorFormat.FLOAT32)
            : null);
  }

  private static @Nullable Integer whole(OptionalLong value) {
    return value.isPresent() ? Math.toIntExact(value.getAsLong()) : null;
  }

  private void accept(
      Context context,
      Fields fields,
      Kind kind,
      Map<String, String> parameters,
      Duration expiresAfter)
      throws InterruptedException {
    Instant now = clock.instant();
    ControlRequest request =
        new ControlRequest(
            UUID.randomUUID().toString(),
            kind,
            parameters,
            fields.text("who", "somebody over HTTP", WHO_MAX),
            fields.text("why", "", WHY_MAX),
            now,
            now.plus(expiresAfter),
            Status.PENDING,
            "");
    write(request);
    AuditSubject.set(context, request.id());
    LOG.info(
        "requested kind={} id={} who={} why={}", kind, request.id(), request.who(), request.why());
    context.status(202).header("Location", "/v1/requests/" + request.id());
    Answers.json(context, request);
  }

  /** Returns once this replica can tell of the request, or soon will. */
  private void write(ControlRequest request) throws InterruptedException {
    try {
      writer.append(request);
    } catch (KafkaException e) {
      LOG.warn("request id={} kind={} was not acknowledged: {}", request.id(), request.kind(), e);
      throw Problem.of(
          503,
          "log_unavailable",
          "the log did not acknowledge the request; see whether it is among /v1/requests once the"
              + " log is back, and ask again if it is not");
    }
    try {
      control.await(state -> state.requests().containsKey(request.id()), FOLLOWED_WITHIN);
    } catch (TimeoutException e) {
      LOG.info("request id={} is written and not yet read", request.id());
    }
  }

  private void request(Context context) {
    String id = context.pathParam("id");
    ControlRequest request = control.state().requests().get(id);
    if (request == null) {
      throw Problem.of(404, "request_not_found", "no request has the id '" + id + "'");
    }
    Answers.json(context, request);
  }

  private void list(Context context, String name, List<Kind> kinds) {
    List<ControlRequest> newestFirst =
        control.state().requests().values().stream()
            .filter(request -> kinds.contains(request.kind()))
            .sorted(Comparator.comparing(ControlRequest::createdAt).reversed())
            .limit(LISTED_MAX)
            .toList();
    Answers.json(context, Map.of(name, newestFirst));
  }

  /** Browsers name the page a request comes from; those of another site are refused. */
  private static Fields body(Context context, List<String> known) {
    SameOrigin.require(context);
    return Fields.parse(context.bodyAsBytes(), known);
  }

  private static SequencedMap<String, VectorFormat> vectorFormats() {
    SequencedMap<String, VectorFormat> byName = new LinkedHashMap<>();
    for (VectorFormat format : VectorFormat.values()) {
      byName.put(format.name().toLowerCase(Locale.ROOT), format);
    }
    return byName;
  }

  private static void put(Map<String, String> parameters, String name, OptionalLong value) {
    value.ifPresent(number -> parameters.put(name, Long.toString(number)));
  }
}
