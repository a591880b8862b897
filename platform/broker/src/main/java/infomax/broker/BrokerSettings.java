package infomax.broker;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/**
 * How the embedded broker runs.
 *
 * @param folder holds its log, its properties and its output
 * @param port client port on the loopback interface; 0 picks a free one at every start
 * @param heapMebibytes heap of its JVM
 * @param overrides broker settings by Kafka's keys, on top of the single-broker defaults
 */
public record BrokerSettings(
    Path folder, int port, int heapMebibytes, Map<String, String> overrides) {

  /** Copies the overrides. */
  public BrokerSettings {
    overrides = Map.copyOf(overrides);
  }

  /** A broker in {@code folder} on a free port with a heap of 384 MiB. */
  public static BrokerSettings in(Path folder) {
    return new BrokerSettings(folder, 0, 384, Map.of());
  }

  /** The same with one more broker setting. */
  public BrokerSettings with(String key, String value) {
    Map<String, String> more = new java.util.HashMap<>(overrides);
    more.put(key, value);
    return new BrokerSettings(folder, port, heapMebibytes, more);
  }

  Properties properties(int clientPort, int controllerPort) {
    Properties properties = new Properties();
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", "1");
    properties.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    properties.put(
        "listeners",
        "CLIENT://127.0.0.1:" + clientPort + ",CONTROLLER://127.0.0.1:" + controllerPort);
    properties.put("advertised.listeners", "CLIENT://127.0.0.1:" + clientPort);
    properties.put("listener.security.protocol.map", "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    properties.put("inter.broker.listener.name", "CLIENT");
    properties.put("controller.listener.names", "CONTROLLER");
    properties.put("log.dirs", folder.resolve("log").toString());
    properties.put("auto.create.topics.enable", "false");
    properties.put("default.replication.factor", "1");
    properties.put("min.insync.replicas", "1");
    // Every internal topic of a lone broker: one replica, few partitions.
    for (String topic :
        new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
      properties.put(topic + ".replication.factor", "1");
    }
    properties.put("transaction.state.log.min.isr", "1");
    properties.put("share.coordinator.state.topic.min.isr", "1");
    properties.put("offsets.topic.num.partitions", "4");
    properties.put("transaction.state.log.num.partitions", "4");
    properties.put("share.coordinator.state.topic.num.partitions", "1");
    properties.put("group.initial.rebalance.delay.ms", "0");
    properties.put("group.min.session.timeout.ms", "3000");
    // After a kill an open transaction holds back committed readers until this scan finds it.
    properties.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
    properties.put("transaction.max.timeout.ms", "60000");
    properties.put("log.cleaner.dedupe.buffer.size", "16777216");
    properties.put("log.cleaner.threads", "1");
    properties.put("message.max.bytes", "1048588");
    properties.put("replica.fetch.max.bytes", "13631488");
    properties.put("num.network.threads", "2");
    properties.put("num.io.threads", "4");
    properties.put("num.recovery.threads.per.data.dir", "2");
    properties.put("background.threads", "2");
    // A stop that the controller knows of lets the next start register at once.
    properties.put("controlled.shutdown.enable", "true");
    properties.putAll(overrides);
    return properties;
  }
}
