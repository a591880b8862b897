package infomax.indexer.generation;

import java.util.Comparator;

/** A shard of a generation, by their numbers. */
record Shard(int generation, int shard) implements Comparable<Shard> {

  private static final Comparator<Shard> ORDER =
      Comparator.comparingInt(Shard::generation).thenComparingInt(Shard::shard);

  @Override
  public int compareTo(Shard other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return "generation " + generation + " shard " + shard;
  }
}
