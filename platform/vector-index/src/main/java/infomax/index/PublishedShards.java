package infomax.index;

import infomax.events.Digest;
import infomax.events.Position;
import infomax.events.Positions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A publication of every shard of one generation: what is searched as one index. Shards are
 * published independently of one another, each at positions of its own; none of them reads a
 * partition that another one reads.
 *
 * @param shards manifests in the order of the shards' numbers, one for each
 */
public record PublishedShards(List<Manifest> shards) {

  /** Copies the list and checks that it is one generation, and all of it. */
  public PublishedShards {
    shards = List.copyOf(shards);
    if (shards.isEmpty()) {
      throw new IllegalArgumentException("no shard, expected every one of a generation");
    }
    IndexSpec first = shards.getFirst().spec();
    if (shards.size() != first.index().shards()) {
      throw new IllegalArgumentException(
          shards.size() + " shards, expected " + first.index().shards());
    }
    for (int shard = 0; shard < shards.size(); shard++) {
      IndexSpec spec = shards.get(shard).spec();
      if (!spec.equals(first.ofShard(shard))) {
        throw new IllegalArgumentException(
            "shard " + shard + " was built as " + spec + ", expected " + first.ofShard(shard));
      }
    }
  }

  /** What the first shard is built from; the others differ in the shard's number only. */
  public IndexSpec spec() {
    return shards.getFirst().spec();
  }

  /** Number of the generation. */
  public int generation() {
    return spec().generation();
  }

  /** SHA-256 of the encoder release's ONNX file. */
  public Digest encoder() {
    return spec().encoder();
  }

  /** Length of the vectors. */
  public int dimensions() {
    return spec().dimensions();
  }

  /** Publications of all shards so far; of two, the higher one is the newer. */
  public long sequence() {
    return shards.stream().mapToLong(Manifest::sequence).sum();
  }

  /** Numbers of the shards' publications, in the order of the shards. */
  public List<Long> sequences() {
    return shards.stream().map(Manifest::sequence).toList();
  }

  /** Live documents of all shards. */
  public long images() {
    return shards.stream().mapToLong(Manifest::images).sum();
  }

  /** Next offsets to read; every record below is in the index. */
  public Positions positions() {
    TreeMap<Integer, Position> positions = new TreeMap<>();
    shards.forEach(shard -> positions.putAll(shard.positions().byPartition()));
    return new Positions(positions);
  }

  /** Per partition, when its end was last reached. */
  public SortedMap<Integer, Instant> completeAsOf() {
    TreeMap<Integer, Instant> complete = new TreeMap<>();
    shards.forEach(shard -> complete.putAll(shard.completeAsOf()));
    return complete;
  }

  /** Per partition, how long before its shard was published its end was last reached. */
  public SortedMap<Integer, Duration> incompleteFor() {
    TreeMap<Integer, Duration> incomplete = new TreeMap<>();
    for (Manifest shard : shards) {
      shard
          .completeAsOf()
          .forEach(
              (partition, asOf) ->
                  incomplete.put(partition, Duration.between(asOf, shard.publishedAt())));
    }
    return incomplete;
  }

  /** When the newest of them was made. */
  public Instant publishedAt() {
    return shards.stream().map(Manifest::publishedAt).max(Comparator.naturalOrder()).orElseThrow();
  }

  /** Bytes of the files that {@code previous} does not have; of all files if there is none. */
  public long bytesBeyond(@Nullable PublishedShards previous) {
    return shards.stream()
        .mapToLong(
            shard ->
                shard.bytesBeyond(previous == null ? null : previous.shards.get(shard.shard())))
        .sum();
  }

  /**
   * What comes after {@code before}: of each shard the publication here if it shows everything that
   * the one there does, else the one there.
   */
  public PublishedShards after(PublishedShards before) {
    List<Manifest> next = new ArrayList<>();
    for (Manifest known : before.shards) {
      Manifest here = shards.get(known.shard());
      next.add(here.continues(known) ? here : known);
    }
    return new PublishedShards(next);
  }
}
