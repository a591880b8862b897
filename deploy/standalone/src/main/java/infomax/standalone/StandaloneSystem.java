package infomax.standalone;

import infomax.indexer.IndexerConfig;
import infomax.indexer.IndexerService;
import infomax.ingest.IngestConfig;
import infomax.ingest.IngestService;
import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import infomax.runtime.health.Health;
import infomax.runtime.http.HttpConfig;
import infomax.runtime.http.HttpServer;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.lifecycle.Closer;
import infomax.runtime.tracing.Tracing;
import infomax.search.SearchConfig;
import infomax.search.SearchService;
import infomax.search.live.PublicationListener;
import infomax.store.ObjectStore;
import infomax.store.StoreLocation;
import infomax.trainer.TrainerConfig;
import infomax.trainer.engine.UnusableTargetException;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * Everything on one machine: the broker in its own JVM, ingest, indexer and search API in this one
 * behind one HTTP port, the trainer in a third. Closing stops them in the reverse order of their
 * start, the broker last.
 */
public final class StandaloneSystem implements AutoCloseable {

  private final Closer closer;
  private final KafkaClients clients;
  private final ObjectStore store;
  private final SearchService search;
  private final HttpServer http;

  private StandaloneSystem(
      Closer closer,
      KafkaClients clients,
      ObjectStore store,
      SearchService search,
      HttpServer http) {
    this.closer = closer;
    this.clients = clients;
    this.store = store;
    this.search = search;
    this.http = http;
  }

  /** Hears of the cluster as soon as its topics exist, before any service starts. */
  @FunctionalInterface
  public interface ClusterListener {
    /** The cluster answers and has its topics. */
    void ready(KafkaClients clients) throws IOException;
  }

  /**
   * Starts everything.
   *
   * @param cluster hears of the cluster before the services start
   * @throws UserError if something the user can mend is in the way
   */
  public static StandaloneSystem start(StandaloneConfig config, ClusterListener cluster)
      throws InterruptedException {
    checkTrainer(config);
    Closer closer = new Closer();
    try {
      return start(config, cluster, closer);
    } catch (IOException | TimeoutException e) {
      closer.close();
      throw new UserError("the system did not start: " + e.getMessage(), e);
    } catch (InterruptedException | RuntimeException e) {
      closer.close();
      throw e;
    }
  }

  /** What would end the trainer as it starts is said here, not in its log. */
  private static void checkTrainer(StandaloneConfig config) {
    try {
      TrainerConfig.from(Settings.of(config.settings()).withEnvironment(System.getenv()))
          .target()
          .engine()
          .requirePart();
    } catch (ConfigurationException | UnusableTargetException e) {
      throw new UserError("the trainer cannot start: " + e.getMessage(), e);
    }
  }

  private static StandaloneSystem start(
      StandaloneConfig config, ClusterListener cluster, Closer closer)
      throws IOException, TimeoutException, InterruptedException {
    DataFolder folder = closer.register(DataFolder.open(config.data()));
    // A second system in the same folder is told of the folder, and any other one of the port.
    HttpConfig.loopback(config.port()).requireFreePort();
    LogFile.redirectTo(folder.logs().resolve("infomax.log"));
    Health health = new Health();
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new JvmMemoryMetrics().bindTo(metrics);
    LocalCluster kafka =
        closer.register(
            LocalCluster.start(
                folder.kafka(),
                config.kafka(),
                Settings.of(config.settings()).withEnvironment(System.getenv()),
                health));
    KafkaClients clients = kafka.clients();
    Map<String, String> settings = settings(config, folder, clients);
    TrainerProcess trainer =
        closer.register(TrainerProcess.start(folder.logs(), only(settings, "trainer.")));
    health.addReadiness(
        closer.register(Supervised.watch("trainer", trainer::isAlive, trainer::restart)));
    cluster.ready(clients);
    folder.tellCluster(withoutCredentials(only(settings, "kafka.")));

    Settings own = Settings.of(settings);
    Tracing tracing = closer.register(Tracing.from(own, "infomax"));
    ObjectStore store = StoreLocation.from(own).open();
    IngestService ingest =
        closer.register(
            IngestService.start(IngestConfig.from(own), clients, metrics, tracing, health));
    IndexerService indexer =
        closer.register(
            IndexerService.start(
                IndexerConfig.from(own), clients, store, metrics, tracing, health));
    SearchService search =
        closer.register(SearchService.start(SearchConfig.from(own), clients, metrics, health));
    HttpServer http =
        closer.register(
            HttpServer.start(
                HttpConfig.loopback(config.port()),
                health,
                metrics,
                tracing,
                List.of(ingest.routes(), indexer.routes(), search.routes())));
    return new StandaloneSystem(closer, clients, store, search, http);
  }

  /** Clients of the cluster. */
  public KafkaClients clients() {
    return clients;
  }

  /** The object store. */
  public ObjectStore store() {
    return store;
  }

  /** Where the API and the page are. */
  public URI address() {
    return URI.create("http://localhost:" + http.port());
  }

  /** Tells {@code listener} about every publication that begins to answer. */
  public void onPublicationServed(PublicationListener listener) {
    search.onPublicationServed(listener);
  }

  @Override
  public void close() {
    closer.close();
  }

  private static Map<String, String> settings(
      StandaloneConfig config, DataFolder folder, KafkaClients clients) {
    Map<String, String> settings = new HashMap<>();
    settings.put("kafka.bootstrap-servers", clients.bootstrapServers());
    if (!config.settings().containsKey("objects.url")) {
      settings.put("objects.path", folder.objects().toString());
    }
    settings.put("indexer.path", folder.index().toString());
    settings.put("search.cache", folder.cache().toString());
    settings.put("trainer.path", folder.trainer().toString());
    settings.putAll(config.settings());
    return settings;
  }

  /** Credentials are the environment's to give, and are not written to disk. */
  private static Map<String, String> withoutCredentials(Map<String, String> settings) {
    Map<String, String> told = new HashMap<>(settings);
    told.keySet().removeIf(Settings::isCredential);
    return told;
  }

  /** The settings of one service and those that all share. */
  private static Map<String, String> only(Map<String, String> settings, String prefix) {
    Map<String, String> chosen = new HashMap<>();
    settings.forEach(
        (key, value) -> {
          if (key.startsWith(prefix) || key.startsWith("kafka.") || key.startsWith("objects.")) {
            chosen.put(key, value);
          }
        });
    return chosen;
  }
}
