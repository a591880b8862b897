package infomax.indexer.rollout.verification;

import infomax.events.Positions;
import infomax.events.control.EncoderRelease;
import infomax.events.control.IndexGeneration;
import infomax.index.PublishedShards;
import org.jspecify.annotations.Nullable;

/**
 * What is to be verified.
 *
 * @param generation the candidate
 * @param release its encoder
 * @param publication its publication at the target
 * @param target the positions everything is compared at
 * @param live a publication of a trusted generation at the target; null to compare with the log
 */
public record VerificationOrder(
    IndexGeneration generation,
    EncoderRelease release,
    PublishedShards publication,
    Positions target,
    @Nullable PublishedShards live) {

  /** Checks that everything stands at the target. */
  public VerificationOrder {
    if (!publication.positions().sameOffsets(target)
        || (live != null && !live.positions().sameOffsets(target))) {
      throw new IllegalArgumentException(
          "publications of generation "
              + generation.number()
              + " or its counterpart are not at the target "
              + target);
    }
  }
}
