package infomax.events.image;

import infomax.events.ImageId;
import java.util.HashMap;
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

    /** The same, with this {@code traceparent} instead of the one it had, if any. */
    public ImageStored carriedBy(String traceparent) {
      Map<String, String> headers = new HashMap<>(passedThrough);
      headers.put(ImageEventCodec.TRACEPARENT, traceparent);
      return new ImageStored(id, image, metadata, headers);
    }
  }

  /**
   * An image was deleted.
   *
   * @param id the image
   */
  record ImageDeleted(ImageId id) implements ImageEvent {}
}
