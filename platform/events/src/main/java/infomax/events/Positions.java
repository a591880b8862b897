package infomax.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A place in a topic: partition to next offset to read. Immutable. A partition that is absent is at
 * offset 0.
 *
 * @param byPartition sorted by partition, unmodifiable
 */
public record Positions(@JsonValue SortedMap<Integer, Position> byPartition) {

  /** Nothing read yet. */
  public static final Positions START = new Positions(new TreeMap<>());

  /** Copies the map. */
  @JsonCreator
  public Positions {
    byPartition = Collections.unmodifiableSortedMap(new TreeMap<>(byPartition));
  }

  /** Positions from plain offsets, without leader epochs. */
  public static Positions ofOffsets(Map<Integer, Long> offsets) {
    TreeMap<Integer, Position> positions = new TreeMap<>();
    offsets.forEach((partition, offset) -> positions.put(partition, Position.of(offset)));
    return new Positions(positions);
  }

  /** Next offset to read in {@code partition}; 0 if the partition is absent. */
  public long offset(int partition) {
    Position position = byPartition.get(partition);
    return position == null ? 0 : position.offset();
  }

  /** This place with {@code partition} at {@code position}. */
  public Positions with(int partition, Position position) {
    TreeMap<Integer, Position> copy = new TreeMap<>(byPartition);
    copy.put(partition, position);
    return new Positions(copy);
  }

  /** The same place in these partitions alone. */
  public Positions in(Collection<Integer> partitions) {
    TreeMap<Integer, Position> copy = new TreeMap<>(byPartition);
    copy.keySet().retainAll(partitions);
    return new Positions(copy);
  }

  /** True if no partition of {@code other} is ahead of this place. */
  public boolean reaches(Positions other) {
    return other.byPartition.entrySet().stream()
        .allMatch(entry -> offset(entry.getKey()) >= entry.getValue().offset());
  }

  /** True if both places name the same offsets, whatever the leader epochs. */
  public boolean sameOffsets(Positions other) {
    return reaches(other) && other.reaches(this);
  }

  /** True if the write behind {@code token} lies below this place. The topic is not compared. */
  public boolean satisfies(Token token) {
    return offset(token.partition()) > token.offset();
  }

  /**
   * Offset distance to {@code end}: an upper bound on the records in between, since markers and
   * compacted records count too.
   */
  public long lagTo(Positions end) {
    return end.byPartition.entrySet().stream()
        .mapToLong(entry -> Math.max(0, entry.getValue().offset() - offset(entry.getKey())))
        .sum();
  }
}
