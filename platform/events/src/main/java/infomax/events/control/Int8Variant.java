package infomax.events.control;

import infomax.events.Digest;
import org.jspecify.annotations.Nullable;

/**
 * The int8 file of a release, or why it has none.
 *
 * @param onnx SHA-256 of the ONNX file; null if none is offered
 * @param onnxBytes its length; 0 if none is offered
 * @param golden SHA-256 of the golden images with this file's vectors; null if none is offered
 * @param recallAt10 share of the float32 file's ten nearest that this one finds too, among the
 *     held-out images, 0 to 1
 * @param cosineMean mean cosine of its embeddings of the held-out images with the float32 file's
 * @param reason why it is offered or is not, one sentence
 */
public record Int8Variant(
    @Nullable Digest onnx,
    long onnxBytes,
    @Nullable Digest golden,
    double recallAt10,
    double cosineMean,
    String reason) {

  /** Checks that the files are there, or that none is. */
  public Int8Variant {
    boolean offered = onnx != null;
    if (offered != (golden != null) || offered != onnxBytes > 0) {
      throw new IllegalArgumentException(
          "int8 file %s of %d bytes with golden images %s, expected all or nothing"
              .formatted(onnx, onnxBytes, golden));
    }
  }

  /** A variant that is not offered. */
  public static Int8Variant refused(double recallAt10, double cosineMean, String reason) {
    return new Int8Variant(null, 0, null, recallAt10, cosineMean, reason);
  }
}
