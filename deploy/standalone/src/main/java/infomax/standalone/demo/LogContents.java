package infomax.standalone.demo;

import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.Positions;
import infomax.events.Topic;
import infomax.events.image.CanonicalImage;
import infomax.events.image.ImageEvent;
import infomax.events.image.ImageEvent.ImageDeleted;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.MalformedRecordException;
import infomax.runtime.kafka.KafkaClients;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * What {@code images} holds, read by a consumer of its own: the newest image of every id that was
 * not deleted. The independent witness against which an index is compared.
 *
 * @param images newest image by id; canonical bytes included
 * @param end the positions it was read to
 */
record LogContents(Map<ImageId, Stored> images, Positions end) {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /**
   * An image of the log.
   *
   * @param image its canonical form
   * @param label its label, if it has one
   */
  record Stored(CanonicalImage image, Optional<String> label) {
    /** SHA-256 of the canonical bytes. */
    Digest digest() {
      return image.digest();
    }
  }

  LogContents {
    images = Collections.unmodifiableMap(new TreeMap<>(images));
  }

  /** Reads everything that is committed at this moment. */
  static LogContents read(KafkaClients clients) throws IOException {
    List<TopicPartition> partitions =
        IntStream.range(0, Topic.IMAGES.partitions())
            .mapToObj(partition -> new TopicPartition(Topic.IMAGES.name(), partition))
            .toList();
    Map<ImageId, Stored> images = new TreeMap<>();
    try (Consumer<byte[], byte[]> consumer = clients.consumer("demo-witness", 16 * 1024 * 1024)) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long deadlineNanos = System.nanoTime() + TIMEOUT.toNanos();
      while (partitions.stream()
          .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
        if (System.nanoTime() > deadlineNanos) {
          throw new IOException(
              "the topic images could not be read within " + TIMEOUT.toSeconds() + " s");
        }
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        for (ConsumerRecord<byte[], byte[]> consumed : records) {
          apply(images, consumed);
        }
      }
      Map<Integer, Long> positions = new TreeMap<>();
      ends.forEach((partition, end) -> positions.put(partition.partition(), end));
      return new LogContents(images, Positions.ofOffsets(positions));
    }
  }

  private static void apply(Map<ImageId, Stored> images, ConsumerRecord<byte[], byte[]> consumed)
      throws IOException {
    try {
      ImageEvent event = ImageEventCodec.read(consumed);
      switch (event) {
        case ImageStored stored ->
            images.put(stored.id(), new Stored(stored.image(), stored.metadata().label()));
        case ImageDeleted deleted -> images.remove(deleted.id());
      }
    } catch (MalformedRecordException e) {
      throw new IOException(
          "record " + consumed.partition() + "/" + consumed.offset() + " of images is malformed",
          e);
    }
  }
}
