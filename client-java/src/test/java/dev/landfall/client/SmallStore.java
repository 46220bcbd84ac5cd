package dev.landfall.client;

import dev.landfall.api.CollectionName;
import dev.landfall.api.json.JsonText;
import dev.landfall.client.replica.Copy;
import dev.landfall.client.replica.DocumentAddress;
import dev.landfall.client.replica.Replica;
import dev.landfall.client.replica.Saved;
import dev.landfall.client.replica.Step;
import dev.landfall.client.store.Binding;
import dev.landfall.client.store.LocalStore;
import dev.landfall.client.store.LocalStoreException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A device with little room: so many pages, as a database fills them. */
final class SmallStore implements LocalStore {
  private final LocalStore memory = LocalStore.memory();
  private final Map<DocumentAddress, Integer> sizes = new HashMap<>();
  volatile int capacity;

  SmallStore(int capacity) {
    this.capacity = capacity;
  }

  @Override
  public synchronized void save(CollectionName collection, Step step) {
    Map<DocumentAddress, Integer> after = new HashMap<>(sizes);
    step.copies()
        .forEach((address, copy) -> after.put(address, copy.map(SmallStore::size).orElse(0)));
    int before = sizes.values().stream().mapToInt(Integer::intValue).sum();
    int sum = after.values().stream().mapToInt(Integer::intValue).sum();
    if (sum > before && sum > capacity) {
      throw new LocalStoreException(
          "the disk is full", new IllegalStateException(), LocalStoreException.Reason.FULL);
    }
    memory.save(collection, step);
    sizes.putAll(after);
  }

  private static int size(Copy copy) {
    return 1 + JsonText.print(Saved.of(copy)).length() / 1024;
  }

  @Override
  public Optional<Binding> binding() {
    return memory.binding();
  }

  @Override
  public void bind(Binding binding) {
    memory.bind(binding);
  }

  @Override
  public Set<CollectionName> collections() {
    return memory.collections();
  }

  @Override
  public Replica load(CollectionName collection, String node) {
    return memory.load(collection, node);
  }

  @Override
  public void clear() {
    memory.clear();
  }

  @Override
  public void close() {
    memory.close();
  }
}
