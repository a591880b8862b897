package infomax.indexer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Digest;
import infomax.index.CommitMark;
import infomax.index.IndexCorruptException;
import infomax.index.IndexFile;
import infomax.index.LocalFiles;
import infomax.index.Manifest;
import infomax.index.PublishedShards;
import infomax.indexer.generation.SimulatedLog.Place;
import infomax.store.ObjectBrokenException;
import infomax.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A writer's disk, which survives its process: segments of changes in place of Lucene's. A commit
 * adds one, or merges all into one. As in Lucene, no two files anywhere are equal.
 */
final class SimulatedFiles implements LocalFiles {

  private static final String DELETED = "-";

  private final ObjectStore store;
  private final Random random;
  private Map<IndexFile, byte[]> files = new LinkedHashMap<>();
  private Optional<CommitMark> mark = Optional.empty();

  SimulatedFiles(ObjectStore store, Random random) {
    this.store = store;
    this.random = random;
  }

  @Override
  public Optional<CommitMark> newestCommit() {
    return mark;
  }

  @Override
  public void replaceBy(List<IndexFile> fetched) {
    files = new LinkedHashMap<>();
    mark = Optional.empty();
    for (IndexFile file : fetched) {
      try {
        files.put(file, store.read(file.digest()));
      } catch (ObjectBrokenException e) {
        throw new IndexCorruptException("file " + file.name() + " cannot be fetched", e);
      }
    }
  }

  /** The disk is lost. */
  void lose() {
    files = new LinkedHashMap<>();
    mark = Optional.empty();
  }

  /** Commits changes, an empty place being a delete, together with the mark. */
  void commit(CommitMark next, Map<String, Optional<Place>> changes) {
    Map<IndexFile, byte[]> now = new LinkedHashMap<>(files);
    if (random.nextInt(4) == 0) {
      now.clear();
      Map<String, Optional<Place>> all = new TreeMap<>();
      contents().forEach((id, place) -> all.put(id, Optional.of(place)));
      all.putAll(changes);
      add(now, all);
    } else {
      add(now, changes);
    }
    files = now;
    mark = Optional.of(next);
  }

  Map<IndexFile, byte[]> files() {
    return files;
  }

  Map<String, Place> contents() {
    return contents(List.copyOf(files.keySet()), file -> files.get(file));
  }

  /** What all shards hold together: no id lies in two of them. */
  static Map<String, Place> contents(PublishedShards published, Function<IndexFile, byte[]> bytes) {
    Map<String, Place> contents = new TreeMap<>();
    for (Manifest manifest : published.shards()) {
      contents(manifest.files(), bytes)
          .forEach(
              (id, place) -> {
                assertThat(manifest.spec().shardPartitions()).contains(place.partition());
                assertThat(contents.put(id, place)).as("%s in two shards", id).isNull();
              });
    }
    return contents;
  }

  /** What files hold, the later ones overriding. */
  static Map<String, Place> contents(List<IndexFile> files, Function<IndexFile, byte[]> bytes) {
    Map<String, Place> contents = new TreeMap<>();
    for (IndexFile file : files) {
      String text = new String(bytes.apply(file), StandardCharsets.UTF_8);
      text.lines()
          .skip(1)
          .map(line -> line.split(" ", -1))
          .forEach(
              parts -> {
                if (parts[1].equals(DELETED)) {
                  contents.remove(parts[0]);
                } else {
                  contents.put(
                      parts[0], new Place(Integer.parseInt(parts[1]), Long.parseLong(parts[2])));
                }
              });
    }
    return contents;
  }

  private void add(Map<IndexFile, byte[]> to, Map<String, Optional<Place>> changes) {
    long unique = random.nextLong();
    List<String> lines = new ArrayList<>(List.of("segment " + unique));
    changes.forEach(
        (id, place) ->
            lines.add(
                id + " " + place.map(at -> at.partition() + " " + at.offset()).orElse(DELETED)));
    byte[] bytes = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    to.put(new IndexFile("_" + Long.toHexString(unique), bytes.length, Digest.of(bytes)), bytes);
  }
}
