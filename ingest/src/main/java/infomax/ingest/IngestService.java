package infomax.ingest;

import infomax.imaging.ImageIntake;
import infomax.ingest.http.IngestRoutes;
import infomax.ingest.http.LogLookup;
import infomax.ingest.http.LogWriter;
import infomax.ingest.http.ReplicaPositions;
import infomax.ingest.http.WriteWatch;
import infomax.ingest.intake.UploadCounters;
import infomax.ingest.intake.UploadIntake;
import infomax.ingest.rejected.DeadLetterLog;
import infomax.ingest.rejected.DeadLetterRoutes;
import infomax.ingest.uploads.UploadsStream;
import infomax.runtime.health.Health;
import infomax.runtime.http.BodyRoom;
import infomax.runtime.http.Routes;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.lifecycle.Closer;
import infomax.runtime.signal.SignalFeed;
import infomax.runtime.tracing.Tracing;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;

/** Ingest, wired. Thread-safe. */
public final class IngestService implements AutoCloseable {

  private static final Duration LETTER_PATIENCE = Duration.ofSeconds(20);

  private final Closer closer;
  private final Routes routes;

  private IngestService(Closer closer, Routes routes) {
    this.closer = closer;
    this.routes = routes;
  }

  /**
   * Starts ingest. The topics have to exist; until the broker answers, the service is not ready.
   *
   * @param health gets the checks {@code ingest-uploads} and {@code ingest-log}
   */
  public static IngestService start(
      IngestConfig config, KafkaClients clients, MeterRegistry meters, Health health) {
    return start(config, clients, meters, Tracing.OFF, health);
  }

  /**
   * Starts ingest that makes spans of what it does.
   *
   * @param health gets the checks {@code ingest-uploads} and {@code ingest-log}
   */
  public static IngestService start(
      IngestConfig config,
      KafkaClients clients,
      MeterRegistry meters,
      Tracing tracing,
      Health health) {
    Closer closer = new Closer();
    try {
      InstantSource clock = InstantSource.system();
      String clientId = "ingest-" + config.instance();
      UploadIntake intake =
          new UploadIntake(
              ImageIntake.create(config.decodesAtOnce()), new UploadCounters(meters), tracing);
      UploadsStream uploads =
          closer.register(
              UploadsStream.start(
                  intake, clients, config.instance(), config.streamThreads(), clock));
      health.addReadiness(uploads);
      LogWriter log =
          closer.register(
              LogWriter.open(
                  clients, clientId + "-http", config.acknowledgeTimeout(), tracing, clock));
      health.addReadiness(log);
      LogLookup lookup = closer.register(LogLookup.open(clients, clientId + "-lookup"));
      ReplicaPositions replicas = new ReplicaPositions(clock);
      closer.register(SignalFeed.start(clients, clientId)).follow(replicas);
      Routes routes =
          new IngestRoutes(
              intake,
              log,
              new WriteWatch(replicas, lookup),
              new BodyRoom(config.httpBytes()),
              config.httpPatience());
      Routes letters =
          new DeadLetterRoutes(
              new DeadLetterLog(clients, clientId + "-letters", LETTER_PATIENCE, clock));
      return new IngestService(
          closer,
          all -> {
            routes.addTo(all);
            letters.addTo(all);
          });
    } catch (RuntimeException e) {
      closer.close();
      throw e;
    }
  }

  /** The routes of this service. */
  public Routes routes() {
    return routes;
  }

  @Override
  public void close() {
    closer.close();
  }
}
