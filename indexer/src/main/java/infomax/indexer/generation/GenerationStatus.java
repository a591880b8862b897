package infomax.indexer.generation;

import infomax.events.Positions;

/**
 * How the indexing of a shard is.
 *
 * @param generation number of its generation
 * @param shard its number, from 0
 * @param phase what it is doing
 * @param positions its last commit
 * @param lag offsets to the end of the log
 * @param images live documents
 * @param embedded images embedded since the start of this process
 * @param detail what is wrong; empty if nothing is
 */
public record GenerationStatus(
    int generation,
    int shard,
    Phase phase,
    Positions positions,
    long lag,
    long images,
    long embedded,
    String detail) {

  /** What indexing is doing. */
  public enum Phase {
    /** Opening encoder, index or log. */
    OPENING,
    /** Reading the log. */
    READING,
    /** Holding still at its positions. */
    HOLDING,
    /** Holding still because operators paused indexing. */
    PAUSED,
    /** Waiting to try again after a failure of something it needs. */
    RETRYING,
    /** Another writer has taken over. */
    STANDING_BY,
    /** Cannot go on. */
    FAILED,
    /** Ended because it was told to. */
    STOPPED;

    /** True while turns follow one another. */
    boolean isAtWork() {
      return this == READING || this == HOLDING || this == PAUSED;
    }

    /** True if nothing more will be done. */
    boolean isOver() {
      return this == STANDING_BY || this == FAILED || this == STOPPED;
    }
  }

  static GenerationStatus opening(int generation, int shard) {
    return new GenerationStatus(generation, shard, Phase.OPENING, Positions.START, 0, 0, 0, "");
  }

  GenerationStatus in(Phase next, String nextDetail) {
    return new GenerationStatus(
        generation, shard, next, positions, lag, images, embedded, nextDetail);
  }
}
