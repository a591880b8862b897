package infomax.trainer;

import infomax.encoder.signature.ReleaseSigner;
import infomax.events.Digest;
import infomax.events.Json;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.runtime.access.Scope;
import infomax.runtime.control.ControlLog;
import infomax.runtime.control.ControlWriter;
import infomax.runtime.health.CheckResult;
import infomax.runtime.health.Health;
import infomax.runtime.http.Routes;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.lifecycle.Closer;
import infomax.runtime.signal.SignalSender;
import infomax.store.Backoff;
import infomax.store.ObjectStore;
import infomax.trainer.export.OnnxFile;
import infomax.trainer.release.ReleasePublisher;
import infomax.trainer.release.UntrainedEncoder;
import infomax.trainer.snapshot.HoldOut;
import infomax.trainer.snapshot.SnapshotReader;
import infomax.trainer.training.CancelledTrainingException;
import infomax.trainer.training.Progress;
import infomax.trainer.training.RefusedTrainingException;
import infomax.trainer.training.RunFolder;
import infomax.trainer.training.SnapshotSample;
import infomax.trainer.training.TrainingOrder;
import infomax.trainer.training.TrainingRun;
import infomax.trainer.trigger.AutomaticTraining;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trainer at work: publishes release 0 where there is no encoder yet, then executes training
 * requests one at a time on its own thread and tells about the progress on {@code signals}.
 *
 * <p>A request yields one release however often its execution is interrupted: the release names the
 * request, and a request that has a release is only concluded.
 */
public final class TrainerService implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TrainerService.class);
  private static final String CLIENT_ID = "trainer";
  private static final Duration CONTROL_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Duration RETRY_WAIT = Duration.ofSeconds(5);
  private static final Duration STORE_RETRY_FIRST = Duration.ofMillis(500);
  private static final Duration STORE_RETRY_LONGEST = Duration.ofMinutes(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
  private static final int ATTEMPTS_MAX = 3;

  private final TrainerConfig config;
  private final KafkaClients clients;
  private final ControlLog control;
  private final ControlWriter writer;
  private final TrainingRun run;
  private final AutomaticTraining automatic;
  private final Progress progress;
  private final MeterRegistry metrics;
  private final InstantSource clock;
  private final Closer closer;
  private final Thread thread;
  private volatile boolean closing;
  private volatile @Nullable String broken;

  private TrainerService(
      TrainerConfig config,
      KafkaClients clients,
      ControlLog control,
      ControlWriter writer,
      TrainingRun run,
      Progress progress,
      AutomaticTraining automatic,
      MeterRegistry metrics,
      InstantSource clock,
      Closer closer) {
    this.config = config;
    this.clients = clients;
    this.control = control;
    this.writer = writer;
    this.run = run;
    this.automatic = automatic;
    this.progress = progress;
    this.metrics = metrics;
    this.clock = clock;
    this.closer = closer;
    this.thread = Thread.ofPlatform().name("trainer").unstarted(this::work);
  }

  /** Starts a service that does not sign what it releases. */
  public static TrainerService start(
      TrainerConfig config,
      KafkaClients clients,
      ObjectStore store,
      MeterRegistry metrics,
      Health health)
      throws TimeoutException, InterruptedException {
    return start(config, clients, store, Optional.empty(), metrics, health);
  }

  /**
   * Starts the service; returns after release 0 is published, if it was missing.
   *
   * @param signer signs every release; empty to leave them unsigned
   * @throws TimeoutException if {@code control} cannot be read in time
   */
  public static TrainerService start(
      TrainerConfig config,
      KafkaClients clients,
      ObjectStore store,
      Optional<ReleaseSigner> signer,
      MeterRegistry metrics,
      Health health)
      throws TimeoutException, InterruptedException {
    InstantSource clock = InstantSource.system();
    Closer closer = new Closer();
    try {
      ControlLog control = closer.register(ControlLog.open(clients, CLIENT_ID, CONTROL_TIMEOUT));
      control.measure(metrics, "trainer");
      ControlWriter writer = closer.register(new ControlWriter(clients, CLIENT_ID));
      ReleasePublisher publisher = new ReleasePublisher(store, writer, signer);
      if (control.state().encoders().isEmpty()) {
        publishUntrained(config, publisher, clock);
      }
      Progress progress = new Progress();
      SignalSender signals = closer.register(new SignalSender(clients, CLIENT_ID));
      closer.register(ProgressBeacon.start(progress, signals, clock));
      TrainingRun run =
          new TrainingRun(
              new TrainingRun.Settings(
                  config.shape(),
                  config.seed(),
                  config.threads(),
                  config.target(),
                  config.folder()),
              new SnapshotReader(
                  clients,
                  new SnapshotReader.Limits(
                      config.inputSize(), config.snapshotImagesMax(), HoldOut.DEFAULT),
                  clock),
              store,
              publisher,
              progress,
              clock);
      AutomaticTraining automatic =
          new AutomaticTraining(
              clients, config.triggers(), config.shape(), new SnapshotSample(store));
      TrainerService service =
          new TrainerService(
              config, clients, control, writer, run, progress, automatic, metrics, clock, closer);
      health.addReadiness(control);
      health.addReadiness("trainer", service::check);
      service.registerMetrics();
      service.thread.start();
      return service;
    } catch (TimeoutException | InterruptedException | RuntimeException e) {
      closer.close();
      throw e;
    }
  }

  /** {@code GET /v1/training}: the training at hand, or {@code {"training": null}}. */
  public Routes routes() {
    return routes ->
        routes.get(
            "/v1/training",
            context -> {
              Map<String, Object> body = new java.util.HashMap<>();
              body.put("training", progress.signal(clock.instant()).orElse(null));
              context.contentType("application/json").result(Json.write(body));
            },
            Scope.READ);
  }

  /**
   * Stops after the step at hand, with a checkpoint; the request goes on at the next start. Waits
   * for that step however long it takes, since a process whose native code is at work may crash on
   * its way out; for anything else ten seconds.
   */
  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      boolean stopped = thread.join(CLOSE_TIMEOUT);
      while (!stopped && progress.isIn(Progress.Phase.TRAINING)) {
        LOG.info("trainer waits for the step at hand");
        stopped = thread.join(CLOSE_TIMEOUT);
      }
      if (!stopped) {
        LOG.warn("trainer did not stop within {} s", CLOSE_TIMEOUT.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closer.close();
  }

  private static void publishUntrained(
      TrainerConfig config, ReleasePublisher publisher, InstantSource clock)
      throws InterruptedException {
    OnnxFile onnx = UntrainedEncoder.onnx(config.shape(), config.seed());
    Map<String, Digest> artifacts =
        publisher.put(
            Map.of(
                ReleasePublisher.GOLDEN,
                Json.write(UntrainedGolden.of(onnx, config.shape(), config.seed()))));
    publisher.put(Map.of("onnx", onnx.bytes()));
    publisher.publish(
        UntrainedEncoder.release(config.shape(), config.seed(), onnx, artifacts, clock.instant()));
  }

  private void work() {
    try {
      while (!closing) {
        try {
          cleanFolders();
          workUntilSomethingFails();
        } catch (IOException | TimeoutException | RuntimeException | Error e) {
          if (closing) {
            return;
          }
          // Such as a broker that is away: nothing is lost, the request still says running.
          broken = String.valueOf(e.getMessage());
          LOG.error("trainer tries again in {} s", RETRY_WAIT.toSeconds(), e);
          Thread.sleep(RETRY_WAIT);
        }
      }
    } catch (InterruptedException e) {
      // Only close() interrupts.
    }
  }

  private void workUntilSomethingFails()
      throws InterruptedException, IOException, TimeoutException {
    while (!closing) {
      if (NextDuty.of(control.state(), clock.instant()).isEmpty()) {
        awaitRequest();
      } else {
        // What this trainer wrote last may not have come back yet.
        control.awaitEnd(clients, CLIENT_ID, CONTROL_TIMEOUT);
        Optional<NextDuty> duty = NextDuty.of(control.state(), clock.instant());
        if (duty.isPresent()) {
          fulfil(duty.get());
        }
      }
      broken = null;
    }
  }

  private void awaitRequest() throws InterruptedException {
    Optional<ControlRequest> due = automatic.due(control.state(), clock.instant());
    if (due.isPresent()) {
      writer.append(due.get());
    }
    try {
      control.await(state -> NextDuty.of(state, clock.instant()).isPresent(), IDLE);
    } catch (TimeoutException e) {
      // Nothing was asked; look again for what is due by itself.
    }
  }

  private void fulfil(NextDuty duty) throws InterruptedException, IOException, TimeoutException {
    ControlRequest request = duty.request();
    switch (duty) {
      case NextDuty.Expire _ ->
          writer.append(
              request.as(
                  Status.EXPIRED, "nobody began it before " + request.expiresAt() + "; ask again"));
      case NextDuty.Conclude conclude -> conclude(request, conclude.release());
      case NextDuty.Cancel cancel -> cancel(request, cancel.training());
      case NextDuty.Train _ -> train(request);
    }
  }

  private void train(ControlRequest request)
      throws InterruptedException, IOException, TimeoutException {
    LOG.info(
        "training request={} status={} parameters={}",
        request.id(),
        request.status(),
        request.parameters());
    writer.append(request.as(Status.RUNNING, ""));
    Backoff storeAway = new Backoff(STORE_RETRY_FIRST, STORE_RETRY_LONGEST);
    int failures = 0;
    while (true) {
      try {
        TrainingOrder order =
            TrainingOrder.of(request, config.defaults(), control.state().encoders());
        conclude(request, run.execute(order, control::state, () -> isToEnd(request)));
        return;
      } catch (CancelledTrainingException e) {
        // The request that asked for it is the next duty, and ends both.
        return;
      } catch (RefusedTrainingException e) {
        fail(request, String.valueOf(e.getMessage()));
        return;
      } catch (IOException | RuntimeException | Error e) {
        if (closing || Thread.interrupted()) {
          throw new InterruptedException("trainer is closing");
        }
        LOG.warn("training request={} failures={} broke off", request.id(), failures, e);
        // The release may have been written although its acknowledgement was lost.
        control.awaitEnd(clients, CLIENT_ID, CONTROL_TIMEOUT);
        Optional<EncoderRelease> release = NextDuty.releaseOf(request, control.state());
        if (release.isPresent()) {
          conclude(request, release.get());
          return;
        }
        switch (Breakdown.of(e)) {
          case Breakdown.StoreAway away -> {
            broken = away.problem();
            if (isEndedWithin(storeAway.next(), request)) {
              return;
            }
          }
          case Breakdown.Hopeless hopeless -> {
            fail(request, hopeless.reason());
            return;
          }
          case Breakdown.MayPass mayPass -> {
            failures++;
            if (failures == ATTEMPTS_MAX) {
              fail(
                  request,
                  "failed %d times, the last time with: %s".formatted(failures, mayPass.problem()));
              return;
            }
            Thread.sleep(RETRY_WAIT);
          }
        }
      }
    }
  }

  /** Waits; true as soon as somebody wants the training to end. */
  private boolean isEndedWithin(Duration wait, ControlRequest training)
      throws InterruptedException {
    try {
      control.await(state -> NextDuty.cancelOf(training, state).isPresent(), wait);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  private boolean isToEnd(ControlRequest training) {
    return NextDuty.cancelOf(training, control.state()).isPresent();
  }

  private void cancel(ControlRequest request, Optional<ControlRequest> training)
      throws InterruptedException, IOException {
    if (training.isPresent()) {
      fail(training.get(), "was cancelled by " + request.who() + ": " + request.why());
      writer.append(request.as(Status.DONE, "the training has ended without a release"));
    } else {
      writer.append(
          request.as(Status.FAILED, "there is no such training that is waiting or running"));
    }
  }

  private void conclude(ControlRequest request, EncoderRelease release)
      throws InterruptedException, IOException {
    String verdict = release.verdict() == Verdict.ACCEPTED ? "was accepted" : "was rejected";
    writer.append(
        request.as(
            Status.DONE,
            "encoder %d %s: %s%s"
                .formatted(
                    release.version(),
                    verdict,
                    String.join("; ", release.reasons()),
                    TrainingRun.repetition(release).map(text -> "; " + text).orElse(""))));
    metrics.counter("infomax.trainer.releases", "verdict", release.verdict().name()).increment();
    run.clean(request.id());
  }

  private void fail(ControlRequest request, String reason)
      throws InterruptedException, IOException {
    LOG.warn("training request={} failed: {}", request.id(), reason);
    writer.append(request.as(Status.FAILED, reason));
    metrics.counter("infomax.trainer.failures").increment();
    run.clean(request.id());
  }

  private void cleanFolders() throws IOException {
    Set<String> kept =
        control.state().open(ControlRequest.Kind.TRAIN).stream()
            .map(request -> RunFolder.name(request.id()))
            .collect(Collectors.toSet());
    RunFolder.deleteAllBut(config.folder(), kept::contains);
  }

  private CheckResult check() {
    String reason = broken;
    return reason == null && (thread.isAlive() || closing)
        ? CheckResult.ok()
        : CheckResult.failed("the trainer cannot work at the moment: " + reason);
  }

  private void registerMetrics() {
    Gauge.builder(
            "infomax.trainer.images.per.second",
            progress,
            now -> now.signal(clock.instant()).map(s -> s.imagesPerSecond()).orElse(0.0))
        .description("speed of the training at hand, 0 when there is none")
        .register(metrics);
    Gauge.builder(
            "infomax.trainer.seconds.left",
            progress,
            now -> now.signal(clock.instant()).map(s -> s.secondsLeft()).orElse(0.0))
        .description("estimate for the training steps that are left")
        .register(metrics);
    Gauge.builder("infomax.trainer.drift", automatic, AutomaticTraining::drift)
        .description(
            "energy coefficient of the newest images' embeddings against those of the live"
                + " encoder's snapshot, 0 to 1; NaN while fewer than 200 images are new")
        .register(metrics);
  }
}
