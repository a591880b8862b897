package infomax.events.image;

import infomax.events.Digest;
import java.util.Arrays;
import java.util.Objects;

/**
 * An image in the form the system keeps: 8-bit sRGB, upright, no alpha, no metadata, longer side at
 * most 256 px, as JPEG or PNG. Only imaging makes one from foreign bytes; a reader of {@code
 * images} trusts the header and leaves the final word to the decoder. Immutable; equal when the
 * bytes are.
 */
public final class CanonicalImage {

  private final ImageFormat format;
  private final byte[] bytes;
  private final Digest digest;

  private CanonicalImage(ImageFormat format, byte[] bytes, Digest digest) {
    this.format = format;
    this.bytes = bytes;
    this.digest = digest;
  }

  /** Wraps encoded bytes without decoding them; the array is not copied and must not change. */
  public static CanonicalImage of(ImageFormat format, byte[] bytes) {
    return new CanonicalImage(format, bytes, Digest.of(bytes));
  }

  /** JPEG or PNG. */
  public ImageFormat format() {
    return format;
  }

  /** The encoded bytes, shared: callers must not change them. */
  public byte[] bytes() {
    return bytes;
  }

  /** SHA-256 of {@link #bytes()}. */
  public Digest digest() {
    return digest;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CanonicalImage image
        && format == image.format
        && Arrays.equals(bytes, image.bytes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(format, Arrays.hashCode(bytes));
  }

  @Override
  public String toString() {
    return "CanonicalImage[" + format + ", " + bytes.length + " bytes, " + digest + "]";
  }
}
