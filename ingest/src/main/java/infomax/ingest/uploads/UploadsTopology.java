package infomax.ingest.uploads;

import infomax.events.ImageId;
import infomax.events.Topic;
import infomax.ingest.intake.UploadIntake;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;

/**
 * The topology.
 *
 * <pre>
 * images.uploads --> uploads --> sorting --> images   --> images
 *                                       \--> rejected --> images.rejected
 * </pre>
 */
final class UploadsTopology {

  private static final String SOURCE = "uploads";
  private static final String SORTING = "sorting";
  private static final String IMAGES = "images";
  private static final String REJECTED = "rejected";

  private UploadsTopology() {}

  static Topology of(UploadIntake intake) {
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    ByteArraySerializer asBytes = new ByteArraySerializer();
    return new Topology()
        .addSource(
            AutoOffsetReset.earliest(),
            SOURCE,
            UploadsTopology::timestampMillis,
            bytes,
            bytes,
            Topic.UPLOADS.name())
        .addProcessor(SORTING, () -> new UploadSorting(intake, IMAGES, REJECTED), SOURCE)
        .addSink(
            IMAGES,
            Topic.IMAGES.name(),
            asBytes,
            asBytes,
            (String topic, byte[] key, byte[] value, int partitions) ->
                Optional.of(Set.of(ImageId.of(key).partition(partitions))),
            SORTING)
        .addSink(REJECTED, Topic.REJECTED.name(), asBytes, asBytes, SORTING);
  }

  /** A record without a timestamp takes the newest of its partition instead of being dropped. */
  private static long timestampMillis(ConsumerRecord<Object, Object> upload, long partitionMillis) {
    return upload.timestamp() >= 0 ? upload.timestamp() : Math.max(0, partitionMillis);
  }
}
