package infomax.index;

import infomax.events.Json;

/**
 * A manifest as bytes: {@link SealedJson} under {@code infomax-manifest 2}. Version 1 was the JSON
 * alone.
 */
final class ManifestCodec {

  private static final String HEAD = "infomax-manifest 2";

  private ManifestCodec() {}

  static byte[] write(Manifest manifest) {
    return SealedJson.seal(HEAD, Json.write(manifest));
  }

  /**
   * Reads a manifest.
   *
   * @throws IllegalArgumentException if the bytes are not those that were written
   */
  static Manifest read(byte[] bytes) {
    boolean unsealed = bytes.length > 0 && bytes[0] == '{';
    return Json.read(unsealed ? bytes : SealedJson.open(HEAD, bytes), Manifest.class);
  }
}
