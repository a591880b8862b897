package infomax.indexer.generation;

import infomax.events.Digest;
import infomax.events.image.CanonicalImage;
import infomax.events.image.ImageFormat;
import infomax.imaging.EncoderPixels;
import infomax.imaging.UndecodableImageException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The pixels of images decoded lately, those used least lately dropped first: every generation
 * embeds the same images within a short time, and decoding is a quarter of the work. Thread-safe.
 */
final class DecodedImages {

  private final long bytesMax;
  private final Decoding decoding;
  private final Map<Key, EncoderPixels> pixels = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  private record Key(Digest digest, ImageFormat format, int size) {
    long bytes() {
      return 3L * size * size;
    }
  }

  /**
   * Holds nothing yet.
   *
   * @param bytesMax most bytes of pixels to hold
   */
  DecodedImages(long bytesMax) {
    this(bytesMax, EncoderPixels::of);
  }

  /** As {@link #DecodedImages(long)}, decoding as {@code decoding} does. */
  DecodedImages(long bytesMax, Decoding decoding) {
    this.bytesMax = bytesMax;
    this.decoding = decoding;
  }

  /** Makes pixels of an image. */
  @FunctionalInterface
  interface Decoding {
    EncoderPixels pixels(CanonicalImage image, int size) throws UndecodableImageException;
  }

  /**
   * The pixels of an image, decoded if they are not held.
   *
   * @throws UndecodableImageException if the bytes are not a canonical image
   */
  EncoderPixels pixels(CanonicalImage image, int size) throws UndecodableImageException {
    Key key = new Key(image.digest(), image.format(), size);
    synchronized (this) {
      EncoderPixels held = pixels.get(key);
      if (held != null) {
        return held;
      }
    }
    EncoderPixels decoded = decoding.pixels(image, size);
    hold(key, decoded);
    return decoded;
  }

  private synchronized void hold(Key key, EncoderPixels decoded) {
    if (pixels.putIfAbsent(key, decoded) != null) {
      return;
    }
    bytes += key.bytes();
    Iterator<Key> eldest = pixels.keySet().iterator();
    while (bytes > bytesMax) {
      bytes -= eldest.next().bytes();
      eldest.remove();
    }
  }
}
