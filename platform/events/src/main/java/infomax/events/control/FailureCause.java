package infomax.events.control;

/** Why a generation failed: what decides whether another attempt makes sense. */
public enum FailureCause {
  /** It was not read to the end for so long that tombstones may have been compacted away. */
  DELETES_MAY_BE_MISSING(true),
  /** What it had read is gone: no commit and no publication to go on from. */
  STATE_LOST(true),
  /** The log below its positions is gone or was replaced by another topic. */
  LOG_REPLACED(true),
  /** A file of the index does not pass its checks. */
  INDEX_CORRUPT(true),
  /** It was written in a format that is not written any more. */
  INDEX_FORMAT_OLD(true),
  /** Its documents are not what the log says at the same positions. */
  CONTENTS_DIFFER(true),
  /** A step of the roll took too long; the next attempt may meet better conditions. */
  DEADLINE_MISSED(true),
  /** Approximate search finds too few of the exact nearest. */
  RECALL_TOO_LOW(false),
  /** The encoder computes other vectors here than where it was trained. */
  GOLDEN_IMAGES_DIFFER(false),
  /** The encoder release cannot be used: absent, damaged, or of another pixel pipeline. */
  ENCODER_UNUSABLE(false),
  /**
   * Its encoder is no longer wanted: a newer one is live, or it was barred by a rollback or
   * rejected.
   */
  NOT_WANTED(false);

  private final boolean rebuildHelps;

  FailureCause(boolean rebuildHelps) {
    this.rebuildHelps = rebuildHelps;
  }

  /** True if a fresh generation of the same encoder may succeed. */
  public boolean rebuildHelps() {
    return rebuildHelps;
  }
}
