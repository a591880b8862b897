package infomax.standalone;

import infomax.broker.BrokerSettings;
import infomax.broker.EmbeddedBroker;
import infomax.events.Topic;
import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import infomax.runtime.health.Health;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.TopicCheck;
import infomax.runtime.kafka.TopicSetting;
import infomax.runtime.kafka.Topics;
import infomax.runtime.lifecycle.Closer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/** The Kafka cluster of the standalone system with its topics: embedded, or one that exists. */
public final class LocalCluster implements AutoCloseable {

  private final Closer closer;
  private final KafkaClients clients;

  private LocalCluster(Closer closer, KafkaClients clients) {
    this.closer = closer;
    this.clients = clients;
  }

  /** The same; an existing cluster asks nobody who is there. */
  public static LocalCluster start(Path folder, Optional<String> existing, Health health)
      throws InterruptedException {
    return start(folder, existing, Settings.of(Map.of()), health);
  }

  /**
   * Starts the embedded broker, or connects to {@code existing}, and creates the topics that are
   * missing.
   *
   * @param settings {@code kafka.security.*} and {@code kafka.client.*} for an existing cluster
   * @throws UserError if there is no cluster in the end
   */
  public static LocalCluster start(
      Path folder, Optional<String> existing, Settings settings, Health health)
      throws InterruptedException {
    Closer closer = new Closer();
    try {
      KafkaClients clients =
          existing.isPresent()
              ? KafkaClients.from(settings.with(Map.of("kafka.bootstrap-servers", existing.get())))
              : new KafkaClients(startBroker(folder, closer, health));
      try (Admin admin = clients.admin("standalone")) {
        short replicas = (short) Math.min(3, admin.describeCluster().nodes().get().size());
        new Topics(admin).create(Topic.ALL, replicas);
        refuseLosses(new TopicCheck(admin).compare(Topic.ALL, replicas));
      }
      return new LocalCluster(closer, clients);
    } catch (UserError | ConfigurationException e) {
      closer.close();
      throw e;
    } catch (IOException e) {
      closer.close();
      throw new UserError(String.valueOf(e.getMessage()), e);
    } catch (KafkaException | java.util.concurrent.ExecutionException e) {
      closer.close();
      throw new UserError(
          "no Kafka cluster answers at "
              + existing.orElse("the embedded broker")
              + ": check --kafka HOST:PORT, or leave it out to use the embedded broker",
          e);
    }
  }

  /** An existing cluster may have topics of these names that are somebody else's. */
  private static void refuseLosses(List<TopicSetting> found) {
    List<TopicSetting> losses =
        found.stream().filter(each -> each.impact() == TopicSetting.Impact.LOSS).toList();
    if (!losses.isEmpty()) {
      throw new UserError(
          "the cluster has topics in which records would be lost:\n"
              + TopicSetting.table(losses)
              + "\ninfomax topics --check says more; use another cluster, or none");
    }
  }

  /** Clients of the cluster. */
  public KafkaClients clients() {
    return clients;
  }

  @Override
  public void close() {
    closer.close();
  }

  private static String startBroker(Path folder, Closer closer, Health health)
      throws IOException, InterruptedException {
    EmbeddedBroker broker = closer.register(EmbeddedBroker.start(BrokerSettings.in(folder)));
    Supervised supervised =
        closer.register(Supervised.watch("broker", broker::isAlive, broker::restart));
    health.addReadiness(supervised);
    return broker.bootstrapServers();
  }
}
