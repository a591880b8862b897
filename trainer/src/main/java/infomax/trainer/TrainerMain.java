package infomax.trainer;

import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import infomax.runtime.health.Health;
import infomax.runtime.http.HttpConfig;
import infomax.runtime.http.HttpServer;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.lifecycle.Closer;
import infomax.runtime.process.ParentWatch;
import infomax.store.StoreLocation;
import infomax.trainer.engine.UnusableTargetException;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the trainer as a process: {@code TrainerMain [--child] [settings-file]}. With {@code
 * --child} it ends with the process that holds its standard input.
 */
public final class TrainerMain {

  private static final Logger LOG = LoggerFactory.getLogger(TrainerMain.class);
  private static final String CHILD = "--child";

  private TrainerMain() {}

  /** Starts the service and returns; it runs until the JVM is told to stop. */
  public static void main(String[] arguments) throws Exception {
    List<String> files =
        Arrays.stream(arguments).filter(argument -> !argument.equals(CHILD)).toList();
    if (Arrays.asList(arguments).contains(CHILD)) {
      ParentWatch.install();
    }
    Closer closer = new Closer();
    Runtime.getRuntime().addShutdownHook(new Thread(closer::close, "trainer-shutdown"));
    try {
      start(settings(files), closer);
    } catch (ConfigurationException | UnusableTargetException | TimeoutException e) {
      System.err.println("trainer: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void start(Settings settings, Closer closer) throws Exception {
    TrainerConfig config = TrainerConfig.from(settings);
    config.target().require();
    String bootstrapServers = settings.text("kafka.bootstrap-servers", "127.0.0.1:9092");
    StoreLocation objects = StoreLocation.from(settings);
    HttpConfig listening = HttpConfig.from(settings, 0);
    settings.verifyAllUsed();
    LOG.info("trainer settings={}", settings.all());
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Health health = new Health();
    TrainerService service =
        closer.register(
            TrainerService.start(
                config, new KafkaClients(bootstrapServers), objects.open(), metrics, health));
    HttpServer http =
        closer.register(HttpServer.start(listening, health, metrics, List.of(service.routes())));
    LOG.info("trainer listens on port={}", http.port());
  }

  private static Settings settings(List<String> files) throws Exception {
    Settings settings =
        files.isEmpty()
            ? Settings.of(java.util.Map.of())
            : Settings.load(Path.of(files.getFirst()));
    return settings.withEnvironment(System.getenv());
  }
}
