package infomax.search.content;

import infomax.events.Digest;
import infomax.events.image.CanonicalImage;

/**
 * The bytes of an image as they are sent to browsers.
 *
 * @param mediaType told by the leading bytes, not by a header
 * @param bytes the encoded image; shared, not to be changed
 * @param digest SHA-256 of the bytes
 */
@SuppressWarnings("ArrayRecordComponent") // shared on purpose; compared by digest, never by array
record ImageContent(String mediaType, byte[] bytes, Digest digest) {

  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G'};

  static ImageContent of(CanonicalImage image) {
    return new ImageContent(sniff(image.bytes()), image.bytes(), image.digest());
  }

  private static String sniff(byte[] bytes) {
    if (bytes.length > 2
        && (bytes[0] & 0xFF) == 0xFF
        && (bytes[1] & 0xFF) == 0xD8
        && (bytes[2] & 0xFF) == 0xFF) {
      return "image/jpeg";
    }
    boolean png = bytes.length >= PNG.length;
    for (int ordinal = 0; png && ordinal < PNG.length; ordinal++) {
      png = bytes[ordinal] == PNG[ordinal];
    }
    return png ? "image/png" : "application/octet-stream";
  }
}
