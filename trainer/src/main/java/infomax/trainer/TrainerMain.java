package infomax.trainer;

import infomax.encoder.signature.ReleaseSigner;
import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import infomax.runtime.health.Health;
import infomax.runtime.http.HttpConfig;
import infomax.runtime.http.HttpServer;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.StartCheck;
import infomax.runtime.lifecycle.Closer;
import infomax.runtime.process.ParentWatch;
import infomax.runtime.process.ProcessNice;
import infomax.store.StoreLocation;
import infomax.trainer.engine.UnusableTargetException;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the trainer as a process: {@code TrainerMain [--child] [settings-file]}. With {@code
 * --child} it ends with the process that holds its standard input, and yields the processor to
 * everything else once it has started.
 */
public final class TrainerMain {

  private static final Logger LOG = LoggerFactory.getLogger(TrainerMain.class);
  private static final String CHILD = "--child";
  private static final String SIGNING_KEY = "trainer.signing-key-file";

  /** Of a trainer beside everything else: each of its threads has a twenty-eighth of a share. */
  private static final int NICE_AS_CHILD = 15;

  private TrainerMain() {}

  /** Starts the service and returns; it runs until the JVM is told to stop. */
  public static void main(String[] arguments) throws Exception {
    List<String> files =
        Arrays.stream(arguments).filter(argument -> !argument.equals(CHILD)).toList();
    boolean child = Arrays.asList(arguments).contains(CHILD);
    if (child) {
      ParentWatch.install();
    }
    Closer closer = new Closer();
    Runtime.getRuntime().addShutdownHook(new Thread(closer::close, "trainer-shutdown"));
    try {
      start(settings(files), child, closer);
    } catch (ConfigurationException | UnusableTargetException | TimeoutException e) {
      System.err.println("trainer: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void start(Settings settings, boolean child, Closer closer) throws Exception {
    TrainerConfig config = TrainerConfig.from(settings);
    config.target().require();
    KafkaClients clients = KafkaClients.from(settings);
    StoreLocation objects = StoreLocation.from(settings);
    Optional<ReleaseSigner> signer = signer(settings);
    HttpConfig listening = HttpConfig.from(settings, 0);
    int nice = settings.integer("trainer.nice", child ? NICE_AS_CHILD : 0, 0, 19);
    settings.verifyAllUsed();
    LOG.info("trainer settings={}", settings.all());
    StartCheck.run(clients, "trainer");
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Health health = new Health();
    TrainerService service =
        closer.register(
            TrainerService.start(config, clients, objects.open(), signer, metrics, health));
    HttpServer http =
        closer.register(HttpServer.start(listening, health, metrics, List.of(service.routes())));
    LOG.info("trainer listens on port={}", http.port());
    // A new system answers once release 0 is there; for what comes now nobody waits.
    ProcessNice.set(nice);
  }

  private static Optional<ReleaseSigner> signer(Settings settings) {
    try {
      return settings.find(SIGNING_KEY).map(Path::of).map(ReleaseSigner::ofFile);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("setting " + SIGNING_KEY + ": " + e.getMessage());
    }
  }

  private static Settings settings(List<String> files) throws Exception {
    Settings settings =
        files.isEmpty()
            ? Settings.of(java.util.Map.of())
            : Settings.load(Path.of(files.getFirst()));
    return settings.withEnvironment(System.getenv());
  }
}
