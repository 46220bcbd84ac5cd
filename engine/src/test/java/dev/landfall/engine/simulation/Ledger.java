package dev.landfall.engine.simulation;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All writes to one document, what each device has seen of them, and what must be true of the
 * document in the end: the oracles of I2 (no acknowledged write lost), I3 (no silent loss) and I9
 * (deleted stays deleted).
 */
final class Ledger {
  final Map<Integer, Write> writes = new HashMap<>();

  /** The counters and sets of the document. */
  final Tally tally = new Tally();

  /** The clocks of removals on the wire, to know one again. */
  private final Map<HybridTimestamp, List<Write>> byStamp = new HashMap<>();

  void add(Write write) {
    writes.put(write.id, write);
    stamped(write, write.stamp);
  }

  void stamped(Write write, HybridTimestamp stamp) {
    write.stamp = stamp;
    write.latest = HybridTimestamp.later(write.latest, stamp);
    write.earliest = write.earliest.isAfter(stamp) ? stamp : write.earliest;
    byStamp.computeIfAbsent(stamp, unused -> new ArrayList<>()).add(write);
  }

  /**
   * The writes that a value comes from. An empty text names none; its clock does.
   *
   * @param clock that it is sent with
   */
  List<Write> behind(JsonValue value, LeafPath path, @Nullable HybridTimestamp clock) {
    List<Write> behind = new ArrayList<>();
    for (int id : Workload.writes(value)) {
      Write write = writes.get(id);
      if (write != null) {
        behind.add(write);
      }
    }
    if (behind.isEmpty() && clock != null) {
      for (Write write : byStamp.getOrDefault(clock, List.of())) {
        if (!write.sets && (write.path.equals(path) || write.isDeletion())) {
          behind.add(write);
        }
      }
    }
    return behind;
  }

  /** The writes that have arrived. */
  BitSet arrived() {
    BitSet arrived = new BitSet();
    writes.values().stream().filter(write -> write.arrived).forEach(write -> arrived.set(write.id));
    return arrived;
  }

  /**
   * What a device has seen after it was given {@code wire}.
   *
   * @param arrived what had arrived when the answer was made
   */
  void observe(BitSet seen, JsonObject wire, BitSet arrived) {
    Map<LeafPath, JsonValue> leaves = Tally.without(Client.fields(wire));
    leaves.values().forEach(value -> Workload.writes(value).forEach(id -> see(seen, id)));
    Client.fieldClocks(wire)
        .forEach(
            (name, clock) -> {
              for (Write write : byStamp.getOrDefault(clock, List.of())) {
                boolean gone = !write.sets && Workload.writes(leaves.get(write.path)).isEmpty();
                if (gone && (write.isDeletion() || write.path.text().equals(name))) {
                  see(seen, write.id);
                }
              }
            });
    Map<String, HybridTimestamp> clocks = Client.fieldClocks(wire);
    for (Write write : List.copyOf(writes.values())) {
      HybridTimestamp clock = clocks.get(write.path.text());
      boolean raised = clock != null && clock.isAfter(write.stamp);
      boolean there = arrived.get(write.id);
      if (!write.sets && there && raised && !leaves.containsKey(write.path)) {
        see(seen, write.id); // the server tells a removal under a clock of its own
      }
      boolean otherShape =
          leaves.keySet().stream()
              .anyMatch(
                  path ->
                      path.ancestors().contains(write.path)
                          || write.path.ancestors().contains(path));
      if (!write.sets && there && otherShape) {
        see(seen, write.id);
      }
    }
  }

  /**
   * What a device has seen that was told that the server holds what it holds.
   *
   * @param arrived what had arrived when the answer was made
   */
  void agree(BitSet seen, JsonObject document, BitSet arrived) {
    Map<LeafPath, JsonValue> leaves = Tally.without(document);
    for (Write write : List.copyOf(writes.values())) {
      boolean gone = !write.sets && Workload.writes(leaves.get(write.path)).isEmpty();
      if (gone && arrived.get(write.id) && !write.isDeletion()) {
        seen.set(write.id); // of what whoever removed it had seen this tells nothing
      }
    }
  }

  private void see(BitSet seen, int id) {
    Write write = writes.get(id);
    if (write == null) {
      throw new AssertionError("a value nobody wrote here: w" + id);
    }
    seen.set(id);
    seen.or(write.seen);
  }

  /** A conflict was told to somebody. */
  void reported(JsonObject conflict) {
    String field = Client.text(conflict.get("field"));
    if (field.equals("_deleted")) {
      writes.values().stream()
          .filter(write -> write.arrived)
          .forEach(write -> write.reported = true);
      return;
    }
    if (Tally.isTallied(new LeafPath(field))) {
      return;
    }
    JsonValue winner = conflict.get("winnerValue");
    Set<Integer> kept = winner == null ? Set.of() : Workload.writes(winner);
    for (String side : List.of("localValue", "remoteValue")) {
      JsonValue value = conflict.get(side);
      if (value != null) {
        for (int id : Workload.writes(value)) {
          if (!kept.contains(id)) {
            writes.get(id).reported = true;
          }
        }
      }
    }
    if (Client.text(conflict.get("winner")).equals("auto-merged")) {
      return; // says that both are in there
    }
    for (String side : List.of("localRev", "remoteRev")) {
      HybridTimestamp clock = HybridTimestamp.parse(Client.text(conflict.get(side)));
      for (Write write : byStamp.getOrDefault(clock, List.of())) {
        if (!write.sets) {
          write.reported = true;
        }
      }
    }
  }

  /** A client that did not edit {@code value} stamped it all the same. */
  void stampedAgain(JsonValue value) {
    Workload.writes(value).forEach(id -> writes.get(id).overStamped = true);
  }

  /**
   * An existing client sent {@code value} as edited then, being of the opinion that it had just
   * heard of it.
   */
  void stampedAgain(JsonValue value, HybridTimestamp clock) {
    stampedAgain(value);
    for (int id : Workload.writes(value)) {
      Write write = writes.get(id);
      write.latest = HybridTimestamp.later(write.latest, clock);
      write.revived = true;
    }
  }

  /** Conflicts may have been told to nobody and be forgotten in the history as well. */
  void forgive() {
    writes.values().forEach(write -> write.reported = true);
  }

  /**
   * The server has lost what came after some commit.
   *
   * @param held the writes whose values some device still has
   */
  void serverRestored(int commits, BitSet held) {
    for (Write write : writes.values()) {
      boolean lost = write.onlyHeld || (write.arrived && write.arrivedWith > commits);
      if (lost && held.get(write.id)) {
        write.onlyHeld = true;
        write.reported = true; // a device gives way to what is later without telling anybody
      } else if (lost) {
        lose(write);
      }
    }
  }

  /**
   * A device may not bring back what it holds, being of somebody to whom the server has forgotten
   * that the document was shared. What it has typed over is lost with it.
   */
  void keptOut() {
    writes.values().stream().filter(write -> write.onlyHeld).forEach(Ledger::lose);
  }

  private static void lose(Write write) {
    write.arrived = false;
    write.onlyHeld = false;
    write.acknowledged = false;
    write.forgotten = true;
  }

  /** The server has forgotten the document's tombstone; nothing from before binds it any more. */
  void forgotten() {
    writes.values().stream()
        .filter(write -> write.arrived)
        .forEach(write -> write.forgotten = true);
  }

  /**
   * What is wrong with the final state.
   *
   * @param document null if there is none
   */
  Optional<String> check(@Nullable JsonObject document) {
    Map<LeafPath, JsonValue> leaves = document == null ? Map.of() : Tally.without(document);
    Map<LeafPath, Set<Integer>> present = new HashMap<>();
    leaves.forEach(
        (path, value) -> {
          Set<Integer> ids = Workload.writes(value);
          present.put(path, ids);
        });
    for (Write write : writes.values()) {
      if (!write.acknowledged || write.fragile || write.forgotten || isSetBack(write)) {
        continue;
      }
      Optional<String> problem =
          write.isDeletion()
              ? deletion(write, document)
              : leaf(write, present.getOrDefault(write.path, Set.of()), document);
      if (problem.isPresent()) {
        return Optional.of(
            problem.get() + " " + write + "; in the end " + document + "; all " + writes.values());
      }
    }
    return Optional.empty();
  }

  private Optional<String> deletion(Write deletion, @Nullable JsonObject document) {
    if (deletion.seen.stream()
        .mapToObj(writes::get)
        .noneMatch(
            write ->
                write.sets
                    && write.arrived
                    && !write.forgotten
                    && write.arrivedWith <= deletion.arrivedWith)) {
      return Optional.empty(); // deleting what never existed changes nothing
    }
    boolean later =
        writes.values().stream()
            .anyMatch(
                write ->
                    (write.arrived || write.fragile) // then its clock remains, and goes out
                        && !write.isDeletion()
                        && (!deletion.seen.get(write.id) || isStampedElsewhere(write, deletion))
                        && write.latest.isAfter(deletion.stamp));
    return document == null || later || tally.hasAfter(deletion.stamp)
        ? Optional.empty()
        : Optional.of("I9: a deleted document is back without a later edit:");
  }

  /**
   * Whether a copy of the device that deleted, made while this was pending, has stamped it again
   * since.
   */
  private static boolean isStampedElsewhere(Write write, Write deletion) {
    return !write.device.equals(deletion.device);
  }

  /**
   * Whether the device stamped this earlier than an edit of its own that it knew: its clock was
   * found too far ahead in between and put back, and the drift bound leaves it nothing better to
   * do.
   */
  private boolean isSetBack(Write write) {
    return writes.values().stream()
        .anyMatch(
            other ->
                other.device.equals(write.device)
                    && write.seen.get(other.id)
                    && other.stamp.isAfter(write.stamp));
  }

  private Optional<String> leaf(Write write, Set<Integer> ids, @Nullable JsonObject document) {
    if (write.sets && ids.contains(write.id)) {
      return Optional.empty();
    }
    if (!write.sets && ids.isEmpty()) {
      return Optional.empty();
    }
    if (isHiddenByFragile(write) || (!write.sets && isIdleRemoval(write))) {
      return Optional.empty();
    }
    boolean deletedOtherwise =
        writes.values().stream()
            .anyMatch(other -> other.isDeletion() && other.arrived && !write.seen.get(other.id));
    if (deletedOtherwise) {
      return Optional.empty(); // who brings a document back brings it as it holds it
    }
    if (document == null
        && !write.seen.isEmpty()
        && writes.values().stream()
            .anyMatch(w -> w.isDeletion() && w.arrived && w.stamp.compareTo(write.stamp) >= 0)) {
      return Optional.empty();
    }
    if (ids.isEmpty()) {
      boolean taken =
          writes.values().stream()
              .anyMatch(
                  other ->
                      other.arrived
                          && other.id != write.id
                          && (!write.seen.get(other.id) || other.overStamped)
                          && write.touches(other));
      if (!taken) {
        return Optional.of("I2: nothing took away what is gone:");
      }
    } else if (ids.stream().allMatch(write.seen::get)
        && ids.stream().noneMatch(id -> writes.get(id).overStamped)) {
      return Optional.of("I2: what is there is what this replaced:");
    }
    return write.reported || replaced(write)
        ? Optional.empty()
        : Optional.of("I3: lost in silence:");
  }

  /**
   * An existing client that edits while a request is on its way puts whole top-level fields over
   * what comes back.
   */
  private boolean isHiddenByFragile(Write write) {
    return writes.values().stream()
        .anyMatch(
            other ->
                other.fragile
                    && !write.seen.get(other.id)
                    && (other.stampsAll || other.path.top().equals(write.path.top())));
  }

  /**
   * A removal of what never came to the server, that another removal stands for, or whose place a
   * later value of another shape has taken.
   */
  private boolean isIdleRemoval(Write removal) {
    return removal.replaced.stream().noneMatch(id -> writes.get(id).arrived)
        || writes.values().stream()
            .anyMatch(
                other ->
                    other.id != removal.id
                        && other.arrived
                        && (other.sets
                            ? (removal.path.ancestors().contains(other.path)
                                    || other.path.ancestors().contains(removal.path))
                                && other.stamp.isAfter(removal.stamp)
                            : other.path.equals(removal.path)));
  }

  /**
   * Whether somebody knowingly put something in its place, or its own device did after going back
   * to an older state, or an existing client without knowing.
   */
  private boolean replaced(Write write) {
    return writes.values().stream()
        .anyMatch(
            other ->
                other.arrived
                    && other.id != write.id
                    && (other.replaced.contains(write.id)
                        || (other.seen.get(write.id) && write.touches(other))
                        || ((other.device.equals(write.device) || other.revived)
                            && write.touches(other)
                            && !write.earliest.isAfter(other.latest))));
  }
}
