package infomax.broker;

import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.process.ChildJvm;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Kafka broker in its own JVM, stopped by {@link #close} and by the end of this process. Its
 * port stays the same over {@link #restart}, so clients reconnect. Not thread-safe.
 */
public final class EmbeddedBroker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration PREDECESSOR_TIMEOUT = Duration.ofSeconds(15);
  private static final String NAME = "broker";

  private final BrokerSettings settings;
  private final Function<String, KafkaClients> clients;
  private final int port;
  private final int controllerPort;
  private ChildJvm process;

  private EmbeddedBroker(
      BrokerSettings settings,
      Function<String, KafkaClients> clients,
      int port,
      int controllerPort,
      ChildJvm process) {
    this.settings = settings;
    this.clients = clients;
    this.port = port;
    this.controllerPort = controllerPort;
    this.process = process;
  }

  /**
   * Starts a broker and waits until it answers. One that still runs on the same folder, left by a
   * parent that was killed, is waited for and at last killed.
   *
   * @throws IOException if it does not start; the message ends with its last log lines
   */
  public static EmbeddedBroker start(BrokerSettings settings)
      throws IOException, InterruptedException {
    return start(settings, KafkaClients::new);
  }

  /**
   * The same for a broker whose settings make it ask who is there.
   *
   * @param clients clients it lets in, by where it is
   */
  public static EmbeddedBroker start(
      BrokerSettings settings, Function<String, KafkaClients> clients)
      throws IOException, InterruptedException {
    Files.createDirectories(settings.folder());
    endPredecessor(settings.folder());
    int port = settings.port() == 0 ? freePort() : settings.port();
    int controllerPort = freePort();
    ChildJvm process = launch(settings, port, controllerPort);
    EmbeddedBroker broker = new EmbeddedBroker(settings, clients, port, controllerPort, process);
    broker.awaitAnswer();
    return broker;
  }

  /** Where clients connect. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Process id of the broker's JVM. */
  public long pid() {
    return process.pid();
  }

  /** True while the broker's JVM runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Kills the broker as {@code kill -9} does. */
  public void kill() {
    process.kill();
  }

  /** Starts the broker again after {@link #kill} or {@link #close}, on the same folder and port. */
  public void restart() throws IOException, InterruptedException {
    process.close();
    process = launch(settings, port, controllerPort);
    awaitAnswer();
  }

  @Override
  public void close() {
    process.close();
  }

  private static ChildJvm launch(BrokerSettings settings, int port, int controllerPort)
      throws IOException {
    Properties properties = settings.properties(port, controllerPort);
    Path file = settings.folder().resolve("broker.properties");
    try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      properties.store(writer, null);
    }
    ChildJvm process =
        ChildJvm.start(
            NAME,
            BrokerMain.class,
            List.of(
                "-Xms128m",
                "-Xmx" + settings.heapMebibytes() + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"),
            List.of(file.toString()),
            settings.folder());
    Files.writeString(pidFile(settings.folder()), Long.toString(process.pid()));
    return process;
  }

  private void awaitAnswer() throws IOException, InterruptedException {
    long deadlineNanos = System.nanoTime() + START_TIMEOUT.toNanos();
    try (Admin admin = clients.apply(bootstrapServers()).admin("broker-start")) {
      while (process.isAlive() && System.nanoTime() < deadlineNanos) {
        try {
          if (!admin.describeCluster().nodes().get(2, TimeUnit.SECONDS).isEmpty()) {
            LOG.info("broker={} answers", bootstrapServers());
            return;
          }
        } catch (ExecutionException | TimeoutException e) {
          LOG.debug("broker={} does not answer yet", bootstrapServers());
        }
      }
    }
    process.close();
    throw new IOException(
        "the broker in "
            + settings.folder()
            + " did not start; the end of its log:\n"
            + ChildJvm.logTail(settings.folder(), NAME, 15));
  }

  private static void endPredecessor(Path folder) throws IOException, InterruptedException {
    Path file = pidFile(folder);
    if (!Files.exists(file)) {
      return;
    }
    ProcessHandle predecessor =
        ProcessHandle.of(Long.parseLong(Files.readString(file))).orElse(null);
    // The argument file names the folder, so a recycled process id is not mistaken for a broker.
    if (predecessor == null
        || predecessor
            .info()
            .commandLine()
            .filter(line -> line.contains(folder.resolve(NAME + ".args").toString()))
            .isEmpty()) {
      return;
    }
    LOG.info(
        "pid={} still serves {} for a parent that is gone; waiting for its end",
        predecessor.pid(),
        folder);
    try {
      predecessor.onExit().get(PREDECESSOR_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      predecessor.destroyForcibly();
      predecessor.onExit().join();
    }
  }

  private static Path pidFile(Path folder) {
    return folder.resolve("broker.pid");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
