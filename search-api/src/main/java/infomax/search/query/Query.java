package infomax.search.query;

import infomax.events.ImageId;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What neighbours are asked of. */
sealed interface Query {

  /** One point: an image or a vector. */
  sealed interface Point extends Query {}

  /** An uploaded image, in any accepted format. */
  final class ByImage implements Point {
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
  record ById(ImageId id) implements Point {}

  /** An embedding, as the encoder gives it. */
  final class ByVector implements Point {
    private final float[] components;

    /** Copies the array. */
    ByVector(float[] components) {
      this.components = Arrays.copyOf(components, components.length);
    }

    float[] components() {
      return components;
    }
  }

  /**
   * Examples of what is wanted and of what is not. Indexed images among them are no hits.
   *
   * @param positive at least one
   * @param negative may be empty
   * @param strategy how they become a search
   */
  record ByExamples(List<Point> positive, List<Point> negative, Strategy strategy)
      implements Query {
    /** Copies the lists. */
    public ByExamples {
      positive = List.copyOf(positive);
      negative = List.copyOf(negative);
    }
  }

  /** How several examples become a search. */
  enum Strategy {
    /** One search at the mean of the positive ones, moved away from the mean of the negative. */
    AVERAGE,
    /** An image is judged by the example it is closest to. */
    BEST_SCORE
  }

  /** The points a query is made of. */
  default List<Point> points() {
    return switch (this) {
      case Point point -> List.of(point);
      case ByExamples examples ->
          Stream.concat(examples.positive().stream(), examples.negative().stream()).toList();
    };
  }
}
