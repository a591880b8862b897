package infomax.trainer.snapshot;

import infomax.events.ImageId;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * How many images are held out: a share, but enough of a small snapshot to measure anything.
 *
 * <p>The images with the smallest id hashes are held out. As the share of a growing collection only
 * shrinks, an image that is held out of a snapshot was held out of the smaller ones before it, but
 * for a few at the border, and an encoder trained earlier is measured on what it has not seen.
 * After many deletions the share grows again, and that no longer holds.
 *
 * @param share share of the images, above 0 and below 1
 * @param least this many even if the share is less...
 * @param shareMax ...but never more than this share, above 0 and below 1
 */
public record HoldOut(double share, int least, double shareMax) {

  /** 5 %, at least 1,000, at most 20 %. */
  public static final HoldOut DEFAULT = new HoldOut(0.05, 1_000, 0.2);

  /** Validates the shares. */
  public HoldOut {
    if (!(share > 0 && share < 1 && shareMax > 0 && shareMax < 1 && least >= 0)) {
      throw new IllegalArgumentException(
          "hold out %s, at least %d, at most %s; expected shares between 0 and 1"
              .formatted(share, least, shareMax));
    }
  }

  /** Held-out images among {@code images}. */
  public int of(int images) {
    int byShare = (int) Math.ceil(images * share);
    int small = (int) Math.min(least, Math.floor(images * shareMax));
    return Math.max(small, Math.min(byShare, images));
  }

  /** Splits ids as a snapshot of exactly these images would. */
  public Split split(Collection<ImageId> ids) {
    List<ImageId> ordered =
        ids.stream().sorted(Comparator.comparing(IdHash::of, IdHash.BY_ORDER)).toList();
    int heldOut = of(ordered.size());
    return new Split(ordered.subList(0, heldOut), ordered.subList(heldOut, ordered.size()));
  }

  /**
   * Ids split in two.
   *
   * @param heldOut ids that are held out
   * @param training ids that are trained on
   */
  public record Split(List<ImageId> heldOut, List<ImageId> training) {}
}
