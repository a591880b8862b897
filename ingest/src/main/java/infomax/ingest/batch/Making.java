package infomax.ingest.batch;

import infomax.ingest.intake.Upload;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the uploads of one body, adding what goes with every entry.
 *
 * @param metadata of entries that bring none, or null
 * @param passedThrough headers of the request that go with every entry
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record Making(byte @Nullable [] metadata, Map<String, String> passedThrough) {

  Entry entry(
      String name, @Nullable String id, byte @Nullable [] bytes, byte @Nullable [] ownMetadata) {
    byte @Nullable [] key = id == null ? null : id.getBytes(StandardCharsets.UTF_8);
    return new Entry.Whole(
        name, new Upload(key, bytes, ownMetadata == null ? metadata : ownMetadata, passedThrough));
  }
}
