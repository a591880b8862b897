package infomax.search.query;

import infomax.events.ImageId;
import java.util.Arrays;

/** What neighbours are asked of. */
sealed interface Query {

  /** An uploaded image, in any accepted format. */
  final class ByImage implements Query {
    private final byte[] bytes;

    /** Takes over the array. */
    ByImage(byte[] bytes) {
      this.bytes = bytes;
    }

    byte[] bytes() {
      return bytes;
    }
  }

  /**
   * An indexed image.
   *
   * @param id its id
   */
  record ById(ImageId id) implements Query {}

  /** An embedding, as the encoder gives it. */
  final class ByVector implements Query {
    private final float[] components;

    /** Copies the array. */
    ByVector(float[] components) {
      this.components = Arrays.copyOf(components, components.length);
    }

    float[] components() {
      return components;
    }
  }
}
