package infomax.search.release;

import infomax.events.Digest;
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

  /** The verified bytes of an artifact. */
  byte[] read(Digest digest) {
    return store.read(digest);
  }

  /** The media type of an artifact, told by its bytes; remembered, since they never change. */
  String mediaType(Digest digest) {
    String known = mediaTypes.get(digest);
    if (known != null) {
      return known;
    }
    try {
      String found = sniff(store.read(digest));
      mediaTypes.put(digest, found);
      return found;
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
