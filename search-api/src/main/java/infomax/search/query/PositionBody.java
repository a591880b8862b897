package infomax.search.query;

import infomax.events.Topic;
import infomax.index.IndexedImage;

/**
 * Where the newest record of an image lies; the form of a token.
 *
 * @param topic topic name
 * @param partition partition
 * @param offset offset
 */
record PositionBody(String topic, int partition, long offset) {

  static PositionBody of(IndexedImage image) {
    return new PositionBody(Topic.IMAGES.name(), image.partition(), image.offset());
  }
}
