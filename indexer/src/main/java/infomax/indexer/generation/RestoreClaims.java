package infomax.indexer.generation;

import infomax.events.Digest;
import infomax.events.control.ControlState;
import infomax.events.control.IndexGeneration;
import infomax.index.Publications;
import infomax.indexer.backup.Restoration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Keeps what a restored backup brought as long as a generation that began with it is indexed, and
 * until whoever owns its shards has deleted its publications: they name files of the generation
 * that was backed up, which would go with them.
 */
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
      if (backup != null
          && (generation.state().isIndexed() || isPublished(publications, generation))) {
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

  private static boolean isPublished(Publications publications, IndexGeneration generation) {
    return IntStream.range(0, generation.index().shards())
        .anyMatch(shard -> !publications.sequences(generation.number(), shard).isEmpty());
  }
}
