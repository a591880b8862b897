package infomax.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Topic;
import infomax.runtime.process.ChildJvm;
import infomax.testing.TestingKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of ingest and of the broker in the middle of a stream: ingest goes on, and each
 * upload leads to exactly one record.
 */
final class UploadsKillIT {

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  /** A start of ingest, a restart of the broker, and a transaction that has to time out. */
  private static final Duration GOES_ON = Duration.ofSeconds(60);

  @TempDir Path folder;

  private enum Victim {
    INGEST,
    BROKER,
    BOTH
  }

  @Test
  void eachUploadLeadsToOneRecordThoughIngestAndTheBrokerAreKilled() throws Exception {
    kill(3);
  }

  @Test
  @Tag("soak")
  void eachUploadLeadsToOneRecordHoweverOftenIngestAndTheBrokerAreKilled() throws Exception {
    kill(30);
  }

  private void kill(int rounds) throws Exception {
    long seed = Long.getLong("infomax.seed", System.nanoTime());
    System.out.println("seed of UploadsKillIT: " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    List<Victim> victims = new ArrayList<>(List.of(Victim.values()));
    Collections.shuffle(victims, new Random(seed));
    ChildJvm ingest = start();
    try (Camera camera = Camera.start(KAFKA.clients());
        ImageIds images = new ImageIds()) {
      for (int round = 0; round < rounds; round++) {
        Victim victim = victims.get(round % victims.size());
        images.await(camera.taken() + 1 + random.nextInt(200));
        System.out.printf("round %d: kill %s after %d images%n", round, victim, images.count());
        if (victim != Victim.BROKER) {
          ingest.kill();
        }
        if (victim != Victim.INGEST) {
          KAFKA.broker().kill();
          KAFKA.broker().restart();
        }
        if (victim != Victim.BROKER) {
          ingest = start();
        }
        long begin = System.nanoTime();
        images.await(camera.taken());
        System.out.printf(
            "round %d: goes on after %.1f s%n", round, (System.nanoTime() - begin) / 1e9);
      }
      camera.stop();
      Map<String, Integer> uploaded = TopicReader.timesByKey(KAFKA.clients(), Topic.UPLOADS);
      assertThat(uploaded).hasSize(camera.taken());
      images.await(camera.taken());
      assertThat(TopicReader.timesByKey(KAFKA.clients(), Topic.IMAGES)).isEqualTo(uploaded);
    } finally {
      ingest.kill();
    }
  }

  /** Follows the topic. */
  private static final class ImageIds implements AutoCloseable {

    private final Consumer<byte[], byte[]> consumer =
        KAFKA.clients().consumer("follower", 1024 * 1024);
    private final Set<String> ids = new HashSet<>();

    ImageIds() {
      List<TopicPartition> partitions =
          IntStream.range(0, Topic.IMAGES.partitions())
              .mapToObj(partition -> new TopicPartition(Topic.IMAGES.name(), partition))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
    }

    int count() {
      return ids.size();
    }

    void await(int count) throws Exception {
      long deadline = System.nanoTime() + GOES_ON.toNanos();
      while (ids.size() < count) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          ids.add(new String(record.key(), UTF_8));
        }
        if (System.nanoTime() > deadline) {
          throw new AssertionError(
              "the stream stands still at " + ids.size() + " of " + count + " images");
        }
      }
    }

    @Override
    public void close() {
      consumer.close();
    }
  }

  private ChildJvm start() throws IOException {
    Path settings = folder.resolve("ingest.properties");
    Files.writeString(
        settings,
        "kafka.bootstrap-servers=" + KAFKA.clients().bootstrapServers() + "\nhttp.port=0\n");
    // Killed again and again: compiling it well would cost more than it gives.
    return ChildJvm.start(
        "ingest",
        IngestProcess.class,
        List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
        List.of(settings.toString()),
        folder);
  }
}
