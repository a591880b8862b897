package infomax.standalone.demo;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.ImageId;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.GenerationState;
import infomax.imaging.ImageIntake;
import infomax.runtime.control.ControlLog;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.lifecycle.Closer;
import infomax.runtime.signal.SignalFeed;
import infomax.standalone.StandaloneConfig;
import infomax.standalone.StandaloneSystem;
import infomax.standalone.UserError;
import infomax.standalone.client.ApiClient;
import infomax.standalone.client.ApiClient.Answer;
import infomax.standalone.demo.image.GeneratedImages;
import infomax.standalone.demo.image.ImageFiles;
import infomax.standalone.demo.image.ImageSource;
import java.io.Console;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One run of the demo: starts the system, streams, asks, brings two encoders to life, and tells
 * what happens. Run once, by one thread; closing from another one stops it.
 */
public final class Demo implements AutoCloseable {

  /** Both encoders went live, or the run was not asked to end by itself. */
  public static final int EXIT_DONE = 0;

  /** Anything that a sentence explains. */
  public static final int EXIT_FAILED = 1;

  /** A candidate stayed rejected. */
  public static final int EXIT_REJECTED = 3;

  /** Ids in use by generated images: bounds the log and the index of an endless stream. */
  private static final int GENERATED_IDS = 20_000;

  private static final int CHECKED_ONE_IN = 5;
  private static final Duration AROUND_ROLL = Duration.ofSeconds(8);
  private static final double QUERIES_PER_SECOND = 20;
  private static final Duration TURN = Duration.ofMillis(250);
  private static final Duration FIRST_ANSWER_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration AFTER_ROLL = Duration.ofSeconds(20);
  private static final Duration CATCH_UP_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration STATUS_EVERY = Duration.ofSeconds(30);

  private final DemoOptions options;
  private final Narrator narrator;
  private final Closer closer = new Closer();
  private final AtomicLong answersSeen = new AtomicLong();
  private volatile boolean stopping;

  /** A demo with its options. */
  public Demo(DemoOptions options) {
    this.options = options;
    this.narrator = new Narrator(System.out, isTerminal(), options.startMillis());
  }

  @SuppressWarnings("SystemConsoleNull") // without any console it is null on some systems still
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /** Everything that is running. */
  private record Cast(
      StandaloneSystem system,
      ApiClient api,
      ControlLog control,
      UploadStream stream,
      FreshnessProbe freshness,
      QueryImages queryImages) {}

  /**
   * Runs until it is done, or for ever.
   *
   * @return the exit code
   * @throws UserError if something the user can mend is in the way
   */
  public int run(StandaloneConfig config) throws InterruptedException, IOException {
    try {
      checkImages();
      narrator.say("starting the broker and the services in %s", config.data().toAbsolutePath());
      Cast cast = start(config);
      return perform(cast);
    } catch (TimeoutException e) {
      throw new UserError("the demo did not get going: " + e.getMessage(), e);
    } finally {
      close();
    }
  }

  /** Stops everything in order; the log keeps where the stream is. */
  @Override
  public void close() {
    stopping = true;
    closer.close();
  }

  private Cast start(StandaloneConfig config)
      throws InterruptedException, IOException, TimeoutException {
    UploadStream[] stream = new UploadStream[1];
    FreshnessProbe[] freshness = new FreshnessProbe[1];
    StandaloneSystem system =
        closer.register(
            StandaloneSystem.start(
                config,
                clients -> {
                  freshness[0] = FreshnessProbe.start(clients);
                  stream[0] =
                      UploadStream.start(
                          clients,
                          this::images,
                          streamOptions(config),
                          BurstWindow.of(freshness[0]));
                }));
    closer.register(freshness[0]);
    closer.register(stream[0]);
    ApiClient api = closer.register(new ApiClient(system.address()));
    ControlLog control =
        closer.register(ControlLog.open(system.clients(), "demo", Duration.ofSeconds(30)));
    system.onPublicationServed((_, positions, at) -> freshness[0].served(positions, at));
    SignalFeed signals = closer.register(SignalFeed.start(system.clients(), "demo"));
    signals.follow(new TrainingNarration(narrator)::tell);
    RollNarration rolls = new RollNarration(narrator);
    control.follow(rolls::tell);
    narrator.say("open %s", system.address());
    if (options.browser()) {
      Browser.open(system.address());
    }
    QueryImages queryImages = new QueryImages(this::images, options.seed());
    return new Cast(system, api, control, stream[0], freshness[0], queryImages);
  }

  private int perform(Cast cast) throws InterruptedException, IOException, TimeoutException {
    double firstAnswerSeconds = awaitFirstAnswer(cast);
    cast.freshness().beginMeasuring();
    ImageIntake intake = ImageIntake.create(1);
    ReleaseEncoders encoders =
        closer.register(new ReleaseEncoders(cast.system().store(), cast.control()));
    AnswerCheck check = closer.register(AnswerCheck.start(cast.api(), encoders::open, intake));
    QueryLoad queries =
        closer.register(
            QueryLoad.start(
                cast.api(),
                QUERIES_PER_SECOND,
                options.seed(),
                cast.queryImages(),
                id -> cast.stream().isDeleted(new ImageId(id)),
                answer -> checkSome(answer, check, cast.control().state())));
    RollWindow window = new RollWindow(queries::sent, cast.stream()::taken);
    EncoderCampaign campaign = new EncoderCampaign(cast.api(), options, narrator);
    Outcome outcome = follow(cast, queries, campaign, window);
    if (stopping || !options.exitAfterRoll()) {
      if (outcome.failure().isPresent()) {
        throw new UserError(outcome.failure().get());
      }
      return outcome.exitCode();
    }
    cast.stream().close();
    narrator.say("the stream has stopped; waiting until everything sent is searchable");
    Optional<String> behind = awaitCaughtUp(cast);
    queries.close();
    check.close();
    Optional<String> failure = outcome.failure().isPresent() ? outcome.failure() : behind;
    DemoReport report =
        new DemoReport(cast.system(), cast.control().state(), encoders, options.inputSize());
    DemoSummary summary =
        report.summary(
            failure.isEmpty(),
            cast.stream(),
            firstAnswerSeconds,
            cast.freshness(),
            queries,
            window,
            check);
    report.print(narrator, summary, queries.failures());
    if (options.summary().isPresent()) {
      DemoReport.write(summary, options.summary().get());
    }
    if (failure.isPresent()) {
      throw new UserError(failure.get());
    }
    return outcome.exitCode();
  }

  /**
   * How following the campaign ended.
   *
   * @param exitCode exit code unless something fails later
   * @param failure what went wrong, if anything did
   */
  private record Outcome(int exitCode, Optional<String> failure) {}

  private Outcome follow(Cast cast, QueryLoad queries, EncoderCampaign campaign, RollWindow window)
      throws InterruptedException, IOException {
    CountFrom from = new CountFrom(0, false);
    int live = EncoderCampaign.live(cast.control().state()).size();
    if (live > 0) {
      from = new CountFrom(cast.stream().taken(), false);
      narrator.say(
          "%d trained encoder(s) of earlier runs went live; nothing is trained anew", live);
    }
    long doneNanos = 0;
    long statusNanos = System.nanoTime();
    while (!stopping) {
      Thread.sleep(TURN);
      Optional<Exception> streamFailure = cast.stream().failure();
      if (streamFailure.isPresent()) {
        return new Outcome(
            EXIT_FAILED, Optional.of("the stream ended: " + streamFailure.get().getMessage()));
      }
      ControlState state = cast.control().state();
      List<EncoderRelease> nowLive = EncoderCampaign.live(state);
      if (nowLive.size() > live) {
        live = nowLive.size();
        from = new CountFrom(cast.stream().taken(), false);
      }
      window.observe(state);
      try {
        campaign.advance(state, enough(cast, live, from));
      } catch (IOException e) {
        // A broker that is being started again answers late; what was asked is on control or not.
        narrator.say("the system does not answer at the moment: %s", e);
      }
      Optional<String> setback = campaign.takeSetback();
      if (setback.isPresent()) {
        if (options.exitAfterRoll()) {
          return new Outcome(EXIT_FAILED, setback);
        }
        narrator.say(
            "%s; the next training is asked for when %,d more images have come in",
            setback.get(), options.trainAfter());
        from = new CountFrom(cast.stream().taken(), true);
      }
      boolean finished = live >= EncoderCampaign.ENCODERS || campaign.gaveUp();
      if (!finished) {
        doneNanos = 0;
      } else if (doneNanos == 0) {
        doneNanos = System.nanoTime();
      }
      if (options.exitAfterRoll()
          && finished
          && System.nanoTime() - doneNanos > AFTER_ROLL.toNanos()) {
        return new Outcome(
            campaign.gaveUp() && live < EncoderCampaign.ENCODERS ? EXIT_REJECTED : EXIT_DONE,
            Optional.empty());
      }
      if (System.nanoTime() - statusNanos > STATUS_EVERY.toNanos()) {
        statusNanos = System.nanoTime();
        tellStatus(cast, queries);
      }
    }
    return new Outcome(EXIT_DONE, Optional.empty());
  }

  /** Every answer around a move of the alias is checked, of the others one in five. */
  private void checkSome(ServedAnswer answer, AnswerCheck check, ControlState state) {
    boolean rolling =
        state.generations().values().stream()
                .anyMatch(generation -> generation.state() == GenerationState.VERIFIED)
            || state
                .live()
                .filter(live -> live.since().isAfter(Instant.now().minus(AROUND_ROLL)))
                .isPresent();
    if (rolling || answersSeen.getAndIncrement() % CHECKED_ONE_IN == 0) {
      check.offer(answer);
    }
  }

  /**
   * Where the images that the next encoder waits for are counted from.
   *
   * @param taken images taken until then
   * @param setback true if nothing came of an attempt: without new images the next one may well end
   *     the same way
   */
  private record CountFrom(long taken, boolean setback) {}

  /** True if the images that the next encoder waits for have come in. */
  private boolean enough(Cast cast, int live, CountFrom from) {
    long taken = cast.stream().taken();
    if (live == 0 && !from.setback()) {
      // All of the first images have to lie in the log, not only to be sent. The probe reads from
      // the end on: what earlier starts sent it does not see.
      long expected = (long) (0.98 * (options.trainAfter() - cast.stream().takenBefore()));
      return taken >= options.trainAfter() && cast.freshness().imagesSeen() >= expected;
    }
    return taken >= from.taken() + options.trainAfter()
        || (cast.stream().isExhausted() && !from.setback());
  }

  private double awaitFirstAnswer(Cast cast)
      throws InterruptedException, TimeoutException, IOException {
    long deadlineNanos = System.nanoTime() + FIRST_ANSWER_TIMEOUT.toNanos();
    while (!stopping && System.nanoTime() < deadlineNanos) {
      Optional<Exception> failure = cast.stream().failure();
      if (failure.isPresent()) {
        throw new UserError("the stream ended: " + failure.get().getMessage(), failure.get());
      }
      OptionalInt version = tryFirstAnswer(cast);
      if (version.isPresent()) {
        double seconds = (System.currentTimeMillis() - options.startMillis()) / 1e3;
        narrator.say(
            "first answer after %.1f s, by %s",
            seconds,
            version.getAsInt() == 0
                ? "release 0, the untrained network"
                : "encoder " + version.getAsInt());
        return seconds;
      }
      Thread.sleep(100);
    }
    throw new TimeoutException(
        "no search was answered within " + FIRST_ANSWER_TIMEOUT.toSeconds() + " s");
  }

  /** Asks once; gives the encoder version of an answer with a hit. */
  private static OptionalInt tryFirstAnswer(Cast cast) throws InterruptedException {
    try {
      Answer answer =
          cast.api()
              .post(
                  "/v1/search",
                  Map.of(
                      "image",
                      Base64.getEncoder().encodeToString(cast.queryImages().get()),
                      "k",
                      10),
                  Duration.ofSeconds(10));
      if (answer.status() == 200 && !answer.json().path("hits").isEmpty()) {
        return OptionalInt.of(answer.json().path("encoder").path("version").asInt());
      }
    } catch (IOException e) {
      // Too busy starting to answer in time: asked again.
    }
    return OptionalInt.empty();
  }

  /** Waits until the live generation has everything; says what is missing if it does not come. */
  private static Optional<String> awaitCaughtUp(Cast cast)
      throws InterruptedException, IOException {
    long deadlineNanos = System.nanoTime() + CATCH_UP_TIMEOUT.toNanos();
    String last = "";
    while (System.nanoTime() < deadlineNanos) {
      if (uploadsAreTaken(cast.system().clients())) {
        JsonNode status = cast.api().get("/v1/status").json();
        last = status.path("serving").path("lag").asText();
        if ("0".equals(last)) {
          return Optional.empty();
        }
      }
      Thread.sleep(TURN);
    }
    return Optional.of("the index did not catch up within a minute; its lag is " + last);
  }

  /** True if ingest has committed everything in {@code images.uploads}. */
  private static boolean uploadsAreTaken(KafkaClients clients) {
    return UploadLag.of(clients) == 0;
  }

  private void tellStatus(Cast cast, QueryLoad queries) throws InterruptedException {
    JsonNode status;
    try {
      status = cast.api().get("/v1/status").json();
    } catch (IOException e) {
      narrator.say("the system does not answer at the moment: %s", e);
      return;
    }
    narrator.say(
        "%,d images searchable, %,d queries answered (%d failed), %s",
        status.path("serving").path("images").asLong(),
        queries.sent(),
        queries.failed(),
        DemoReport.freshness(
            cast.freshness().quantileMillis(0.5), cast.freshness().quantileMillis(0.99)));
  }

  private void checkImages() {
    try (ImageSource source = images()) {
      if (source.next().isEmpty()) {
        throw new UserError(
            options.images().orElseThrow()
                + " holds no images: give --images a folder or archive with some");
      }
      narrator.say("streaming %s", source.description());
    } catch (IOException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  private ImageSource images() throws IOException {
    if (options.images().isPresent()) {
      return ImageFiles.open(options.images().get());
    }
    long driftFrom = options.drift() ? 2 * options.trainAfter() : Long.MAX_VALUE;
    return new GeneratedImages(options.seed(), GENERATED_IDS, driftFrom, 0);
  }

  private UploadStream.Options streamOptions(StandaloneConfig config) {
    return new UploadStream.Options(
        options.trainAfter(),
        options.ratePerSecond(),
        options.limit(),
        options.seed(),
        config.data().resolve("demo.json"));
  }
}
