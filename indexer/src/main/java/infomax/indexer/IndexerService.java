package infomax.indexer;

import infomax.events.Digest;
import infomax.events.Json;
import infomax.index.Publications;
import infomax.indexer.generation.FollowedGenerations;
import infomax.indexer.rollout.IndexingFailures;
import infomax.indexer.rollout.RolloutController;
import infomax.indexer.rollout.decision.IndexingFailure;
import infomax.runtime.access.Scope;
import infomax.runtime.control.ControlLog;
import infomax.runtime.health.Health;
import infomax.runtime.http.Routes;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.lifecycle.Closer;
import infomax.runtime.signal.SignalFeed;
import infomax.runtime.signal.SignalSender;
import infomax.runtime.tracing.Tracing;
import infomax.store.ObjectStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * The indexer at work: indexes every generation that {@code control} wants, and takes part in the
 * election of the rollout controller. Thread-safe.
 */
public final class IndexerService implements AutoCloseable {

  private static final String CLIENT_ID = "indexer";
  private static final Duration CONTROL_TIMEOUT = Duration.ofSeconds(30);

  private final FollowedGenerations generations;
  private final Closer closer;

  private IndexerService(FollowedGenerations generations, Closer closer) {
    this.generations = generations;
    this.closer = closer;
  }

  /**
   * Starts the service.
   *
   * @throws TimeoutException if {@code control} cannot be read in time
   */
  public static IndexerService start(
      IndexerConfig config,
      KafkaClients clients,
      ObjectStore store,
      MeterRegistry meters,
      Health health)
      throws TimeoutException, InterruptedException {
    return start(config, clients, store, meters, Tracing.OFF, health);
  }

  /**
   * Starts a service that makes spans of what it does.
   *
   * @throws TimeoutException if {@code control} cannot be read in time
   */
  public static IndexerService start(
      IndexerConfig config,
      KafkaClients clients,
      ObjectStore store,
      MeterRegistry meters,
      Tracing tracing,
      Health health)
      throws TimeoutException, InterruptedException {
    InstantSource clock = InstantSource.system();
    Closer closer = new Closer();
    try {
      ControlLog control = closer.register(ControlLog.open(clients, CLIENT_ID, CONTROL_TIMEOUT));
      control.measure(meters, "indexer");
      SignalSender signals = closer.register(new SignalSender(clients, CLIENT_ID));
      Publications publications = new Publications(store, clock);
      FollowedGenerations generations =
          closer.register(
              FollowedGenerations.start(
                  clients,
                  publications,
                  control,
                  signals,
                  meters,
                  tracing,
                  clock,
                  config.indexing()));
      SignalFeed feed = closer.register(SignalFeed.start(clients, CLIENT_ID));
      RolloutController rollout =
          closer.register(
              RolloutController.start(
                  config.rollout(),
                  clients,
                  control,
                  feed,
                  publications,
                  failures(generations),
                  config.indexing().folder().resolve("verification"),
                  meters,
                  clock));
      health.addLiveness(generations);
      health.addLiveness(rollout);
      health.addReadiness("generations", generations::readiness);
      health.addReadiness("rollout", rollout::readiness);
      health.addReadiness(control);
      health.addWarning(generations.standingBy());
      return new IndexerService(generations, closer);
    } catch (TimeoutException | InterruptedException | RuntimeException e) {
      closer.close();
      throw e;
    }
  }

  /** {@code GET /v1/indexer/generations}: how the indexing of every generation is. */
  public Routes routes() {
    return routes ->
        routes.get(
            "/v1/indexer/generations",
            context ->
                context
                    .contentType("application/json")
                    .result(
                        Json.write(
                            Map.of(
                                "generations",
                                generations.statuses(),
                                "failures",
                                generations.failures().values()))),
            Scope.READ);
  }

  private static IndexingFailures failures(FollowedGenerations generations) {
    return new IndexingFailures() {
      @Override
      public Map<Integer, IndexingFailure> byGeneration() {
        return generations.failures();
      }

      @Override
      public boolean isFatal(Digest image) {
        return generations.isFatal(image);
      }
    };
  }

  /** Stops indexing; what was not committed is read again at the next start. */
  @Override
  public void close() {
    closer.close();
  }
}
