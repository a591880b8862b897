package infomax.index;

import infomax.events.ImageId;
import infomax.index.SearchAnswer.Group;
import infomax.index.SearchAnswer.Hit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;

/**
 * Picks hits from candidates: scores them in double precision, then takes a page of the best, of a
 * diverse order, or of groups. Lives as long as one search; not thread-safe.
 */
final class HitPicker {

  static final Comparator<Scored> BEST_FIRST =
      Comparator.comparingDouble((Scored scored) -> -scored.score())
          .thenComparingInt(Scored::document);

  private static final Comparator<Hit> HIT_ORDER =
      Comparator.comparingDouble((Hit hit) -> -hit.score()).thenComparing(hit -> hit.image().id());

  private final IndexReader reader;
  private final VectorQuery query;
  private final Selection selection;
  private final Scoring scoring;
  private List<Hit> hits = List.of();
  private List<Group> groups = List.of();
  private long fetchNanos;

  HitPicker(IndexReader reader, VectorQuery query) {
    this.reader = reader;
    this.query = query;
    this.selection = query.selection();
    this.scoring = Scoring.of(query);
  }

  /**
   * Picks from these candidates.
   *
   * @return false if more candidates might change what is missing: groups
   */
  boolean pick(List<Scored> candidates) throws IOException {
    List<Scored> pool = scored(candidates);
    if (selection.grouping() != null) {
      return group(pool, selection.grouping());
    }
    if (selection.diversity() > 0) {
      hits = hits(page(diverse(pool)));
    } else {
      List<Hit> page = hits(page(pool));
      page.sort(HIT_ORDER);
      hits = page;
    }
    return true;
  }

  List<Hit> hits() {
    return hits;
  }

  List<Group> groups() {
    return groups;
  }

  /** Time spent on reading what hits tell. */
  long fetchNanos() {
    return fetchNanos;
  }

  private List<Scored> scored(List<Scored> candidates) throws IOException {
    List<Scored> scored = new ArrayList<>(candidates.size());
    inOrder(
        candidates,
        (candidate, images, inLeaf) -> {
          double score = scoring.score(images.vector(inLeaf), images.norm(inLeaf));
          if (score >= selection.minScore()) {
            scored.add(new Scored(candidate.document(), score));
          }
        });
    scored.sort(BEST_FIRST);
    orderEquals(scored);
    return scored;
  }

  /** Equal scores come in the order of the ids, whichever segment or shard they lie in. */
  private void orderEquals(List<Scored> sorted) throws IOException {
    int from = 0;
    while (from < sorted.size()) {
      int to = from + 1;
      while (to < sorted.size() && sorted.get(to).score() == sorted.get(from).score()) {
        to++;
      }
      if (to - from > 1) {
        SortedMap<ImageId, Scored> byId = new TreeMap<>();
        for (Scored scored : sorted.subList(from, to)) {
          LeafReaderContext leaf = leaf(scored.document());
          byId.put(ImageFields.id(leaf.reader(), scored.document() - leaf.docBase), scored);
        }
        int next = from;
        for (Scored scored : byId.values()) {
          sorted.set(next++, scored);
        }
      }
      from = to;
    }
  }

  private <T> List<T> page(List<T> ranked) {
    int from = Math.min(selection.offset(), ranked.size());
    return ranked.subList(from, Math.min(selection.reach(), ranked.size()));
  }

  /**
   * Maximal marginal relevance: next comes the candidate with the highest (1 - d) closeness to the
   * query - d closeness to the closest one ranked before it.
   */
  private List<Scored> diverse(List<Scored> pool) throws IOException {
    List<Point> left = new ArrayList<>();
    for (Scored scored : pool.subList(0, Math.min(query.effort().candidates(), pool.size()))) {
      LeafReaderContext leaf = leaf(scored.document());
      int inLeaf = scored.document() - leaf.docBase;
      left.add(
          new Point(
              scored,
              new QueryVector(
                  ImageFields.vector(leaf.reader(), inLeaf),
                  ImageFields.norm(leaf.reader(), inLeaf)),
              relevance(scored.score())));
    }
    List<Scored> ranked = new ArrayList<>();
    while (!left.isEmpty() && ranked.size() < selection.reach()) {
      query.effort().deadline().check();
      Point next = left.getFirst();
      for (Point point : left) {
        if (point.value(selection.diversity()) > next.value(selection.diversity())) {
          next = point;
        }
      }
      left.remove(next);
      ranked.add(next.scored);
      for (Point point : left) {
        double score = query.metric().score(next.vector, point.vector.direction(), point.norm());
        point.closestRanked = Math.max(point.closestRanked, query.metric().closeness(score));
      }
    }
    return ranked;
  }

  /** Scores of several examples are closeness already. */
  private double relevance(double score) {
    return query.positive().size() == 1 && query.negative().isEmpty()
        ? query.metric().closeness(score)
        : score;
  }

  private boolean group(List<Scored> pool, Selection.Grouping grouping) throws IOException {
    Map<MetadataValue, List<Scored>> members = new LinkedHashMap<>();
    for (Scored scored : pool) {
      LeafReaderContext leaf = leaf(scored.document());
      Object value =
          ImageFields.metadata(leaf.reader(), scored.document() - leaf.docBase)
              .values()
              .get(grouping.key());
      if (value == null) {
        continue;
      }
      for (MetadataValue each : MetadataValue.of(value)) {
        List<Scored> group = members.computeIfAbsent(each, _ -> new ArrayList<>());
        if (group.size() < grouping.size()) {
          group.add(scored);
        }
      }
    }
    List<Group> page = new ArrayList<>();
    for (Map.Entry<MetadataValue, List<Scored>> group : page(List.copyOf(members.entrySet()))) {
      List<Hit> inGroup = hits(group.getValue());
      inGroup.sort(HIT_ORDER);
      page.add(new Group(group.getKey(), inGroup));
    }
    groups = page;
    return members.size() >= selection.reach();
  }

  private List<Hit> hits(List<Scored> picked) throws IOException {
    long startNanos = System.nanoTime();
    Map<Integer, Hit> byDocument = new HashMap<>();
    inOrder(
        picked,
        (scored, images, inLeaf) ->
            byDocument.put(scored.document(), new Hit(images.read(inLeaf), scored.score())));
    List<Hit> read = new ArrayList<>(picked.size());
    for (Scored scored : picked) {
      Hit hit = byDocument.get(scored.document());
      if (hit != null) {
        read.add(hit);
      }
    }
    fetchNanos += System.nanoTime() - startNanos;
    return read;
  }

  /** Visits documents in the order in which a segment is read fastest. */
  private void inOrder(List<Scored> documents, Visitor visitor) throws IOException {
    List<Scored> ascending = new ArrayList<>(documents);
    ascending.sort(Comparator.comparingInt(Scored::document));
    LeafReaderContext leaf = null;
    SegmentImages images = null;
    for (Scored each : ascending) {
      if (leaf == null
          || images == null
          || each.document() >= leaf.docBase + leaf.reader().maxDoc()) {
        leaf = leaf(each.document());
        images = new SegmentImages(leaf.reader());
      }
      visitor.visit(each, images, each.document() - leaf.docBase);
    }
  }

  /** Sees a document with the fields of its segment. */
  @FunctionalInterface
  private interface Visitor {
    void visit(Scored document, SegmentImages images, int inLeaf) throws IOException;
  }

  private LeafReaderContext leaf(int document) {
    List<LeafReaderContext> leaves = reader.leaves();
    return leaves.get(ReaderUtil.subIndex(document, leaves));
  }

  /**
   * A document and how it scores.
   *
   * @param document its number in the index
   * @param score its score, or 0 where it is not known yet
   */
  record Scored(int document, double score) {}

  /** A candidate for a diverse order. */
  private static final class Point {
    private final Scored scored;
    private final QueryVector vector;
    private final double relevance;
    private double closestRanked;

    Point(Scored scored, QueryVector vector, double relevance) {
      this.scored = scored;
      this.vector = vector;
      this.relevance = relevance;
    }

    double norm() {
      return vector.norm();
    }

    double value(double diversity) {
      return (1 - diversity) * relevance - diversity * closestRanked;
    }
  }
}
