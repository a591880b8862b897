package infomax.trainer.engine;

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

  private StepRandomness(float[] noise, int[] globalPartners, int[] localPartners) {
    this.noise = noise;
    this.globalPartners = globalPartners;
    this.localPartners = localPartners;
  }

  /** Draws for one step of a mini-batch. */
  static StepRandomness draw(long seed, long step, int images, int dimensions) {
    RandomGenerator random =
        RandomGeneratorFactory.of("L64X128MixRandom").create(mix(seed) + mix(~step));
    float[] noise = new float[images * dimensions];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) random.nextGaussian();
    }
    return new StepRandomness(noise, permutation(random, images), permutation(random, images));
  }

  /** Takes the arrays as they are: recorded randomness. */
  static StepRandomness of(float[] noise, int[] globalPartners, int[] localPartners) {
    return new StepRandomness(noise, globalPartners, localPartners);
  }

  /** u, standard normal, (image, dimension). */
  float[] noise() {
    return noise;
  }

  /** Image i's z is paired with the z of image p[i] as the global term's negative. */
  int[] globalPartners() {
    return globalPartners;
  }

  /** Image i's z is paired with the locations of image q[i] as the local term's negatives. */
  int[] localPartners() {
    return localPartners;
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
