package infomax.search.release;

import infomax.events.Digest;
import infomax.events.control.EncoderRelease;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The files of releases in the object store, and what they are. Thread-safe. */
public final class Artifacts {

  private static final String BINARY = "application/octet-stream";

  private final ObjectStore store;
  private final Map<Digest, String> mediaTypes = new ConcurrentHashMap<>();

  /** Artifacts in {@code store}. */
  public Artifacts(ObjectStore store) {
    this.store = store;
  }

  /**
   * The verified bytes of an artifact.
   *
   * @throws infomax.store.ObjectBrokenException if the store does not have it, or not right
   * @throws ObjectStoreException if the store does not answer, which may pass
   */
  byte[] read(Digest digest) {
    byte[] bytes = store.read(digest);
    mediaTypes.computeIfAbsent(digest, _ -> sniff(bytes));
    return bytes;
  }

  /**
   * The media type of an artifact of a release, told by its bytes; remembered, since they never
   * change. The encoder itself is not read for it: by far the longest file, and known for what it
   * is.
   */
  String mediaType(EncoderRelease release, Digest digest) {
    if (release.precisionOf(digest).isPresent()) {
      return BINARY;
    }
    String known = mediaTypes.get(digest);
    if (known != null) {
      return known;
    }
    try {
      return sniff(read(digest));
    } catch (ObjectStoreException e) {
      // Listed all the same; asking for it says what is wrong.
      return BINARY;
    }
  }

  private static String sniff(byte[] bytes) {
    if (startsWith(bytes, 0x89, 'P', 'N', 'G')) {
      return "image/png";
    }
    if (startsWith(bytes, 0xFF, 0xD8, 0xFF)) {
      return "image/jpeg";
    }
    return startsWith(bytes, '{') || startsWith(bytes, '[') ? "application/json" : BINARY;
  }

  private static boolean startsWith(byte[] bytes, int... expected) {
    if (bytes.length < expected.length) {
      return false;
    }
    for (int ordinal = 0; ordinal < expected.length; ordinal++) {
      if ((bytes[ordinal] & 0xFF) != expected[ordinal]) {
        return false;
      }
    }
    return true;
  }
}
