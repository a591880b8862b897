package infomax.indexer.rollout.decision;

import infomax.events.Digest;
import infomax.indexer.backup.Backup;

/** What the store has under the digest that a request to restore names. */
public sealed interface RestoreOffer {

  /**
   * A backup.
   *
   * @param description SHA-256 of its description
   * @param backup it
   */
  record Found(Digest description, Backup backup) implements RestoreOffer {}

  /**
   * None, for good.
   *
   * @param problem why not
   */
  record Unusable(String problem) implements RestoreOffer {}
}
