package infomax.testing;

import infomax.broker.BrokerSettings;
import infomax.broker.EmbeddedBroker;
import infomax.events.Topic;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One real broker per test JVM, in its own process; every test starts with fresh, empty topics. Use
 * it as {@code @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();}. Tests
 * that share it must not run in parallel.
 */
public final class TestingKafka implements BeforeAllCallback, BeforeEachCallback {

  private static final TestingKafka SHARED = new TestingKafka();

  private @Nullable EmbeddedBroker broker;

  private TestingKafka() {}

  /** The broker of this test JVM. */
  public static TestingKafka shared() {
    return SHARED;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    start();
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    recreateTopics();
  }

  /** Clients of this broker. */
  public KafkaClients clients() {
    return new KafkaClients(running().bootstrapServers());
  }

  /** The broker, to kill and restart it. */
  public EmbeddedBroker broker() {
    return running();
  }

  /** Deletes every topic of the system and creates it anew. */
  public void recreateTopics() throws InterruptedException {
    try (Admin admin = clients().admin("testing-topics")) {
      List<String> names = Topic.ALL.stream().map(Topic::name).toList();
      Collection<String> existing = admin.listTopics().names().get();
      admin.deleteTopics(names.stream().filter(existing::contains).toList()).all().get();
      // A deletion is acknowledged before this broker's view shows it.
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> admin.listTopics().names().get().stream().noneMatch(names::contains));
      new Topics(admin).create(Topic.ALL, (short) 1);
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> admin.listTopics().names().get().containsAll(names));
    } catch (ExecutionException e) {
      throw new IllegalStateException("could not recreate the topics", e.getCause());
    }
  }

  private synchronized void start() throws IOException, InterruptedException {
    if (broker != null) {
      return;
    }
    Path folder = Files.createTempDirectory("infomax-testing-kafka");
    EmbeddedBroker started =
        EmbeddedBroker.start(
            new BrokerSettings(folder, 0, 384, Map.of("log.flush.interval.messages", "1000000")));
    broker = started;
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(started, folder)));
  }

  private EmbeddedBroker running() {
    if (broker == null) {
      throw new IllegalStateException("TestingKafka is not registered as an extension");
    }
    return broker;
  }

  private static void stop(EmbeddedBroker broker, Path folder) {
    broker.kill();
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.deleteIfExists(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
