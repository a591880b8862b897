package infomax.index;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The manifests read last, so that bytes that were read before are not parsed again. Thread-safe.
 */
final class ReadManifests {

  private static final int KEPT_MAX = 32;

  private final Map<String, Read> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Read> eldest) {
          return size() > KEPT_MAX;
        }
      };

  /**
   * The manifest that these bytes are.
   *
   * @throws IllegalArgumentException if they are not those that were written
   */
  Manifest manifest(String name, byte[] bytes) {
    synchronized (kept) {
      Read before = kept.get(name);
      if (before != null && Arrays.equals(before.bytes, bytes)) {
        return before.manifest;
      }
    }
    Manifest manifest = ManifestCodec.read(bytes);
    synchronized (kept) {
      kept.put(name, new Read(bytes, manifest));
    }
    return manifest;
  }

  /** Bytes that are never changed, and what they are. */
  private static final class Read {
    private final byte[] bytes;
    private final Manifest manifest;

    Read(byte[] bytes, Manifest manifest) {
      this.bytes = bytes;
      this.manifest = manifest;
    }
  }
}
