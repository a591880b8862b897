package infomax.index;

import java.util.Arrays;

/**
 * A vector of length 1: the direction of an embedding, as the index holds it. Immutable; equal when
 * every component is.
 */
public final class UnitVector {

  /** How far the length may be from 1; float rounding stays well below. */
  private static final double TOLERANCE = 1e-3;

  private final float[] components;

  private UnitVector(float[] components) {
    this.components = components;
  }

  /**
   * A vector with these components, which are copied.
   *
   * @throws IllegalArgumentException if the length is not 1 within 0.001, or a component is not
   *     finite
   */
  public static UnitVector of(float[] components) {
    double length = length(components);
    if (!(Math.abs(length - 1) <= TOLERANCE)) {
      throw new IllegalArgumentException(
          "vector has length " + length + ", expected 1; divide an embedding by its length first");
    }
    return new UnitVector(components.clone());
  }

  /**
   * The direction of any vector, whatever its length.
   *
   * @throws IllegalArgumentException if the length is 0 or not finite
   */
  public static UnitVector direction(float[] components) {
    double length = length(components);
    if (!(length > 0) || Double.isInfinite(length)) {
      throw new IllegalArgumentException(
          "vector has length " + length + ", expected a finite length above 0");
    }
    float[] unit = new float[components.length];
    for (int ordinal = 0; ordinal < unit.length; ordinal++) {
      unit[ordinal] = (float) (components[ordinal] / length);
    }
    return new UnitVector(unit);
  }

  /** Wraps an array that nobody else keeps. */
  static UnitVector owning(float[] components) {
    return new UnitVector(components);
  }

  /** Number of components. */
  public int dimensions() {
    return components.length;
  }

  /** The components, a fresh array. */
  public float[] components() {
    return components.clone();
  }

  /** The components themselves; not to be changed. */
  float[] shared() {
    return components;
  }

  /** Cosine of the angle to {@code other}, -1 to 1, summed in double precision. */
  public double cosine(UnitVector other) {
    checkDimensions(other);
    double dot = 0;
    for (int ordinal = 0; ordinal < components.length; ordinal++) {
      dot += (double) components[ordinal] * other.components[ordinal];
    }
    return Math.clamp(dot, -1, 1);
  }

  /**
   * Distance between this direction at length {@code length} and the other at {@code otherLength}.
   * It equals sqrt(a^2 + b^2 - 2 a b cos), but is summed by component, since that formula loses all
   * digits where the two are close.
   */
  public double distance(double length, UnitVector other, double otherLength) {
    checkDimensions(other);
    double sum = 0;
    for (int ordinal = 0; ordinal < components.length; ordinal++) {
      double difference = length * components[ordinal] - otherLength * other.components[ordinal];
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }

  private void checkDimensions(UnitVector other) {
    if (other.components.length != components.length) {
      throw new IllegalArgumentException(
          "vector has " + other.components.length + " components, expected " + components.length);
    }
  }

  private static double length(float[] components) {
    double sum = 0;
    for (float component : components) {
      sum += (double) component * component;
    }
    return Math.sqrt(sum);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UnitVector vector && Arrays.equals(components, vector.components);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(components);
  }

  @Override
  public String toString() {
    return "UnitVector[" + components.length + " components]";
  }
}
