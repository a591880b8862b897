package infomax.trainer.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Vectors as wide as the processor's own: of sixteen floats with AVX-512, else of eight. */
final class Lanes {

  static final VectorSpecies<Float> SPECIES =
      FloatVector.SPECIES_PREFERRED.length() == FloatVector.SPECIES_512.length()
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_256;

  static final int COUNT = SPECIES.length();

  private Lanes() {}

  /** Whether the processor has such vectors itself. */
  static boolean arePreferred() {
    return FloatVector.SPECIES_PREFERRED.equals(SPECIES);
  }
}
