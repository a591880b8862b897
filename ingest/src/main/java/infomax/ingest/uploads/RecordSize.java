package infomax.ingest.uploads;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Upper bounds of what a record takes in a topic, to be checked before it is sent. */
final class RecordSize {

  /** A batch's header with room for the record's own fields. */
  private static final int FIXED_BYTES = 128;

  /** Two lengths as variable-length numbers. */
  private static final int HEADER_BYTES = 10;

  private RecordSize() {}

  static long upperBound(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
    long size = FIXED_BYTES + (long) length(key) + length(value);
    for (Header header : headers) {
      size +=
          HEADER_BYTES
              + header.key().getBytes(StandardCharsets.UTF_8).length
              + length(header.value());
    }
    return size;
  }

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
