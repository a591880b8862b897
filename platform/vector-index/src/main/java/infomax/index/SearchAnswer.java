package infomax.index;

import java.util.List;
import java.util.OptionalLong;

/**
 * The answer to a {@link VectorQuery}.
 *
 * @param hits nearest first, equal scores in the order of the ids; in the order of their selection
 *     if the query asks for diversity; empty if grouped
 * @param groups the one with the nearest hit first; empty unless grouped
 * @param path how the images were found
 * @param matches images that match the filter; empty without a filter
 * @param visited vectors that were looked at, along the graph or by the scan
 */
public record SearchAnswer(
    List<Hit> hits, List<Group> groups, Path path, OptionalLong matches, long visited) {

  /** Copies the lists. */
  public SearchAnswer {
    hits = List.copyOf(hits);
    groups = List.copyOf(groups);
  }

  /** True if every image that matches was scored, so that no closer one exists. */
  public boolean exact() {
    return path == Path.SCAN;
  }

  /** How images are found. */
  public enum Path {
    /** Along the graph, which may miss some; with a filter, over those that match. */
    GRAPH,
    /** By scoring every image that matches. */
    SCAN
  }

  /**
   * An image that was found.
   *
   * @param image the image
   * @param score how close it is, by the query's {@link Metric}; higher is closer
   */
  public record Hit(IndexedImage image, double score) {}

  /**
   * Hits that share a value.
   *
   * @param value the value
   * @param hits nearest first
   */
  public record Group(MetadataValue value, List<Hit> hits) {
    /** Copies the list. */
    public Group {
      hits = List.copyOf(hits);
    }
  }
}
