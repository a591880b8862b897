package infomax.search.query;

import infomax.events.Digest;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.ServedPrecision;
import infomax.search.live.LiveGeneration;

/**
 * The encoder of an answer.
 *
 * @param version release version; 0 is the untrained network
 * @param digest SHA-256 of the ONNX file that index and query come from
 * @param precision which of the release's files that is
 * @param verdict what its gate said; {@code untrained} for release 0
 */
public record EncoderBody(int version, Digest digest, ServedPrecision precision, Verdict verdict) {

  /** The encoder of a generation. */
  public static EncoderBody of(LiveGeneration live) {
    EncoderRelease release = live.release();
    Digest file = live.encoder().digest();
    return new EncoderBody(
        release.version(),
        file,
        release.precisionOf(file).orElse(ServedPrecision.FLOAT32),
        release.verdict());
  }
}
