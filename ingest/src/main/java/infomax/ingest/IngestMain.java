package infomax.ingest;

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
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ingest as a process of its own: {@code IngestMain [settings file]}. */
public final class IngestMain {

  private static final Logger LOG = LoggerFactory.getLogger(IngestMain.class);

  private IngestMain() {}

  /** Runs until the process is stopped. */
  public static void main(String[] arguments) throws IOException {
    Closer closer = new Closer();
    Runtime.getRuntime().addShutdownHook(new Thread(closer::close, "ingest-shutdown"));
    try {
      Settings settings =
          (arguments.length == 0 ? Settings.of(Map.of()) : Settings.load(Path.of(arguments[0])))
              .withEnvironment(System.getenv());
      IngestConfig config = IngestConfig.from(settings);
      KafkaClients clients = KafkaClients.from(settings);
      HttpConfig listening = HttpConfig.from(settings, 8080);
      Tracing tracing = closer.register(Tracing.from(settings, "ingest"));
      settings.verifyAllUsed();
      LOG.info("ingest settings={}", settings.all());
      StartCheck.run(clients, "ingest");
      PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      Health health = new Health();
      IngestService service =
          closer.register(IngestService.start(config, clients, metrics, tracing, health));
      HttpServer http =
          closer.register(
              HttpServer.start(listening, health, metrics, tracing, List.of(service.routes())));
      LOG.info("ingest state=started port={}", http.port());
    } catch (ConfigurationException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }
}
