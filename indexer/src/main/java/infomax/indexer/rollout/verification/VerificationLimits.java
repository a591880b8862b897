package infomax.indexer.rollout.verification;

/**
 * What a candidate has to reach.
 *
 * @param recallFloor lowest share of the exact ten nearest that approximate search has to find, 0
 *     to 1
 * @param recallQueries images searched for to measure it, at least 100
 * @param goldenCosineFloor lowest cosine between a golden vector and the one computed here, -1 to 1
 */
public record VerificationLimits(double recallFloor, int recallQueries, double goldenCosineFloor) {

  /** What is used when nothing is configured. */
  public static final VerificationLimits DEFAULT = new VerificationLimits(0.95, 200, 0.999);

  /** Checks the ranges. */
  public VerificationLimits {
    if (!(recallFloor >= 0 && recallFloor <= 1)
        || recallQueries < 100
        || !(goldenCosineFloor >= -1 && goldenCosineFloor <= 1)) {
      throw new IllegalArgumentException(
          "recall floor "
              + recallFloor
              + " over "
              + recallQueries
              + " queries, golden cosine floor "
              + goldenCosineFloor
              + ": expected 0 to 1, at least 100, -1 to 1");
    }
  }
}
