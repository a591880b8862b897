package infomax.trainer.engine;

import infomax.trainer.network.NetworkShape;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Everything random in one step: the noise of the reparameterisation and the permutations that pair
 * negatives. A function of seed and step number alone, so a resumed training draws the same.
 */
final class StepRandomness {

  private final float[] noise;
  private final int[] globalPartners;
  private final int[] localPartners;
  private final int[] withinPartners;
  private final int[] withinShifts;
  private final int[] earlierPartners;

  private StepRandomness(
      float[] noise,
      int[] globalPartners,
      int[] localPartners,
      int[] withinPartners,
      int[] withinShifts,
      int[] earlierPartners) {
    this.noise = noise;
    this.globalPartners = globalPartners;
    this.localPartners = localPartners;
    this.withinPartners = withinPartners;
    this.withinShifts = withinShifts;
    this.earlierPartners = earlierPartners;
  }

  /**
   * Draws for one step of a mini-batch.
   *
   * @param images images in it
   * @param views views of each
   * @param shape of the network that sees it
   */
  static StepRandomness draw(long seed, long step, int images, int views, NetworkShape shape) {
    RandomGenerator random =
        RandomGeneratorFactory.of("L64X128MixRandom").create(mix(seed) + mix(~step));
    float[] noise = new float[images * views * shape.dimensions()];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) random.nextGaussian();
    }
    return new StepRandomness(
        noise,
        partners(random, images, views),
        partners(random, images, views),
        partners(random, images, views),
        shifts(random, images * views, shape.locations()),
        partners(random, images, views));
  }

  /** Takes the arrays as they are: recorded randomness of a step with two terms. */
  static StepRandomness of(float[] noise, int[] globalPartners, int[] localPartners) {
    int[] none = {};
    return new StepRandomness(noise, globalPartners, localPartners, none, none, none);
  }

  /** u, standard normal, (picture, dimension). */
  float[] noise() {
    return noise;
  }

  /** Picture i's z is paired with the z of picture p[i] as the global term's negative. */
  int[] globalPartners() {
    return globalPartners;
  }

  /** Picture i's z is paired with the locations of picture q[i] as the local term's negatives. */
  int[] localPartners() {
    return localPartners;
  }

  /** Locations of picture i are paired with locations of picture r[i] as negatives within C. */
  int[] withinPartners() {
    return withinPartners;
  }

  /**
   * Location l of picture i is paired with location (l + s[i]) modulo {@link
   * NetworkShape#locations} within C, which is never l.
   */
  int[] withinShifts() {
    return withinShifts;
  }

  /** Picture i's z is paired with the map before C of picture t[i] as negatives. */
  int[] earlierPartners() {
    return earlierPartners;
  }

  private static int[] shifts(RandomGenerator random, int pictures, int locations) {
    int[] shifts = new int[pictures];
    for (int i = 0; i < pictures; i++) {
      shifts[i] = random.nextInt(1, locations);
    }
    return shifts;
  }

  /** Negatives come, as positives do, from the next view: a permutation of its images. */
  private static int[] partners(RandomGenerator random, int images, int views) {
    int[] partners = new int[images * views];
    for (int view = 0; view < views; view++) {
      int other = (view + 1) % views * images;
      int[] permutation = permutation(random, images);
      for (int i = 0; i < images; i++) {
        partners[view * images + i] = other + permutation[i];
      }
    }
    return partners;
  }

  private static int[] permutation(RandomGenerator random, int size) {
    int[] permutation = new int[size];
    for (int i = 0; i < size; i++) {
      int j = random.nextInt(i + 1);
      permutation[i] = permutation[j];
      permutation[j] = i;
    }
    return permutation;
  }

  /** SplitMix64's finaliser: neighbouring steps get unrelated states. */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
