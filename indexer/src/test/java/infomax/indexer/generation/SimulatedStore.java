package infomax.indexer.generation;

import infomax.events.Digest;
import infomax.store.ObjectBrokenException;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import infomax.store.StoreStep;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * An object store in memory that every actor sees through a client of its own, whose every step is
 * one at which other actors may act and faults may strike.
 */
final class SimulatedStore {

  /** What is wrong with the store, to see whether the simulation notices. */
  enum Flaw {
    NONE,
    /** Creating an entry that is there already replaces it, and says it did not exist. */
    ENTRIES_ARE_OVERWRITTEN,
    /** Now and then an object that was reported stored is not. */
    OBJECTS_GET_LOST
  }

  private final SimulatedSystem system;
  private final StoreInvariants invariants;
  private final Flaw flaw;
  private final TreeMap<String, byte[]> entries = new TreeMap<>();
  private final Map<Digest, Stored> objects = new HashMap<>();

  SimulatedStore(SimulatedSystem system, StoreInvariants invariants, Flaw flaw) {
    this.system = system;
    this.invariants = invariants;
    this.flaw = flaw;
  }

  /** The store as one actor sees it. */
  ObjectStore client(SimulatedSystem.Actor actor) {
    return new Client(actor);
  }

  /** The bytes of an object, seen by nobody; empty if it is absent. */
  Optional<byte[]> peek(Digest digest) {
    return Optional.ofNullable(objects.get(digest)).map(stored -> stored.bytes);
  }

  /** An object, which nobody changes. */
  private static final class Stored {
    private final byte[] bytes;
    private final Instant since;

    Stored(byte[] bytes, Instant since) {
      this.bytes = bytes;
      this.since = since;
    }
  }

  private final class Client implements ObjectStore {

    private final SimulatedSystem.Actor actor;

    Client(SimulatedSystem.Actor actor) {
      this.actor = actor;
    }

    @Override
    public Digest put(byte[] bytes) {
      Digest digest = Digest.of(bytes);
      system.before(actor, StoreStep.PUT_OBJECT);
      if (flaw != Flaw.OBJECTS_GET_LOST || system.random().nextInt(100) > 0) {
        objects.put(digest, new Stored(bytes, system.now()));
      }
      system.after(actor);
      return digest;
    }

    @Override
    public void putDigested(Map<Path, Digest> digests) {
      throw new UnsupportedOperationException("nobody has files here");
    }

    @Override
    public byte[] read(Digest digest) {
      system.before(actor, StoreStep.READ_OBJECT);
      Stored stored = objects.get(digest);
      if (stored == null) {
        throw new ObjectBrokenException(digest, "object " + digest + " is absent");
      }
      return stored.bytes;
    }

    @Override
    public void fetch(Digest digest, Path target) {
      throw new UnsupportedOperationException("nobody has files here");
    }

    @Override
    public void verify(Digest digest) {
      read(digest);
    }

    @Override
    public boolean contains(Digest digest) {
      return objects.containsKey(digest);
    }

    @Override
    public void delete(Digest digest) {
      system.before(actor, StoreStep.DELETE_OBJECT);
      objects.remove(digest);
      invariants.objectDeleted(digest);
      system.after(actor);
    }

    @Override
    public boolean createEntry(String name, byte[] value) {
      system.before(actor, StoreStep.CREATE_ENTRY);
      boolean created = flaw == Flaw.ENTRIES_ARE_OVERWRITTEN || !entries.containsKey(name);
      if (created) {
        entries.put(name, value);
        invariants.entryCreated(name, value, objects::containsKey);
      }
      system.after(actor);
      return created;
    }

    @Override
    public Optional<byte[]> entry(String name) {
      system.before(actor, StoreStep.READ_ENTRY);
      return Optional.ofNullable(entries.get(name));
    }

    @Override
    public List<String> entries(String prefix) {
      system.before(actor, StoreStep.LIST_ENTRIES);
      return entries.navigableKeySet().subSet(prefix + "/", prefix + "0").stream().toList();
    }

    @Override
    public List<String> names(String folder) {
      system.before(actor, StoreStep.LIST_ENTRIES);
      TreeSet<String> names = new TreeSet<>();
      for (String name : entries.navigableKeySet().subSet(folder + "/", folder + "0")) {
        names.add(name.substring(folder.length() + 1).split("/", 2)[0]);
      }
      return List.copyOf(names);
    }

    @Override
    public void deleteEntry(String name) {
      system.before(actor, StoreStep.DELETE_ENTRY);
      entries.remove(name);
      invariants.entryDeleted(name);
      system.after(actor);
    }

    @Override
    public int collectGarbage(Predicate<Digest> isNamed, Instant olderThan) {
      system.before(actor, StoreStep.DELETE_OBJECT);
      List<Digest> garbage = new ArrayList<>();
      objects.forEach(
          (digest, stored) -> {
            if (!isNamed.test(digest) && stored.since.isBefore(olderThan)) {
              garbage.add(digest);
            }
          });
      garbage.forEach(objects::remove);
      garbage.forEach(invariants::objectDeleted);
      return garbage.size();
    }
  }

  /** What a store throws that cannot be reached. */
  static ObjectStoreException unreachable() {
    return new ObjectStoreException("the store does not answer");
  }
}
