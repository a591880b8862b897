package infomax.search.query;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Groups of near-duplicates, one part of the images at a time.
 *
 * @param groups the groups whose first image, by id, is among those examined
 * @param examined images examined in this part
 * @param cursor where the next part begins; null after the last one
 * @param provenance its members stand beside the groups
 * @param took milliseconds from the complete request to the answer
 */
record DuplicatesBody(
    List<DuplicateGroup> groups,
    int examined,
    @Nullable String cursor,
    @JsonUnwrapped Provenance provenance,
    double took) {

  /**
   * Images of which each is close to another one of the group.
   *
   * @param images the first one by id, and the others with their score to it, nearest first
   * @param complete false if the group has more images than are looked for
   */
  record DuplicateGroup(List<HitBody> images, boolean complete) {}
}
