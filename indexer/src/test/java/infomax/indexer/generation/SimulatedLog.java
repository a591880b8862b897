package infomax.indexer.generation;

import infomax.events.Position;
import infomax.events.Positions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** The topic images, in memory: per partition the changes of few ids, deletes among them. */
final class SimulatedLog {

  static final int PARTITIONS = 2;
  static final String TOPIC = "topic-a";

  private static final int IDS = 8;

  private final List<List<Change>> partitions = new ArrayList<>();

  SimulatedLog() {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      partitions.add(new ArrayList<>());
    }
  }

  /** A change of an id; its place is its version. */
  record Change(String id, boolean delete) {}

  /** Where the newest change of an id is. */
  record Place(int partition, long offset) {}

  void append(Random random) {
    int number = random.nextInt(IDS);
    partitions.get(number % PARTITIONS).add(new Change("image-" + number, random.nextInt(4) == 0));
  }

  List<Change> partition(int number) {
    return partitions.get(number);
  }

  Positions ends() {
    Positions ends = Positions.START;
    for (int partition = 0; partition < PARTITIONS; partition++) {
      ends = ends.with(partition, Position.of(partitions.get(partition).size()));
    }
    return ends;
  }

  /** What an index at these positions has to hold. */
  Map<String, Place> contents(Positions until) {
    Map<String, Place> contents = new TreeMap<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      for (int offset = 0; offset < until.offset(partition); offset++) {
        apply(contents, partition, offset);
      }
    }
    return contents;
  }

  void apply(Map<String, Place> contents, int partition, int offset) {
    Change change = partitions.get(partition).get(offset);
    if (change.delete()) {
      contents.remove(change.id());
    } else {
      contents.put(change.id(), new Place(partition, offset));
    }
  }
}
