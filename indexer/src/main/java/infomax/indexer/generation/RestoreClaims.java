package infomax.indexer.generation;

import infomax.events.Digest;
import infomax.events.control.ControlState;
import infomax.events.control.IndexGeneration;
import infomax.index.Publications;
import infomax.indexer.backup.Restoration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/** Keeps what a restored backup brought as long as a generation that began with it is indexed. */
final class RestoreClaims {

  private RestoreClaims() {}

  /**
   * Gives up the claims that nobody needs any more.
   *
   * @param limit younger ones stay: their generation may be about to begin
   */
  static void giveUp(Publications publications, ControlState state, Instant limit) {
    Set<String> needed = new HashSet<>();
    for (IndexGeneration generation : state.generations().values()) {
      Digest backup = generation.restoredFrom();
      if (backup != null && generation.state().isIndexed()) {
        needed.add(Restoration.claimsOf(backup));
      }
    }
    publications
        .claims()
        .since()
        .forEach(
            (claim, since) -> {
              if (since.isBefore(limit) && needed.stream().noneMatch(claim::startsWith)) {
                publications.claims().giveUp(claim);
              }
            });
  }
}
