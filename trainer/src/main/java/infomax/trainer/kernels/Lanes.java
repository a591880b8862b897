package infomax.trainer.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Vectors of eight floats. */
final class Lanes {

  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;

  static final int COUNT = SPECIES.length();

  private Lanes() {}

  /**
   * Whether the processor's own vectors have as many lanes: not more, as with AVX-512, nor less.
   */
  static boolean arePreferred() {
    return FloatVector.SPECIES_PREFERRED.equals(SPECIES);
  }

  static FloatVector load(float[] from, int at) {
    return FloatVector.fromArray(SPECIES, from, at);
  }

  static void store(FloatVector vector, float[] to, int at) {
    vector.intoArray(to, at);
  }

  /** One float in every lane. */
  static FloatVector repeat(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }
}
