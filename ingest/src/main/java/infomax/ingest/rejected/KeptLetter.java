package infomax.ingest.rejected;

import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.image.DeadLetter;
import infomax.ingest.intake.UploadIntake;
import java.util.Optional;

/**
 * A dead letter at its place in {@code images.rejected}.
 *
 * @param offset its offset, which names it
 * @param timestampMillis the refused record's own time
 * @param letter what it holds
 */
record KeptLetter(long offset, long timestampMillis, DeadLetter letter) {

  /**
   * The image that the letter's bytes would become: named by the key, else by {@code ce_subject},
   * else by the bytes. Empty if the name is none an image can have, so no image has it either.
   */
  Optional<ImageId> id() {
    try {
      if (letter.key() != null) {
        return Optional.of(ImageId.of(letter.key()));
      }
      String subject =
          letter.originHeaders().stream()
              .filter(header -> header.key().equalsIgnoreCase(UploadIntake.SUBJECT))
              .filter(header -> header.value() != null)
              .reduce((_, last) -> last)
              .map(header -> new String(header.value(), java.nio.charset.StandardCharsets.UTF_8))
              .orElse(null);
      if (subject != null) {
        return Optional.of(new ImageId(subject));
      }
      return letter.value() == null
          ? Optional.empty()
          : Optional.of(ImageId.ofContent(Digest.of(letter.value())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
