package infomax.indexer;

import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import infomax.runtime.health.Health;
import infomax.runtime.http.HttpConfig;
import infomax.runtime.http.HttpServer;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.StartCheck;
import infomax.runtime.lifecycle.Closer;
import infomax.runtime.process.ParentWatch;
import infomax.runtime.tracing.Tracing;
import infomax.store.StoreLocation;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the indexer as a process: {@code IndexerMain [--child] [settings-file]}. With {@code
 * --child} it ends with the process that holds its standard input.
 */
public final class IndexerMain {

  private static final Logger LOG = LoggerFactory.getLogger(IndexerMain.class);
  private static final String CHILD = "--child";

  private IndexerMain() {}

  /** Starts the service and returns; it runs until the JVM is told to stop. */
  public static void main(String[] arguments) throws Exception {
    List<String> files =
        Arrays.stream(arguments).filter(argument -> !argument.equals(CHILD)).toList();
    if (Arrays.asList(arguments).contains(CHILD)) {
      ParentWatch.install();
    }
    Closer closer = new Closer();
    Runtime.getRuntime().addShutdownHook(new Thread(closer::close, "indexer-shutdown"));
    try {
      start(settings(files), closer);
    } catch (ConfigurationException e) {
      System.err.println("indexer: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void start(Settings settings, Closer closer) throws Exception {
    IndexerConfig config = IndexerConfig.from(settings);
    KafkaClients clients = KafkaClients.from(settings);
    StoreLocation objects = StoreLocation.from(settings);
    HttpConfig listening = HttpConfig.from(settings, 0);
    Tracing tracing = closer.register(Tracing.from(settings, "indexer"));
    settings.verifyAllUsed();
    LOG.info("indexer settings={}", settings.all());
    StartCheck.run(clients, "indexer");
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Health health = new Health();
    IndexerService service =
        closer.register(
            IndexerService.start(config, clients, objects.open(), metrics, tracing, health));
    HttpServer http =
        closer.register(
            HttpServer.start(listening, health, metrics, tracing, List.of(service.routes())));
    LOG.info("indexer listens on port={}", http.port());
  }

  private static Settings settings(List<String> files) throws Exception {
    Settings settings =
        files.isEmpty()
            ? Settings.of(java.util.Map.of())
            : Settings.load(Path.of(files.getFirst()));
    return settings.withEnvironment(System.getenv());
  }
}
