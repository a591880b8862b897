package infomax.broker;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import javax.management.AttributeNotFoundException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a killed broker leaves in the cluster metadata: a registration that still leads every
 * partition.
 *
 * <p>A lone Kafka 4.3.1 broker that starts on such metadata believes it leads, loads the
 * transactions that were being completed, and cannot reach itself yet to write their markers. Then
 * its new registration replaces the old one, for a moment no partition has a leader, and the
 * transaction coordinator takes that for deleted partitions: it drops the markers and calls the
 * transaction complete ({@code TransactionMarkerChannelManager}, "likely deleted already and hence
 * can be skipped"). From then on nobody who reads committed records gets past that transaction.
 * Therefore the controller runs alone first, until it has fenced the dead registration; the broker
 * then becomes leader, and coordinator, only when it serves. This is also faster than a start that
 * waits for the session of its predecessor to end.
 */
final class DeadIncarnation {

  private static final Logger LOG = LoggerFactory.getLogger(DeadIncarnation.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(15);
  private static final Duration POLL = Duration.ofMillis(20);

  /** Written by Kafka's log manager at a clean stop, deleted at the start. */
  private static final String CLEAN_STOP = ".kafka_cleanshutdown";

  private DeadIncarnation() {}

  /** True if the broker of these properties, whose folder is formatted, did not stop cleanly. */
  static boolean isLeftIn(Properties properties) {
    return !Files.exists(Path.of(properties.getProperty("log.dirs"), CLEAN_STOP));
  }

  /** Returns when the controller has fenced it, or with a warning after 15 seconds. */
  static void fence(Properties broker) throws InterruptedException {
    KafkaRaftServer server =
        new KafkaRaftServer(new KafkaConfig(controllerOnly(broker), false), Time.SYSTEM);
    server.startup();
    try {
      long deadlineNanos = System.nanoTime() + TIMEOUT.toNanos();
      while (!isFenced()) {
        if (System.nanoTime() > deadlineNanos) {
          LOG.warn("the last run's registration was not fenced within {} s", TIMEOUT.toSeconds());
          return;
        }
        Thread.sleep(POLL);
      }
    } finally {
      server.shutdown();
      server.awaitShutdown();
    }
  }

  private static Properties controllerOnly(Properties broker) {
    Properties controller = new Properties();
    controller.putAll(broker);
    String name = broker.getProperty("controller.listener.names");
    for (String listener : broker.getProperty("listeners").split(",", -1)) {
      if (listener.startsWith(name + "://")) {
        controller.put("listeners", listener);
      }
    }
    controller.put("process.roles", "controller");
    controller.remove("advertised.listeners");
    controller.remove("inter.broker.listener.name");
    // No broker runs here that could be fenced by mistake.
    controller.put("broker.session.timeout.ms", "200");
    controller.put("broker.heartbeat.interval.ms", "100");
    return controller;
  }

  private static boolean isFenced() {
    return metric("ActiveControllerCount") == 1
        && metric("FencedBrokerCount") == 1
        && metric("ActiveBrokerCount") == 0;
  }

  /** One of the controller's documented metrics; -1 while it is not there. */
  private static int metric(String name) {
    MBeanServer metrics = ManagementFactory.getPlatformMBeanServer();
    try {
      return ((Number)
              metrics.getAttribute(
                  new ObjectName("kafka.controller:type=KafkaController,name=" + name), "Value"))
          .intValue();
    } catch (InstanceNotFoundException | AttributeNotFoundException e) {
      return -1;
    } catch (JMException e) {
      throw new IllegalStateException("could not read the controller's metric " + name, e);
    }
  }
}
