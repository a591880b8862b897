package infomax.search.release;

import infomax.events.Digest;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.IndexGeneration;
import infomax.events.control.LiveAlias;
import infomax.runtime.access.Scope;
import infomax.runtime.http.Problem;
import infomax.runtime.http.Routes;
import infomax.search.body.Answers;
import infomax.store.ObjectBrokenException;
import infomax.store.ObjectStoreException;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code GET /v1/encoders} and {@code /v1/generations}, and below. */
public final class ReleaseRoutes implements Routes {

  private static final Logger LOG = LoggerFactory.getLogger(ReleaseRoutes.class);

  private final Supplier<ControlState> control;
  private final Artifacts artifacts;

  /** Routes over the newest state. */
  public ReleaseRoutes(Supplier<ControlState> control, Artifacts artifacts) {
    this.control = control;
    this.artifacts = artifacts;
  }

  @Override
  public void addTo(RoutesConfig routes) {
    routes.get("/v1/encoders", this::encoders, Scope.READ);
    routes.get("/v1/encoders/{version}", this::encoder, Scope.READ);
    routes.get("/v1/encoders/{version}/artifacts/{name}", this::artifact, Scope.READ);
    routes.get("/v1/generations", this::generations, Scope.READ);
    routes.get("/v1/generations/{generation}", this::generation, Scope.READ);
  }

  private void encoders(Context context) {
    ControlState state = control.get();
    List<ReleaseBody> newestFirst = new ArrayList<>();
    state
        .encoders()
        .values()
        .forEach(release -> newestFirst.add(ReleaseBody.of(release, state, artifacts)));
    Collections.reverse(newestFirst);
    Answers.json(context, Map.of("encoders", newestFirst));
  }

  private void encoder(Context context) {
    ControlState state = control.get();
    Answers.json(context, ReleaseBody.of(release(context, state), state, artifacts));
  }

  private void artifact(Context context) {
    EncoderRelease release = release(context, control.get());
    String name = context.pathParam("name");
    Map<String, Digest> files = release.objects();
    Digest digest = files.get(name);
    if (digest == null) {
      throw Problem.of(
          404,
          "artifact_not_found",
          "release "
              + release.version()
              + " has no artifact '"
              + name
              + "', expected one of "
              + files.keySet());
    }
    String tag = "\"" + digest.hex() + "\"";
    context
        .header("ETag", tag)
        .header("Cache-Control", "private, no-cache")
        .header("X-Content-Type-Options", "nosniff")
        .header("Content-Security-Policy", "default-src 'none'; sandbox");
    if (tag.equals(context.header("If-None-Match"))) {
      context.status(304);
      return;
    }
    try {
      byte[] bytes = artifacts.read(digest);
      context.contentType(artifacts.mediaType(release, digest)).result(bytes);
    } catch (ObjectBrokenException e) {
      throw Problem.of(404, "artifact_gone", String.valueOf(e.getMessage()));
    } catch (ObjectStoreException e) {
      LOG.warn(
          "artifact '{}' of release {} is out of reach: {}", name, release.version(), e.toString());
      throw Problem.of(
          503, "store_unavailable", "the object store does not answer; ask again later");
    }
  }

  private void generations(Context context) {
    ControlState state = control.get();
    List<IndexGeneration> newestFirst = new ArrayList<>(state.generations().values());
    Collections.reverse(newestFirst);
    Map<String, @Nullable Object> body = new HashMap<>();
    body.put("generations", newestFirst.stream().map(GenerationBody::of).toList());
    body.put("live", live(state.alias()));
    Answers.json(context, body);
  }

  private void generation(Context context) {
    String text = context.pathParam("generation");
    ControlState state = control.get();
    IndexGeneration generation =
        text.matches("\\d{1,9}") ? state.generations().get(Integer.parseInt(text)) : null;
    if (generation == null) {
      throw Problem.of(
          404,
          "generation_not_found",
          "generation is '" + text + "', expected one of " + state.generations().keySet());
    }
    Answers.json(context, GenerationBody.of(generation));
  }

  private static @Nullable LiveAlias live(@Nullable LiveAlias alias) {
    return alias;
  }

  private static EncoderRelease release(Context context, ControlState state) {
    String text = context.pathParam("version");
    EncoderRelease release =
        text.matches("\\d{1,9}") ? state.encoders().get(Integer.parseInt(text)) : null;
    if (release == null) {
      throw Problem.of(
          404,
          "encoder_not_found",
          "encoder is '" + text + "', expected one of the releases " + state.encoders().keySet());
    }
    return release;
  }
}
