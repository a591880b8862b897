package infomax.search.live;

import infomax.encoder.Encoder;
import infomax.encoder.signature.ReleaseTrust;
import infomax.events.Digest;
import infomax.events.control.EncoderRelease;
import infomax.store.ObjectStore;

/** An open encoder with its release, shared by the publications of one generation. Thread-safe. */
final class ServedEncoder {

  private final EncoderRelease release;
  private final Encoder encoder;
  private final References references;

  private ServedEncoder(EncoderRelease release, Encoder encoder) {
    this.release = release;
    this.encoder = encoder;
    this.references = new References(encoder::close);
  }

  /**
   * Opens the encoder of a release; the first reference is the caller's.
   *
   * @param file which of the release's ONNX files
   * @throws infomax.encoder.EncoderException if it cannot be used, or is not to be trusted
   */
  static ServedEncoder open(
      ObjectStore store,
      EncoderRelease release,
      Digest file,
      Encoder.Execution execution,
      ReleaseTrust trust) {
    trust.verify(release, store::read);
    Encoder encoder =
        Encoder.open(store.read(file), file, release.inputSize(), release.dimensions(), execution);
    return new ServedEncoder(release, encoder);
  }

  EncoderRelease release() {
    return release;
  }

  Encoder encoder() {
    return encoder;
  }

  /** Adds a reference; false if it is closed already. */
  boolean tryRetain() {
    return references.tryRetain();
  }

  void releaseReference() {
    references.release();
  }
}
