package infomax.trainer.snapshot;

import infomax.events.Digest;
import infomax.events.ImageId;
import java.nio.ByteBuffer;
import java.util.Comparator;

/**
 * The uniform hash of an id that decides where an image stands: the first half of the SHA-256 of
 * the id orders images and splits them, the second half decides who stays under a cap, so that the
 * two choices are independent.
 *
 * @param order first 8 bytes, unsigned
 * @param draw next 8 bytes, unsigned
 */
record IdHash(long order, long draw) {

  /** Bytes of a hash in the snapshot file. */
  static final int BYTES = 2 * Long.BYTES;

  /** Smallest order first. */
  static final Comparator<IdHash> BY_ORDER =
      (left, right) -> {
        int first = Long.compareUnsigned(left.order, right.order);
        return first != 0 ? first : Long.compareUnsigned(left.draw, right.draw);
      };

  /** Smallest draw first. */
  static final Comparator<IdHash> BY_DRAW =
      (left, right) -> {
        int first = Long.compareUnsigned(left.draw, right.draw);
        return first != 0 ? first : Long.compareUnsigned(left.order, right.order);
      };

  static IdHash of(ImageId id) {
    ByteBuffer hash = ByteBuffer.wrap(Digest.sha256().digest(id.bytes()));
    return new IdHash(hash.getLong(), hash.getLong());
  }
}
