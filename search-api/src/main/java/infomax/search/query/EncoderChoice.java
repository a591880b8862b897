package infomax.search.query;

import infomax.events.Digest;
import infomax.runtime.http.Problem;
import infomax.search.live.LiveGeneration;

/**
 * The encoder a client insists on: a release version, or the SHA-256 of its file.
 *
 * @param text as the client wrote it
 */
record EncoderChoice(String text) {

  /**
   * Refuses an answer by another encoder.
   *
   * @throws Problem 409 if the generation was built with another one
   */
  void verify(LiveGeneration live) {
    int version = live.release().version();
    Digest file = live.encoder().digest();
    boolean same = text.equals(Integer.toString(version)) || text.equals(file.hex());
    if (!same) {
      throw Problem.of(
              409,
              "encoder_mismatch",
              "the vector is said to come from encoder "
                  + text
                  + ", but encoder "
                  + version
                  + " ("
                  + file
                  + ") answers; embed the image with that one, or search by image or id")
          .with("field", "encoder")
          .with("encoder", EncoderBody.of(live));
    }
  }
}
