package infomax.broker;

import infomax.runtime.process.ParentWatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/**
 * The broker's JVM: formats the log folder on the first start, then serves until its parent goes.
 * {@code KafkaRaftServer} is started directly, since Kafka's own main would claim SIGINT.
 */
public final class BrokerMain {

  private BrokerMain() {}

  /** Runs the broker described by the properties file named in {@code arguments[0]}. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    ParentWatch.install();
    Path file = Path.of(arguments[0]);
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    }
    Path formatted = Path.of(properties.getProperty("log.dirs"), "meta.properties");
    if (!Files.exists(formatted)) {
      format(file);
    } else if (DeadIncarnation.isLeftIn(properties)) {
      DeadIncarnation.fence(properties);
    }
    KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "broker-shutdown"));
    server.startup();
    server.awaitShutdown();
  }

  private static void format(Path file) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    int status =
        StorageTool.execute(
            new String[] {
              "format",
              "-t",
              Uuid.randomUuid().toString(),
              "-c",
              file.toString(),
              "--ignore-formatted"
            },
            new PrintStream(output, true, StandardCharsets.UTF_8));
    if (status != 0) {
      throw new IllegalStateException(
          "could not format the broker's folder: " + output.toString(StandardCharsets.UTF_8));
    }
  }
}
