package infomax.events.image;

import infomax.events.ImageId;
import java.util.Map;

/** What happened to an image: one record of the topic {@code images}. */
public sealed interface ImageEvent {

  /** The image it happened to. */
  ImageId id();

  /**
   * An image was added or replaced.
   *
   * @param id the image
   * @param image its canonical form
   * @param metadata what the producer said about it
   * @param passedThrough {@code ce_*} and {@code traceparent} headers, by name
   */
  record ImageStored(
      ImageId id, CanonicalImage image, Metadata metadata, Map<String, String> passedThrough)
      implements ImageEvent {
    /** Copies the headers. */
    public ImageStored {
      passedThrough = Map.copyOf(passedThrough);
    }
  }

  /**
   * An image was deleted.
   *
   * @param id the image
   */
  record ImageDeleted(ImageId id) implements ImageEvent {}
}
