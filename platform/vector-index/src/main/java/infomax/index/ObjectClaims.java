package infomax.index;

import infomax.events.Digest;
import infomax.events.Json;
import infomax.store.ObjectStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Objects that more than one generation may need, as after a restore: kept although no publication
 * names them yet, or although the one that does ends. Thread-safe; several processes may use one
 * store.
 *
 * <p>Entries: {@code claims/<name>}.
 */
public final class ObjectClaims {

  private static final String ROOT = "claims";

  private final ObjectStore store;
  private final InstantSource clock;

  ObjectClaims(ObjectStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * Keeps objects until {@link #giveUp}. To be claimed before they are stored. A claim that is
   * there already stays as it is.
   *
   * @param name lower-case letters, digits, dots and dashes
   */
  public void claim(String name, Set<Digest> objects) {
    store.createEntry(entry(name), Json.write(new Claim(objects, clock.instant())));
  }

  /** The claims there are, by name, with the instant each was made at. */
  public SortedMap<String, Instant> since() {
    SortedMap<String, Instant> since = new TreeMap<>();
    for (String name : store.names(ROOT)) {
      find(name).ifPresent(claim -> since.put(name, claim.since()));
    }
    return since;
  }

  /**
   * Ends a claim; one that is absent changes nothing. Of its objects those that nothing else names
   * go with the next {@link ObjectStore#collectGarbage}.
   */
  public void giveUp(String name) {
    store.deleteEntry(entry(name));
  }

  /**
   * Every object that is claimed.
   *
   * @throws IndexCorruptException if a claim is unreadable, since nobody knows what it names
   */
  Set<Digest> objects() {
    Set<Digest> objects = new HashSet<>();
    store.names(ROOT).forEach(name -> find(name).map(Claim::objects).ifPresent(objects::addAll));
    return objects;
  }

  /** A claim; empty if it was given up just now. */
  private Optional<Claim> find(String name) {
    try {
      return store.entry(entry(name)).map(json -> Json.read(json, Claim.class));
    } catch (IllegalArgumentException e) {
      throw new IndexCorruptException("claim " + name + " is damaged: " + e.getMessage(), e);
    }
  }

  private static String entry(String name) {
    return ROOT + "/" + name;
  }

  /** The value of a claim's entry. */
  private record Claim(Set<Digest> objects, Instant since) {}
}
