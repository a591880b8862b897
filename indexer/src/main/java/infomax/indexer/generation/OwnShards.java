package infomax.indexer.generation;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Which shards of every generation a process writes: those whose number mod {@code processes} is
 * {@code ordinal}. Between them, processes 0 to n - 1 of n write each shard once.
 *
 * @param ordinal number of this process, from 0
 * @param processes how many share the shards, at least 1
 */
public record OwnShards(int ordinal, int processes) {

  /** One process writes all. */
  public static final OwnShards ALL = new OwnShards(0, 1);

  /** Checks the range. */
  public OwnShards {
    if (processes < 1 || ordinal < 0 || ordinal >= processes) {
      throw new IllegalArgumentException(
          "process %d of %d, expected 0 to %d"
              .formatted(ordinal, processes, Math.max(0, processes - 1)));
    }
  }

  /** Its own among this many shards. */
  List<Integer> of(int shards) {
    return IntStream.range(0, shards)
        .filter(shard -> shard % processes == ordinal)
        .boxed()
        .toList();
  }
}
