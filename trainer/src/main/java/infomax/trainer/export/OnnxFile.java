package infomax.trainer.export;

import infomax.events.Digest;

/** The bytes of an ONNX file and their digest. Immutable; equal when the bytes are. */
public final class OnnxFile {

  private final byte[] bytes;
  private final Digest digest;

  private OnnxFile(byte[] bytes) {
    this.bytes = bytes;
    this.digest = Digest.of(bytes);
  }

  /** Wraps the bytes, which must not change. */
  public static OnnxFile of(byte[] bytes) {
    return new OnnxFile(bytes);
  }

  /** The bytes, shared: callers must not change them. */
  public byte[] bytes() {
    return bytes;
  }

  /** SHA-256 of the bytes. */
  public Digest digest() {
    return digest;
  }

  /** Number of bytes. */
  public int length() {
    return bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OnnxFile file && digest.equals(file.digest);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  @Override
  public String toString() {
    return "OnnxFile[" + digest + ", " + bytes.length + " bytes]";
  }
}
