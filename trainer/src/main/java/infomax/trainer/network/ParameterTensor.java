package infomax.trainer.network;

import java.util.List;

/**
 * One named tensor inside the flat parameter buffer, row-major.
 *
 * @param name for example {@code conv0.w}
 * @param offset place of its first value in the buffer, in floats
 * @param shape its extents, outermost first
 * @param kind how it is initialised
 */
public record ParameterTensor(String name, int offset, List<Integer> shape, Kind kind) {

  /** What a tensor does, and so where it starts. */
  public enum Kind {
    /** Multiplies inputs; the last two extents are (in, out). Starts Glorot-uniform. */
    WEIGHT,
    /** Added to outputs. Starts at 0. */
    BIAS,
    /** A batch normalisation's scale. Starts at 1. */
    SCALE
  }

  /** Copies the shape. */
  public ParameterTensor {
    shape = List.copyOf(shape);
  }

  /** Number of values. */
  public int size() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  /** Place after its last value in the buffer, in floats. */
  public int end() {
    return offset + size();
  }
}
