package infomax.search.query;

import infomax.events.ImageId;
import infomax.index.Deadline;
import infomax.index.Effort;
import infomax.index.Filter;
import infomax.index.ImagePage;
import infomax.index.IndexedImage;
import infomax.index.Metric;
import infomax.index.PublishedIndex;
import infomax.index.QueryVector;
import infomax.index.SearchAnswer.Hit;
import infomax.index.Selection;
import infomax.index.VectorQuery;
import infomax.search.query.DuplicatesBody.DuplicateGroup;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds groups of near-duplicates: images connected by scores of at least a threshold. Images are
 * examined in the order of their ids, and a group is told with its first one, so that the parts of
 * a listing tell every group once. Thread-safe.
 */
public final class Duplicates {

  /** Neighbours looked for per image; what lies beyond is found from the neighbours. */
  private static final int NEIGHBOURS = 32;

  /** Images of one group that are looked for. */
  private static final int MEMBERS_MAX = 500;

  private static final Comparator<ImageId> BY_ID =
      (left, right) -> Arrays.compareUnsigned(left.bytes(), right.bytes());

  private final Answering answering;

  /** Duplicates in what answers. */
  public Duplicates(Answering answering) {
    this.answering = answering;
  }

  /**
   * The groups that begin with one of the next images.
   *
   * @param minScore least cosine
   * @param after the image before the first one to examine; null to begin
   * @param limit most images to examine; fewer where the time limit comes first
   */
  DuplicatesBody find(double minScore, @Nullable ImageId after, int limit, Demands demands)
      throws InterruptedException {
    long startNanos = System.nanoTime();
    return answering.answer(
        demands,
        (live, deadline) -> {
          ImagePage page = live.index().list(Filter.ALL, after, limit, deadline);
          Part part = new Part(live.index(), minScore, deadline);
          part.examine(page.images());
          boolean more = page.more() || part.examined < page.images().size();
          return new DuplicatesBody(
              part.groups,
              part.examined,
              more ? Cursor.after(page.images().get(part.examined - 1).id()) : null,
              answering.provenance(live),
              ImageSearch.tookMillis(startNanos));
        });
  }

  /** One part of the listing. */
  private static final class Part {
    private final PublishedIndex index;
    private final double minScore;
    private final Deadline deadline;
    private final List<DuplicateGroup> groups = new ArrayList<>();
    private final Set<ImageId> told = new HashSet<>();
    private int examined;

    Part(PublishedIndex index, double minScore, Deadline deadline) {
      this.index = index;
      this.minScore = minScore;
      this.deadline = deadline;
    }

    /** At least one image is examined, or time runs out: a listing always gets on. */
    void examine(List<IndexedImage> images) {
      for (IndexedImage image : images) {
        try {
          if (!told.contains(image.id())) {
            group(image).ifPresent(groups::add);
          }
        } catch (Deadline.OutOfTimeException e) {
          if (examined == 0) {
            throw e;
          }
          return;
        }
        examined++;
      }
    }

    /** The group of an image, if it has one and is the first in it. */
    private Optional<DuplicateGroup> group(IndexedImage first) {
      Map<ImageId, IndexedImage> members = new LinkedHashMap<>();
      members.put(first.id(), first);
      Deque<IndexedImage> unvisited = new ArrayDeque<>(List.of(first));
      while (!unvisited.isEmpty() && members.size() < MEMBERS_MAX) {
        for (Hit hit : neighbours(unvisited.remove())) {
          IndexedImage other = hit.image();
          if (BY_ID.compare(other.id(), first.id()) < 0) {
            return Optional.empty();
          }
          if (members.size() < MEMBERS_MAX && members.putIfAbsent(other.id(), other) == null) {
            unvisited.add(other);
          }
        }
      }
      if (members.size() == 1) {
        return Optional.empty();
      }
      told.addAll(members.keySet());
      List<HitBody> bodies =
          members.values().stream()
              .map(member -> new Hit(member, first.vector().cosine(member.vector())))
              .sorted(
                  Comparator.comparing((Hit hit) -> !hit.image().id().equals(first.id()))
                      .thenComparingDouble(hit -> -hit.score())
                      .thenComparing(hit -> hit.image().id(), BY_ID))
              .map(hit -> HitBody.of(hit, List.of(Include.METADATA, Include.DIGEST)))
              .toList();
      return Optional.of(new DuplicateGroup(bodies, unvisited.isEmpty()));
    }

    private List<Hit> neighbours(IndexedImage image) {
      return index
          .search(
              VectorQuery.nearest(QueryVector.of(image), NEIGHBOURS, false, Metric.COSINE)
                  .without(Set.of(image.id()))
                  .selecting(new Selection(0, NEIGHBOURS, minScore, 0, null))
                  .with(new Effort(false, Effort.defaultCandidates(NEIGHBOURS), deadline)))
          .hits();
    }
  }
}
