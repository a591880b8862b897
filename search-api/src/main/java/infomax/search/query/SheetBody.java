package infomax.search.query;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import infomax.index.Metric;
import java.util.List;

/**
 * A sheet: random images with their nearest neighbours.
 *
 * @param rows one per image
 * @param seed the seed the images were picked with
 * @param provenance its members stand beside the rows
 * @param metric how close was measured
 * @param exact true if every image was scored
 * @param took milliseconds from the complete request to the answer
 */
record SheetBody(
    List<Row> rows,
    long seed,
    @JsonUnwrapped Provenance provenance,
    Metric metric,
    boolean exact,
    double took) {

  /**
   * One row.
   *
   * @param image the image
   * @param neighbours its neighbours without itself, nearest first
   */
  record Row(ImageBody image, List<HitBody> neighbours) {}
}
