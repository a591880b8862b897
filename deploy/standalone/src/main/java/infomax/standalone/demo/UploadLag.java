package infomax.standalone.demo;

import infomax.events.Position;
import infomax.events.Topic;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.Topics;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** How far ingest is behind the producers, from the offsets its consumer group has committed. */
public final class UploadLag {

  private static final String GROUP = "infomax-ingest";

  private UploadLag() {}

  /** Offsets of {@code images.uploads} that ingest has not committed yet. */
  public static long of(KafkaClients clients) {
    try (Admin admin = clients.admin("demo-upload-lag")) {
      Map<TopicPartition, OffsetAndMetadata> committed =
          admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata().get();
      long lag = 0;
      for (Map.Entry<Integer, Position> end :
          new Topics(admin)
              .ends(Topic.UPLOADS.name(), Topic.UPLOADS.partitions())
              .byPartition()
              .entrySet()) {
        OffsetAndMetadata offset =
            committed.get(new TopicPartition(Topic.UPLOADS.name(), end.getKey()));
        lag += end.getValue().offset() - (offset == null ? 0 : offset.offset());
      }
      return lag;
    } catch (java.util.concurrent.ExecutionException e) {
      throw new KafkaException("the offsets of ingest cannot be read", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException(e);
    }
  }
}
