package infomax.indexer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Digest;
import infomax.events.Json;
import infomax.index.IndexFile;
import infomax.index.Manifest;
import infomax.index.PublishedShards;
import infomax.index.SealedJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What has to hold of the publications in the store after every step: none goes back, each term has
 * one writer, and every object that a manifest names is there.
 */
final class StoreInvariants {

  private static final String HEAD = "infomax-manifest 2";

  private final IntPredicate isIndexed;
  private final Map<String, Manifest> present = new HashMap<>();
  private final Map<Digest, Integer> named = new HashMap<>();

  /** By folder: the newest publication there ever was. */
  private final Map<String, Manifest> newest = new HashMap<>();

  /** By folder and term: the one writer. */
  private final Map<String, String> writers = new HashMap<>();

  /** Publications made so far. */
  int publications;

  /**
   * Nothing is known yet.
   *
   * @param isIndexed true for generations that have not ended: of one that has, somebody who does
   *     not know yet may publish anything
   */
  StoreInvariants(IntPredicate isIndexed) {
    this.isIndexed = isIndexed;
  }

  void entryCreated(String name, byte[] value, Predicate<Digest> isStored) {
    if (!name.contains("/manifest-")) {
      return;
    }
    Manifest made = Json.read(SealedJson.open(HEAD, value), Manifest.class);
    publications++;
    if (!isIndexed.test(made.generation())) {
      return;
    }
    assertThat(present.containsKey(name)).as("%s is replaced", name).isFalse();
    String folder = name.substring(0, name.lastIndexOf('/'));
    Manifest before = newest.get(folder);
    if (before != null && made.sequence() <= before.sequence()) {
      // A writer that slept through garbage collection: its number was free again. Nobody sees it,
      // since readers take the highest; it goes with the next collection.
      assertThat(made.term()).as("old number %s", name).isLessThan(before.term());
      return;
    }
    if (before != null) {
      assertThat(made.sequence()).as(name).isEqualTo(before.sequence() + 1);
      assertThat(made.positions().reaches(before.positions())).as("goes back: %s", name).isTrue();
      assertThat(made.term()).as(name).isGreaterThanOrEqualTo(before.term());
    }
    newest.put(folder, made);
    present.put(name, made);
    String writer = writers.putIfAbsent(folder + "/" + made.term(), made.writer());
    assertThat(writer == null || writer.equals(made.writer()))
        .as("two writers in term %s of %s", made.term(), folder)
        .isTrue();
    for (IndexFile file : made.files()) {
      named.merge(file.digest(), 1, Integer::sum);
      assertThat(isStored.test(file.digest())).as("%s names %s", name, file.name()).isTrue();
    }
  }

  /** The newest publications of all shards of a generation; null if one has none. */
  @Nullable PublishedShards newest(int generation) {
    List<Manifest> shards = new ArrayList<>();
    int count = 1;
    for (int shard = 0; shard < count; shard++) {
      Manifest found = newest.get("publications/" + generation + "/" + shard);
      if (found == null || !present.containsValue(found)) {
        return null;
      }
      count = found.spec().index().shards();
      shards.add(found);
    }
    return new PublishedShards(shards);
  }

  void entryDeleted(String name) {
    Manifest gone = present.remove(name);
    if (gone != null) {
      gone.files().forEach(file -> named.merge(file.digest(), -1, Integer::sum));
    }
  }

  void objectDeleted(Digest digest) {
    assertThat(named.getOrDefault(digest, 0)).as("deleted while named: %s", digest).isZero();
  }
}
