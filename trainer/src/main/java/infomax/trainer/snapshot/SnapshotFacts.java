package infomax.trainer.snapshot;

import infomax.events.Digest;
import infomax.events.Positions;
import java.time.Instant;
import java.util.List;

/**
 * What is known of a snapshot beside its pixels.
 *
 * @param digest SHA-256 of the pixel file
 * @param inputSize side of the images in pixels
 * @param pixelPipeline version of the pixel pipeline
 * @param images images in the file, held-out ones included
 * @param heldOut held-out images, the first ones of the file
 * @param skipped records that could not be decoded, or were gone before they were read
 * @param positions the end of {@code images} it was read to
 * @param readAt when
 * @param ids the images, in file order
 * @param labels their labels, in file order; empty for an image without one
 */
public record SnapshotFacts(
    Digest digest,
    int inputSize,
    int pixelPipeline,
    int images,
    int heldOut,
    long skipped,
    Positions positions,
    Instant readAt,
    List<String> ids,
    List<String> labels) {

  /** Copies the lists and checks that they fit. */
  public SnapshotFacts {
    ids = List.copyOf(ids);
    labels = List.copyOf(labels);
    if (ids.size() != images || labels.size() != images || heldOut < 0 || heldOut > images) {
      throw new IllegalArgumentException(
          "%d ids, %d labels and %d held out, expected them to fit %d images"
              .formatted(ids.size(), labels.size(), heldOut, images));
    }
  }
}
