package infomax.trainer.evaluation;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * The mean difference between two encoders over the same queries, with its 95 % interval: the 2.5th
 * and 97.5th percentile over seeded bootstrap resamples of the queries.
 *
 * @param mean mean of (first - second)
 * @param lower lower end
 * @param upper upper end
 * @param queries number of queries
 */
public record PairedInterval(double mean, double lower, double upper, int queries) {

  private static final int RESAMPLES = 2_000;

  /**
   * The interval of {@code first - second}.
   *
   * @param seed seed of the resampling; equal arguments give an equal interval
   * @throws IllegalArgumentException if the numbers of queries differ
   */
  public static PairedInterval of(QueryScores first, QueryScores second, long seed) {
    int queries = first.count();
    if (queries != second.count()) {
      throw new IllegalArgumentException(
          "%d and %d queries, expected the same ones".formatted(queries, second.count()));
    }
    double[] differences = new double[queries];
    for (int query = 0; query < queries; query++) {
      differences[query] = first.score(query) - second.score(query);
    }
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    double[] means = new double[RESAMPLES];
    for (int resample = 0; resample < RESAMPLES; resample++) {
      double sum = 0;
      for (int draw = 0; draw < queries; draw++) {
        sum += differences[random.nextInt(queries)];
      }
      means[resample] = sum / queries;
    }
    Arrays.sort(means);
    return new PairedInterval(
        Arrays.stream(differences).sum() / queries,
        means[(int) (RESAMPLES * 0.025)],
        means[(int) (RESAMPLES * 0.975) - 1],
        queries);
  }
}
