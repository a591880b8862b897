package infomax.events;

/**
 * Where one write went: what a Kafka producer learns from its acknowledgement. A place satisfies a
 * token once it lies above the token's offset.
 *
 * @param topic topic name
 * @param partition partition, from 0
 * @param offset offset of the record, from 0
 */
public record Token(String topic, int partition, long offset) {

  /** Checks the ranges. */
  public Token {
    if (topic.isEmpty() || partition < 0 || offset < 0) {
      throw new IllegalArgumentException(
          "token "
              + topic
              + "/"
              + partition
              + "/"
              + offset
              + ", expected a topic, partition >= 0 and offset >= 0");
    }
  }
}
