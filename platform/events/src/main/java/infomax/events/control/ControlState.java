package infomax.events.control;

import infomax.events.control.ControlRequest.Kind;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What {@code control} says so far: the newest value of every key. Immutable; {@link #with} and
 * {@link #without} give the next state.
 *
 * @param encoders releases by version
 * @param generations generations by number
 * @param alias the live alias; null before the first generation went live
 * @param requests requests by id
 * @param pause whether indexing is paused; null if nobody ever asked
 */
public record ControlState(
    SortedMap<Integer, EncoderRelease> encoders,
    SortedMap<Integer, IndexGeneration> generations,
    @Nullable LiveAlias alias,
    SortedMap<String, ControlRequest> requests,
    @Nullable IndexingPause pause) {

  /** Nothing decided yet. */
  public static final ControlState EMPTY =
      new ControlState(new TreeMap<>(), new TreeMap<>(), null, new TreeMap<>(), null);

  /** Copies the maps. */
  public ControlState {
    encoders = Collections.unmodifiableSortedMap(new TreeMap<>(encoders));
    generations = Collections.unmodifiableSortedMap(new TreeMap<>(generations));
    requests = Collections.unmodifiableSortedMap(new TreeMap<>(requests));
  }

  /** The state after a decision. */
  public ControlState with(ControlEvent event) {
    return switch (event) {
      case EncoderRelease release ->
          new ControlState(
              put(encoders, release.version(), release), generations, alias, requests, pause);
      case IndexGeneration generation ->
          new ControlState(
              encoders, put(generations, generation.number(), generation), alias, requests, pause);
      case LiveAlias moved -> new ControlState(encoders, generations, moved, requests, pause);
      case ControlRequest request ->
          new ControlState(
              encoders, generations, alias, put(requests, request.id(), request), pause);
      case IndexingPause next -> new ControlState(encoders, generations, alias, requests, next);
    };
  }

  /** The state after a key was deleted; an unknown key changes nothing. */
  public ControlState without(String key) {
    return new ControlState(
        remove(encoders, key),
        remove(generations, key),
        LiveAlias.KEY.equals(key) ? null : alias,
        remove(requests, key),
        IndexingPause.KEY.equals(key) ? null : pause);
  }

  /** True if nothing is indexed until somebody asks to go on. */
  public boolean isPaused() {
    return pause != null && pause.paused();
  }

  /** The live generation, if there is one. */
  public Optional<IndexGeneration> live() {
    return Optional.ofNullable(alias).map(current -> generations.get(current.generation()));
  }

  /** The generation a rollback would go back to, if there is one and it is still followed. */
  public Optional<IndexGeneration> previous() {
    return Optional.ofNullable(alias)
        .map(LiveAlias::previous)
        .map(generations::get)
        .filter(generation -> generation.state() == GenerationState.STANDBY);
  }

  /** Requests of a kind that are not final, oldest first. */
  public List<ControlRequest> open(Kind kind) {
    return requests.values().stream()
        .filter(request -> request.kind() == kind && !request.status().isFinal())
        .sorted(java.util.Comparator.comparing(ControlRequest::createdAt))
        .toList();
  }

  private static <K, V> SortedMap<K, V> put(SortedMap<K, V> map, K key, V value) {
    TreeMap<K, V> copy = new TreeMap<>(map);
    copy.put(key, value);
    return copy;
  }

  private static <K, V extends ControlEvent> SortedMap<K, V> remove(
      SortedMap<K, V> map, String key) {
    TreeMap<K, V> copy = new TreeMap<>(map);
    copy.values().removeIf(event -> event.key().equals(key));
    return copy;
  }
}
