package infomax.testing;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Digest;
import infomax.events.Topic;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.signal.Signal;
import infomax.runtime.control.ControlLog;
import infomax.runtime.control.ControlWriter;
import infomax.runtime.kafka.Topics;
import infomax.runtime.signal.SignalFeed;
import infomax.runtime.signal.SignalSender;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The fixture itself, and with it broker, topics, control and signals on the real thing. */
class KafkaFixtureIT {

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  @Test
  void everyTopicHasItsPartitions() {
    try (Admin admin = KAFKA.clients().admin("test")) {
      for (Topic topic : Topic.ALL) {
        assertThat(new Topics(admin).describe(topic.name()).partitions())
            .hasSize(topic.partitions());
      }
    }
  }

  @Test
  void aDecisionIsSeenAtOnceAndAfterTheBrokerWasKilled() throws Exception {
    ControlRequest request =
        new ControlRequest(
            Digest.of("a".getBytes(StandardCharsets.UTF_8)).hex(),
            Kind.TRAIN,
            Map.of(ControlRequest.PRESET, "default"),
            "test",
            "because",
            Instant.EPOCH,
            Instant.EPOCH.plusSeconds(60),
            Status.PENDING,
            "");
    try (ControlWriter writer = new ControlWriter(KAFKA.clients(), "test");
        ControlLog log = ControlLog.open(KAFKA.clients(), "test", Duration.ofSeconds(20))) {
      writer.append(request);
      log.await(state -> state.requests().containsKey(request.id()), Duration.ofSeconds(10));
      KAFKA.broker().kill();
      KAFKA.broker().restart();
      writer.append(request.as(Status.DONE, "done"));
      log.await(
          state -> state.requests().get(request.id()).status() == Status.DONE,
          Duration.ofSeconds(30));
    }
    try (ControlLog later = ControlLog.open(KAFKA.clients(), "later", Duration.ofSeconds(20))) {
      assertThat(later.state().requests().get(request.id()))
          .isEqualTo(request.as(Status.DONE, "done"));
    }
  }

  @Test
  void aDecisionThatCannotBeReadIsCountedUntilThereIsAnotherOne() throws Exception {
    String key = ControlRequest.KEY_PREFIX + "of-the-future";
    try (Producer<byte[], byte[]> producer = KAFKA.clients().producer("future");
        ControlLog log = ControlLog.open(KAFKA.clients(), "test", Duration.ofSeconds(20))) {
      assertThat(log.unreadableValues()).isZero();
      producer.send(control(key, "{\"kind\": \"foresee\"}".getBytes(StandardCharsets.UTF_8))).get();
      Awaitility.await().untilAsserted(() -> assertThat(log.unreadableValues()).isEqualTo(1));
      producer.send(control(key, null)).get();
      Awaitility.await().untilAsserted(() -> assertThat(log.unreadableValues()).isZero());
    }
  }

  private static ProducerRecord<byte[], byte[]> control(String key, byte @Nullable [] value) {
    return new ProducerRecord<>(
        Topic.CONTROL.name(), 0, key.getBytes(StandardCharsets.UTF_8), value);
  }

  /** A lone broker that restarts too naively loses the abort marker, and readers stop for good. */
  @Test
  void anOpenTransactionHoldsNobodyBackForGoodWhenTheBrokerIsKilledWithIt() throws Exception {
    Duration timeout = Duration.ofSeconds(1);
    TopicPartition partition = new TopicPartition(Topic.IMAGES.name(), 0);
    try (Consumer<byte[], byte[]> consumer = KAFKA.clients().consumer("reader", 1024 * 1024);
        Producer<byte[], byte[]> doomed = KAFKA.clients().transactionalProducer("doomed", timeout);
        Producer<byte[], byte[]> other = KAFKA.clients().producer("other")) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      doomed.initTransactions();
      doomed.beginTransaction();
      doomed.send(record(partition, "aborted")).get();
      long openedNanos = System.nanoTime();
      KAFKA.broker().kill();
      Awaitility.await().until(() -> System.nanoTime() - openedNanos > timeout.toNanos());
      KAFKA.broker().restart();
      other.send(record(partition, "committed")).get();
      List<String> read = new ArrayList<>();
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> {
                for (ConsumerRecord<byte[], byte[]> one : consumer.poll(Duration.ofMillis(100))) {
                  read.add(new String(one.key(), StandardCharsets.UTF_8));
                }
                return !read.isEmpty();
              });
      assertThat(read).containsExactly("committed");
    }
  }

  private static ProducerRecord<byte[], byte[]> record(TopicPartition partition, String key) {
    return new ProducerRecord<>(
        partition.topic(),
        partition.partition(),
        key.getBytes(StandardCharsets.UTF_8),
        new byte[1]);
  }

  @Test
  void aSignalReachesWhoFollows() {
    List<Signal> heard = new CopyOnWriteArrayList<>();
    try (SignalFeed feed = SignalFeed.start(KAFKA.clients(), "test");
        SignalSender sender = new SignalSender(KAFKA.clients(), "test")) {
      feed.follow(heard::add);
      Signal signal = new Signal.PublicationMade(Instant.EPOCH, 1, 0, 7);
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .pollInterval(Duration.ofMillis(200))
          .untilAsserted(
              () -> {
                sender.send(signal);
                assertThat(heard).contains(signal);
              });
    }
  }
}
