package infomax.trainer.snapshot;

import infomax.events.Position;
import infomax.events.Positions;
import infomax.events.image.ImageEvent;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.MalformedRecordException;
import infomax.imaging.EncoderPixels;
import infomax.imaging.UndecodableImageException;
import infomax.runtime.kafka.KafkaClients;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads the images that came last, a few hundred of them. Thread-safe. */
public final class NewestImages {

  private final KafkaClients clients;
  private final int imagesMax;

  /**
   * A reader of the log behind {@code clients}.
   *
   * @param imagesMax about as many at most
   */
  public NewestImages(KafkaClients clients, int imagesMax) {
    this.clients = clients;
    this.imagesMax = imagesMax;
  }

  /**
   * The pixels of the newest images, 3 x s x s bytes each: as many from the end of each partition,
   * since ids spread evenly over them. What cannot be decoded is left out.
   *
   * @param after only what came after these positions
   * @param inputSize s, side of the images in pixels
   */
  public List<byte[]> read(Positions after, int inputSize) throws InterruptedException {
    try (LogScan scan = LogScan.open(clients, "trainer-newest")) {
      Positions ends = scan.ends();
      long perPartition = Math.ceilDiv(imagesMax, Math.max(1, ends.byPartition().size()));
      Positions begin = after;
      for (int partition : ends.byPartition().keySet()) {
        long newest = ends.offset(partition) - perPartition;
        if (newest > begin.offset(partition)) {
          begin = begin.with(partition, Position.of(newest));
        }
      }
      List<byte[]> images = new ArrayList<>();
      scan.scan(begin, ends, consumed -> decode(consumed, inputSize, images));
      return images;
    }
  }

  private static void decode(
      ConsumerRecord<byte[], byte[]> consumed, int inputSize, List<byte[]> images) {
    try {
      if (consumed.value() != null
          && ImageEventCodec.read(consumed) instanceof ImageEvent.ImageStored stored) {
        images.add(EncoderPixels.of(stored.image(), inputSize).bytes());
      }
    } catch (MalformedRecordException | UndecodableImageException e) {
      // The indexer counts and tells of it; here it is one image fewer.
    }
  }
}
