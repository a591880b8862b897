package infomax.indexer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Positions;
import infomax.events.control.ControlState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.LiveAlias;
import infomax.index.Publications;
import infomax.index.PublishedShards;
import infomax.indexer.rollout.decision.ReplicaStatus;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A search replica: loads what is published, and answers from what the alias names. */
final class SimulatedReader extends SimulatedSystem.Actor {

  private final SimulatedSystem system;
  private final String name;
  private final ObjectStore store;
  private final Publications publications;
  private final Map<Integer, PublishedShards> loaded = new TreeMap<>();
  private @Nullable Integer serving;
  private int known;

  SimulatedReader(SimulatedSystem system, String name) {
    this.system = system;
    this.name = name;
    this.store = system.client(this);
    this.publications = new Publications(store, system::now);
  }

  boolean servesTheEndOf(ControlState state, Positions ends) {
    return serving != null
        && state.live().filter(live -> live.number() == serving).isPresent()
        && loaded.get(serving).positions().reaches(ends);
  }

  @Override
  void act() {
    known += system.random().nextInt(system.control.end() - known + 1);
    ControlState state = system.control.stateAt(known);
    List<IndexGeneration> wanted =
        new ArrayList<>(
            state.generations().values().stream().filter(each -> each.state().isLoaded()).toList());
    if (!wanted.isEmpty()) {
      try {
        load(wanted.get(system.random().nextInt(wanted.size())).number());
      } catch (ObjectStoreException e) {
        // What is loaded goes on answering.
      }
    }
    move(state.alias());
    loaded
        .keySet()
        .removeIf(
            number ->
                wanted.stream().noneMatch(each -> each.number() == number)
                    && !number.equals(serving));
    report();
  }

  @Override
  void die() {
    loaded.clear();
    serving = null;
    system.replicas.remove(name);
  }

  private void load(int generation) {
    PublishedShards current = loaded.get(generation);
    Optional<PublishedShards> newest =
        publications
            .latest(generation)
            .map(found -> current == null ? found : found.after(current))
            .filter(found -> !found.equals(current));
    if (newest.isEmpty()) {
      return;
    }
    PublishedShards published = newest.get();
    Map<String, SimulatedLog.Place> contents =
        SimulatedFiles.contents(published, file -> store.read(file.digest()));
    assertThat(contents)
        .as("generation %s publication %s", generation, published.sequences())
        .isEqualTo(system.log.contents(published.positions()));
    assertThat(published.images()).isEqualTo(contents.size());
    if (current != null) {
      assertThat(published.sequence()).isGreaterThan(current.sequence());
      assertThat(published.positions().reaches(current.positions())).isTrue();
    }
    loaded.put(generation, published);
  }

  private void move(@Nullable LiveAlias alias) {
    if (alias == null || !loaded.containsKey(alias.generation())) {
      return;
    }
    Positions bar = serving == null ? Positions.START : loaded.get(serving).positions();
    if (loaded.get(alias.generation()).positions().reaches(bar)) {
      serving = alias.generation();
    }
  }

  private void report() {
    Map<Integer, Positions> positions = new HashMap<>();
    loaded.forEach((number, published) -> positions.put(number, published.positions()));
    system.replicas.put(
        name, new ReplicaStatus(name, positions, serving == null ? null : positions.get(serving)));
  }
}
