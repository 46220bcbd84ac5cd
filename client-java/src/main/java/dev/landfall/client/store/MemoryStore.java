package dev.landfall.client.store;

import dev.landfall.api.CollectionName;
import dev.landfall.client.replica.Copy;
import dev.landfall.client.replica.DocumentAddress;
import dev.landfall.client.replica.Refusal;
import dev.landfall.client.replica.Replica;
import dev.landfall.client.replica.ReplicaState;
import dev.landfall.client.replica.Step;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The heap. */
final class MemoryStore implements LocalStore {
  private static final class Kept {
    Optional<ReplicaState> state = Optional.empty();
    final Map<DocumentAddress, Copy> copies = new LinkedHashMap<>();
    final Map<Long, Refusal> refusals = new TreeMap<>();
  }

  private final Optional<String> problem;
  private final Map<CollectionName, Kept> collections = new HashMap<>();
  private Optional<Binding> binding = Optional.empty();

  MemoryStore(Optional<String> problem) {
    this.problem = problem;
  }

  @Override
  public Optional<String> problem() {
    return problem;
  }

  @Override
  public synchronized Optional<Binding> binding() {
    return binding;
  }

  @Override
  public synchronized void bind(Binding wanted) {
    binding = Optional.of(wanted);
  }

  @Override
  public synchronized Set<CollectionName> collections() {
    return Set.copyOf(collections.keySet());
  }

  @Override
  public synchronized Replica load(CollectionName collection, String nodeName) {
    Kept kept = kept(collection);
    return new Replica(
        kept.state.map(state -> state.opened(nodeName)).orElse(ReplicaState.fresh(nodeName)),
        kept.copies,
        kept.refusals.values());
  }

  @Override
  public synchronized void save(CollectionName collection, Step step) {
    Kept kept = kept(collection);
    step.copies()
        .forEach(
            (address, copy) ->
                copy.ifPresentOrElse(
                    one -> kept.copies.put(address, one), () -> kept.copies.remove(address)));
    step.refusals()
        .forEach(
            (number, refusal) ->
                refusal.ifPresentOrElse(
                    one -> kept.refusals.put(number, one), () -> kept.refusals.remove(number)));
    kept.state = Optional.of(step.state());
  }

  private Kept kept(CollectionName collection) {
    return collections.computeIfAbsent(collection, unused -> new Kept());
  }

  @Override
  public synchronized void clear() {
    collections.clear();
    binding = Optional.empty();
  }

  @Override
  public void close() {}
}
