package dev.landfall.client;

import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.client.replica.Copy;
import dev.landfall.client.replica.DocumentAddress;
import dev.landfall.client.replica.Refusal;
import dev.landfall.client.replica.Replica;
import dev.landfall.client.replica.ReplicaState;
import dev.landfall.client.replica.Resync;
import dev.landfall.client.replica.Step;
import dev.landfall.client.store.LocalStore;
import dev.landfall.client.store.LocalStoreException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Saves what a replica does before it happens. On a full device an exchange with the server happens
 * all the same, and is saved as far as there is room: what is on the disk is behind then, which
 * only means that some of it is asked for or sent once more after a restart.
 *
 * <p>For one thread at a time.
 */
final class Keeper {
  private static final int FAILURES = 3;

  private final LocalStore store;
  private final CollectionName collection;
  private final Replica replica;

  private ReplicaState onDisk;
  private final Set<DocumentAddress> unsaved = new LinkedHashSet<>();
  private final Map<Long, Optional<Refusal>> unsavedRefusals = new LinkedHashMap<>();
  private boolean behind;

  Keeper(LocalStore store, CollectionName collection, Replica replica) {
    this.store = store;
    this.collection = collection;
    this.replica = replica;
    this.onDisk = replica.state();
  }

  /** Whether the device is full and not all is saved. */
  boolean isBehind() {
    return behind;
  }

  /**
   * Something that has to be on the disk when this returns.
   *
   * @throws LocalStoreException if it cannot be; then it has not happened
   */
  void edit(Step step) {
    if (!saved(step)) {
      store.save(collection, alone(step.state(), step.copies(), step.refusals()));
      unsaved.removeAll(step.copies().keySet());
      unsavedRefusals.keySet().removeAll(step.refusals().keySet());
    }
    replica.install(step);
  }

  /**
   * Something that the server can be asked for again.
   *
   * @throws LocalStoreException if it cannot be saved, for another reason than a full device; then
   *     it has not happened
   */
  void exchange(Step step) {
    if (!step.saves() && !behind) {
      replica.install(step);
      return;
    }
    boolean whole;
    try {
      whole = saved(step);
    } catch (LocalStoreException e) {
      if (!e.isFull()) {
        throw e;
      }
      whole = false;
    }
    replica.install(step);
    if (!whole) {
      behind = true;
      unsaved.addAll(step.copies().keySet());
      unsavedRefusals.putAll(step.refusals());
      saveOneByOne();
    }
  }

  /**
   * Saves everything up to {@code step}; false if there is no room for what is left from before.
   */
  private boolean saved(Step step) {
    if (!behind) {
      store.save(collection, step);
      onDisk = step.state();
      return true;
    }
    Map<DocumentAddress, Optional<Copy>> copies = new LinkedHashMap<>();
    unsaved.forEach(address -> copies.put(address, replica.copy(address)));
    copies.putAll(step.copies());
    Map<Long, Optional<Refusal>> refusals = new LinkedHashMap<>(unsavedRefusals);
    refusals.putAll(step.refusals());
    try {
      store.save(collection, new Step(step.state(), copies, refusals, Set.of(), true));
    } catch (LocalStoreException e) {
      if (e.isFull()) {
        return false;
      }
      throw e;
    }
    onDisk = step.state();
    behind = false;
    unsaved.clear();
    unsavedRefusals.clear();
    return true;
  }

  /** What makes room comes first. */
  private void saveOneByOne() {
    List<DocumentAddress> order = new ArrayList<>(unsaved);
    order.sort(Comparator.comparing(address -> replica.copy(address).isPresent()));
    int failures = 0;
    for (DocumentAddress address : order) {
      try {
        store.save(
            collection, alone(replica.state(), Map.of(address, replica.copy(address)), Map.of()));
        unsaved.remove(address);
        failures = 0;
      } catch (LocalStoreException e) {
        if (!e.isFull()) {
          throw e;
        }
        failures++;
        if (failures == FAILURES) {
          return;
        }
      }
    }
  }

  /**
   * A part of what has happened. The cursors stay where they are on the disk, so that what is not
   * saved is told again.
   */
  private Step alone(
      ReplicaState now,
      Map<DocumentAddress, Optional<Copy>> copies,
      Map<Long, Optional<Refusal>> refusals) {
    boolean otherPull = now.generation() != onDisk.generation() || onDisk.resync() != Resync.NONE;
    onDisk =
        new ReplicaState(
            now.clock(),
            otherPull ? HybridTimestamp.ZERO : onDisk.cursor(), // nobody remembers what it told
            onDisk.complete(),
            now.unanswered(),
            now.offset(),
            onDisk.more(),
            otherPull ? Resync.NONE : onDisk.resync(),
            now.generation(),
            now.changes(),
            now.refusals());
    return new Step(onDisk, copies, refusals, Set.of(), true);
  }
}
