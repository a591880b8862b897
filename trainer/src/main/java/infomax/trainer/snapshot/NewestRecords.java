package infomax.trainer.snapshot;

import infomax.events.ImageId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Where the newest value of every image lies, gathered record by record. Ids never change their
 * partition, so the last record seen of an id is its newest. Not thread-safe.
 */
final class NewestRecords {

  private final Map<ImageId, Place> places = new HashMap<>();
  private long malformed;

  /**
   * Where a record lies.
   *
   * @param partition its partition
   * @param offset its offset
   */
  record Place(int partition, long offset) {}

  /**
   * An image of the selection.
   *
   * @param id the image
   * @param hash of its id
   * @param place where its newest value lies
   */
  record Chosen(ImageId id, IdHash hash, Place place) {}

  void see(ConsumerRecord<byte[], byte[]> consumed) {
    ImageId id;
    try {
      id = ImageId.of(consumed.key() == null ? new byte[0] : consumed.key());
    } catch (IllegalArgumentException e) {
      malformed++;
      return;
    }
    if (consumed.value() == null) {
      places.remove(id);
    } else {
      places.put(id, new Place(consumed.partition(), consumed.offset()));
    }
  }

  /** Records whose key is no image id. */
  long malformed() {
    return malformed;
  }

  /** Images with a value. */
  int images() {
    return places.size();
  }

  /**
   * At most {@code imagesMax} images, drawn by id hash, in order of the id hash: a function of the
   * set of ids alone.
   */
  List<Chosen> choose(int imagesMax) {
    List<Chosen> chosen = new ArrayList<>(places.size());
    places.forEach((id, place) -> chosen.add(new Chosen(id, IdHash.of(id), place)));
    if (chosen.size() > imagesMax) {
      chosen.sort(Comparator.comparing(Chosen::hash, IdHash.BY_DRAW));
      chosen.subList(imagesMax, chosen.size()).clear();
    }
    chosen.sort(Comparator.comparing(Chosen::hash, IdHash.BY_ORDER));
    return chosen;
  }
}
