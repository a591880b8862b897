package infomax.index;

/** What became of an attempt to publish. */
public sealed interface PublishOutcome {

  /**
   * The publication is visible.
   *
   * @param manifest it
   */
  record Published(Manifest manifest) implements PublishOutcome {}

  /**
   * Another writer has taken over the shard; this one has to stand by.
   *
   * @param newest the newest publication, made by the other writer
   */
  record ForeignTerm(Manifest newest) implements PublishOutcome {}

  /**
   * The newest publication is not the one the writer started from, or is ahead on some partition;
   * nothing was published, because what was visible once must stay visible.
   *
   * @param newest the newest publication
   */
  record BehindPredecessor(Manifest newest) implements PublishOutcome {}
}
