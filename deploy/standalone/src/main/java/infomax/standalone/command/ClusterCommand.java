package infomax.standalone.command;

import infomax.events.control.ControlState;
import infomax.index.Publications;
import infomax.indexer.backup.BackupRefusedException;
import infomax.runtime.config.Settings;
import infomax.runtime.control.ControlLog;
import infomax.runtime.kafka.KafkaClients;
import infomax.standalone.DataFolder;
import infomax.standalone.UserError;
import infomax.store.ObjectStoreException;
import infomax.store.StoreLocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * A command that talks to a running system's Kafka cluster and object store themselves: {@code
 * --data} names the folder of a {@code demo}, {@code --settings} the settings of a service.
 */
abstract class ClusterCommand implements Callable<Integer> {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @Option(
      names = "--data",
      defaultValue = "data",
      description = "folder of a running ./infomax demo (default: ${DEFAULT-VALUE})")
  private Path data = Path.of("data");

  @Option(
      names = "--settings",
      description =
          "instead of --data: properties file with kafka.* and objects.*, as services have it")
  private @Nullable Path settingsFile;

  /**
   * What a command works with.
   *
   * @param clients the cluster
   * @param control the topic control, followed
   * @param publications those in the system's object store
   * @param settings where the system is, with credentials from the environment
   */
  record Cluster(
      KafkaClients clients, ControlLog control, Publications publications, Settings settings) {

    ControlState state() {
      return control.state();
    }
  }

  @Override
  public final Integer call() throws Exception {
    Settings settings = settings();
    KafkaClients clients = KafkaClients.from(settings);
    try (ControlLog control = ControlLog.open(clients, "command", TIMEOUT)) {
      Publications publications =
          new Publications(StoreLocation.from(settings).open(), InstantSource.system());
      run(new Cluster(clients, control, publications, settings));
      return 0;
    } catch (BackupRefusedException | ObjectStoreException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    } catch (TimeoutException | KafkaException e) {
      throw new UserError(
          "the Kafka cluster at "
              + clients.bootstrapServers()
              + " does not answer as it should ("
              + e.getMessage()
              + "): is the system running?",
          e);
    }
  }

  abstract void run(Cluster cluster) throws TimeoutException, InterruptedException;

  private Settings settings() throws IOException {
    Path file = settingsFile == null ? DataFolder.cluster(data) : settingsFile;
    if (!Files.isRegularFile(file)) {
      throw new UserError(
          file
              + " is no file: name the folder of a running ./infomax demo with --data DIR, or the"
              + " settings of a service with --settings FILE");
    }
    return Settings.load(file).withEnvironment(System.getenv());
  }
}
