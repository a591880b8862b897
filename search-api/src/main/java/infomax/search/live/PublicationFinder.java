package infomax.search.live;

import infomax.index.IndexSpec;
import infomax.index.Manifest;
import infomax.index.Publications;
import infomax.index.PublishedShards;
import infomax.search.live.PastPublications.Outcome.Unavailable;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Finds which of the publications in the store is meant. Every method throws {@link
 * infomax.store.ObjectStoreException} if the store does not answer. Thread-safe.
 */
final class PublicationFinder {

  private final Publications publications;
  private final InstantSource clock;

  PublicationFinder(Publications publications, InstantSource clock) {
    this.publications = publications;
    this.clock = clock;
  }

  /**
   * The newest publication of a generation that is not after {@code asOf}: of every shard its own.
   */
  Optional<PublishedShards> find(IndexSpec spec, AsOf asOf) {
    return switch (asOf) {
      case AsOf.Time(Instant limit) ->
          limit.isAfter(clock.instant())
              ? Optional.empty()
              : shards(
                  spec,
                  shard -> find(spec.generation(), shard, manifest -> isAfter(manifest, limit)));
      case AsOf.Publication(List<Long> limits) ->
          limits.size() == spec.index().shards()
              ? shards(spec, shard -> find(spec.generation(), shard, limits.get(shard)))
              : Optional.empty();
    };
  }

  private static boolean isAfter(Manifest manifest, Instant limit) {
    return manifest.publishedAt().isAfter(limit);
  }

  private Optional<Manifest> find(int generation, int shard, long limit) {
    List<Long> sequences = publications.sequences(generation, shard);
    if (sequences.isEmpty() || limit > sequences.getLast()) {
      return Optional.empty();
    }
    return newest(generation, shard, sequences.stream().filter(each -> each <= limit).toList());
  }

  /**
   * The publications of a shard follow each other in time, so that half of them can be skipped. One
   * that was collected or is damaged counts as before: another one is taken in the end.
   */
  private Optional<Manifest> find(int generation, int shard, Predicate<Manifest> isAfter) {
    List<Long> sequences = publications.sequences(generation, shard);
    int low = 0;
    int high = sequences.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (publications.read(generation, shard, sequences.get(middle)).filter(isAfter).isPresent()) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return newest(generation, shard, sequences.subList(0, low));
  }

  private Optional<Manifest> newest(int generation, int shard, List<Long> sequences) {
    return first(generation, shard, sequences.reversed());
  }

  private Optional<Manifest> first(int generation, int shard, List<Long> sequences) {
    return sequences.stream()
        .flatMap(sequence -> publications.read(generation, shard, sequence).stream())
        .findFirst();
  }

  private static Optional<PublishedShards> shards(
      IndexSpec spec, IntFunction<Optional<Manifest>> find) {
    List<Manifest> found =
        IntStream.range(0, spec.index().shards()).mapToObj(find).flatMap(Optional::stream).toList();
    return found.size() == spec.index().shards()
        ? Optional.of(new PublishedShards(found))
        : Optional.empty();
  }

  /** That what was asked for is not there, with the oldest and the newest that are. */
  Unavailable unavailable(IndexSpec spec) {
    int number = spec.generation();
    Optional<PublishedShards> oldest =
        shards(spec, shard -> first(number, shard, publications.sequences(number, shard)));
    return new Unavailable(
        oldest.orElse(null),
        oldest.isEmpty() ? null : publications.latest(number).or(() -> oldest).orElseThrow());
  }
}
