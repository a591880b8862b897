package infomax.search;

import infomax.runtime.config.Settings;
import infomax.runtime.health.Health;
import infomax.runtime.http.HttpServer;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.lifecycle.Closer;
import infomax.runtime.tracing.Tracing;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Runs one search replica; the only argument is a properties file with its settings. */
public final class SearchMain {

  private SearchMain() {}

  /** Starts the service and stays until the process is told to stop. */
  public static void main(String[] arguments) throws Exception {
    Settings settings =
        (arguments.length == 0
                ? Settings.of(java.util.Map.of())
                : Settings.load(Path.of(arguments[0])))
            .withEnvironment(System.getenv());
    SearchConfig config = SearchConfig.from(settings);
    KafkaClients clients =
        new KafkaClients(settings.text("kafka.bootstrap-servers", "localhost:9092"));
    int port = settings.integer("http.port", 8080, 0, 65_535);
    Closer closer = new Closer();
    Tracing tracing = closer.register(Tracing.from(settings, "search-api"));
    settings.verifyAllUsed();
    Health health = new Health();
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Runtime.getRuntime().addShutdownHook(new Thread(closer::close, "search-shutdown"));
    SearchService service = closer.register(SearchService.start(config, clients, metrics, health));
    closer.register(HttpServer.start(port, health, metrics, tracing, List.of(service.routes())));
    new CountDownLatch(1).await();
  }
}
