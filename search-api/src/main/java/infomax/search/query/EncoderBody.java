package infomax.search.query;

import infomax.events.Digest;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;

/**
 * The encoder of an answer.
 *
 * @param version release version; 0 is the untrained network
 * @param digest SHA-256 of its ONNX file
 * @param verdict what its gate said; {@code untrained} for release 0
 */
public record EncoderBody(int version, Digest digest, Verdict verdict) {

  /** The encoder of a release. */
  public static EncoderBody of(EncoderRelease release) {
    return new EncoderBody(release.version(), release.onnx(), release.verdict());
  }
}
