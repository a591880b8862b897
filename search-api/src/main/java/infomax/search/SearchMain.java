package infomax.search;

import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import infomax.runtime.health.Health;
import infomax.runtime.http.HttpConfig;
import infomax.runtime.http.HttpServer;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.StartCheck;
import infomax.runtime.lifecycle.Closer;
import infomax.runtime.tracing.Tracing;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one search replica; the only argument is a properties file with its settings. */
public final class SearchMain {

  private static final Logger LOG = LoggerFactory.getLogger(SearchMain.class);

  private SearchMain() {}

  /** Starts the service and stays until the process is told to stop. */
  public static void main(String[] arguments) throws Exception {
    Closer closer = new Closer();
    Runtime.getRuntime().addShutdownHook(new Thread(closer::close, "search-shutdown"));
    try {
      start(settings(arguments), closer);
    } catch (ConfigurationException e) {
      System.err.println("search-api: " + e.getMessage());
      System.exit(1);
    }
    new CountDownLatch(1).await();
  }

  private static void start(Settings settings, Closer closer) throws Exception {
    SearchConfig config = SearchConfig.from(settings);
    KafkaClients clients = KafkaClients.from(settings);
    HttpConfig listening = HttpConfig.from(settings, 8080);
    Tracing tracing = closer.register(Tracing.from(settings, "search-api"));
    settings.verifyAllUsed();
    LOG.info("search-api settings={}", settings.all());
    StartCheck.run(clients, "search-api");
    Health health = new Health();
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    SearchService service = closer.register(SearchService.start(config, clients, metrics, health));
    HttpServer http =
        closer.register(
            HttpServer.start(listening, health, metrics, tracing, List.of(service.routes())));
    LOG.info("search-api listens on port={}", http.port());
  }

  private static Settings settings(String[] arguments) throws IOException {
    return (arguments.length == 0
            ? Settings.of(java.util.Map.of())
            : Settings.load(Path.of(arguments[0])))
        .withEnvironment(System.getenv());
  }
}
