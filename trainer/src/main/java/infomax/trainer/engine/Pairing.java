package infomax.trainer.engine;

import java.util.Arrays;

/**
 * Which right rows a term pairs with which left rows. Where a left row meets several right rows,
 * such as all locations of a picture, they are numbered as one. Both maps are permutations.
 */
final class Pairing {

  /** Of no rows. */
  static final Pairing NONE = new Pairing(new int[0], new int[0]);

  private final int[] positives;
  private final int[] negatives;
  private final int[] positiveOf;
  private final int[] negativeOf;

  private Pairing(int[] positives, int[] negatives) {
    this.positives = positives;
    this.negatives = negatives;
    this.positiveOf = inverse(positives);
    this.negativeOf = inverse(negatives);
  }

  /** z with a picture: that of the same image in the next view, and a negative's. */
  static Pairing ofPictures(int images, int[] partners) {
    int[] counterparts = new int[partners.length];
    for (int picture = 0; picture < partners.length; picture++) {
      counterparts[picture] = (picture + images) % partners.length;
    }
    return new Pairing(counterparts, partners);
  }

  /**
   * Locations of pictures with locations of pictures.
   *
   * @param pictures how the pictures are paired
   * @param shifts location l of picture i is paired with location l + shifts[i], modulo their
   *     number
   */
  static Pairing ofLocations(Pairing pictures, int locations, int[] shifts) {
    int[] positives = new int[pictures.positives.length * locations];
    int[] negatives = new int[positives.length];
    for (int row = 0; row < positives.length; row++) {
      int picture = row / locations;
      int location = (row + shifts[picture]) % locations;
      positives[row] = pictures.positive(picture) * locations + location;
      negatives[row] = pictures.negative(picture) * locations + location;
    }
    return new Pairing(positives, negatives);
  }

  /** What a left row's positive is. */
  int positive(int left) {
    return positives[left];
  }

  /** What a left row's negative is. */
  int negative(int left) {
    return negatives[left];
  }

  /** Whose positive it is. */
  int positiveOf(int right) {
    return positiveOf[right];
  }

  /** Whose negative it is. */
  int negativeOf(int right) {
    return negativeOf[right];
  }

  private static int[] inverse(int[] map) {
    int[] inverse = new int[map.length];
    Arrays.fill(inverse, -1);
    for (int i = 0; i < map.length; i++) {
      if (inverse[map[i]] >= 0) {
        throw new IllegalArgumentException(
            map[i] + " is paired with two rows, expected a permutation");
      }
      inverse[map[i]] = i;
    }
    return inverse;
  }
}
