package infomax.standalone.demo;

import java.util.List;

/**
 * An answer of the search API to a query by image, to be checked.
 *
 * @param queryImage the query's bytes
 * @param encoderVersion encoder release the answer names
 * @param hits what it holds, scores by cosine
 */
@SuppressWarnings("ArrayRecordComponent") // query bytes, handed on and never compared
public record ServedAnswer(byte[] queryImage, int encoderVersion, List<Hit> hits) {

  /**
   * One hit.
   *
   * @param id image id
   * @param digest digest of the image the score was computed from
   * @param score cosine
   */
  public record Hit(String id, String digest, double score) {}
}
