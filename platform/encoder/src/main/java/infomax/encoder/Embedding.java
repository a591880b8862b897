package infomax.encoder;

import java.util.Arrays;

/** What an encoder makes of an image: the vector z. Immutable; equal when every component is. */
public final class Embedding {

  private final float[] components;
  private final double norm;

  private Embedding(float[] components, double norm) {
    this.components = components;
    this.norm = norm;
  }

  /** An embedding with these components, which are copied. */
  public static Embedding of(float[] components) {
    return owning(components.clone());
  }

  /** Wraps an array that nobody else keeps. */
  static Embedding owning(float[] components) {
    double sum = 0;
    for (float component : components) {
      sum += (double) component * component;
    }
    return new Embedding(components, Math.sqrt(sum));
  }

  /** Number of components. */
  public int dimensions() {
    return components.length;
  }

  /** The components, a fresh array. */
  public float[] components() {
    return components.clone();
  }

  /** Length of the vector; 0 or not a finite number if the embedding has no direction. */
  public double norm() {
    return norm;
  }

  /** True if every component is finite and the length is above 0: only then there is a unit(). */
  public boolean hasDirection() {
    return norm > 0 && (float) norm > 0 && Float.isFinite((float) norm);
  }

  /**
   * This embedding at length 1, a fresh array.
   *
   * @throws IllegalStateException unless {@link #hasDirection()}
   */
  public float[] unit() {
    if (!hasDirection()) {
      throw new IllegalStateException("embedding has length " + norm + " and so no direction");
    }
    float[] unit = new float[components.length];
    for (int ordinal = 0; ordinal < unit.length; ordinal++) {
      unit[ordinal] = (float) (components[ordinal] / norm);
    }
    return unit;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Embedding embedding && Arrays.equals(components, embedding.components);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(components);
  }

  @Override
  public String toString() {
    return "Embedding[" + components.length + " components, norm " + norm + "]";
  }
}
