package infomax.search.query;

import infomax.events.control.EncoderRelease;
import infomax.runtime.http.Problem;

/**
 * The encoder a client insists on: a release version, or the SHA-256 of its file.
 *
 * @param text as the client wrote it
 */
record EncoderChoice(String text) {

  /**
   * Refuses an answer by another encoder.
   *
   * @throws Problem 409 if {@code release} is not the chosen one
   */
  void verify(EncoderRelease release) {
    boolean same =
        text.equals(Integer.toString(release.version())) || text.equals(release.onnx().hex());
    if (!same) {
      throw Problem.of(
              409,
              "encoder_mismatch",
              "the vector is said to come from encoder "
                  + text
                  + ", but encoder "
                  + release.version()
                  + " ("
                  + release.onnx()
                  + ") answers; embed the image with that one, or search by image or id")
          .with("field", "encoder")
          .with("encoder", EncoderBody.of(release));
    }
  }
}
