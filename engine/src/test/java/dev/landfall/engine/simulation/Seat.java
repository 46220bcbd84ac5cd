package dev.landfall.engine.simulation;

import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One client of one device, with what an all-seeing observer notes of it. */
final class Seat {
  final UserId user;
  final String device;
  final CollectionName collection;
  private final Function<String, Ledger> ledgers;

  private State state;
  private final List<State> saved = new ArrayList<>();

  /** The request it waits for an answer to, -1 for none. */
  long waitingFor = -1;

  private boolean restored;

  /** Whether the last answer got lost. */
  boolean lostAnswer;

  /** Everything that a device loses when it falls back to an older state. */
  private record State(
      Client client, Map<String, BitSet> seen, Map<String, List<Write>> unacknowledged) {
    State copy() {
      Map<String, BitSet> seenCopy = new HashMap<>();
      seen.forEach((key, bits) -> seenCopy.put(key, (BitSet) bits.clone()));
      Map<String, List<Write>> unacknowledgedCopy = new HashMap<>();
      unacknowledged.forEach((key, list) -> unacknowledgedCopy.put(key, new ArrayList<>(list)));
      return new State(client.copy(), seenCopy, unacknowledgedCopy);
    }
  }

  /** A request on its way. */
  static final class Parcel {
    final long id;
    final Seat seat;
    final SyncRequest request;
    final List<Write> writes;
    boolean processed;
    boolean refused;

    /** Whether the server ignored something of it. */
    boolean ignored;

    int served;

    Parcel(long id, Seat seat, SyncRequest request, List<Write> writes) {
      this.id = id;
      this.seat = seat;
      this.request = request;
      this.writes = writes;
    }
  }

  Seat(
      UserId user,
      String device,
      CollectionName collection,
      Client client,
      Function<String, Ledger> ledgers) {
    this.user = user;
    this.device = device;
    this.collection = collection;
    this.ledgers = ledgers;
    this.state = new State(client, new HashMap<>(), new HashMap<>());
  }

  Client client() {
    return state.client;
  }

  private BitSet seen(String key) {
    return state.seen.computeIfAbsent(key, unused -> new BitSet());
  }

  boolean isWaiting() {
    return waitingFor >= 0;
  }

  /** The user changes something; what, depends on {@code random}. */
  void edit(String key, Options options, SplittableRandom random, int[] ids, long wallMillis) {
    JsonObject before = client().documents().getOrDefault(key, JsonObject.EMPTY);
    JsonObject after = Workload.edit(before, options.edits(), random, () -> ids[0]++);
    Map<LeafPath, JsonValue> old = Leaves.of(before);
    Map<LeafPath, JsonValue> now = Leaves.of(after);
    Set<LeafPath> changed = new LinkedHashSet<>(now.keySet());
    changed.addAll(old.keySet());
    changed.removeIf(path -> Objects.equals(old.get(path), now.get(path)));
    if (changed.isEmpty()) {
      return;
    }
    Map<LeafPath, HybridTimestamp> stampsBefore = new HashMap<>();
    for (LeafPath path : changed) {
      HybridTimestamp stamp = client().stamp(key, path);
      if (stamp != null) {
        stampsBefore.put(path, stamp);
      }
    }
    client().edit(key, after, changed, wallMillis);
    boolean fragile = !client().keepsEdits(key) || (isWaiting() && !client().keepsEditsInFlight());
    BitSet seen = (BitSet) seen(key).clone();
    for (LeafPath path : changed) {
      JsonValue value = now.get(path);
      Set<Integer> replaced =
          old.containsKey(path) ? Workload.writes(old.get(path)) : new TreeSet<>();
      int id = ids[0];
      Set<Integer> tokens = Workload.writes(value);
      boolean sets = !tokens.isEmpty();
      if (!sets) {
        ids[0]++;
      } else {
        replaced.removeAll(tokens);
        tokens.removeIf(seen::get);
        id = tokens.iterator().next();
      }
      // an existing client does not stamp what is again as it last had it from the server
      HybridTimestamp stamp = client().stamp(key, path);
      boolean unstamped =
          stamp == null
              || stamp.equals(stampsBefore.get(path))
              || (!sets && !client().keepsRemoval(key, path));
      if (stamp != null) {
        write(key, id, path, sets, seen, replaced, fragile || unstamped);
      }
    }
  }

  boolean delete(String key, int[] ids, long wallMillis) {
    JsonObject document = client().documents().get(key);
    if (document == null || !client().delete(key, wallMillis)) {
      return false;
    }
    write(
        key,
        ids[0]++,
        Write.DOCUMENT,
        false,
        (BitSet) seen(key).clone(),
        Workload.writes(document),
        false);
    return true;
  }

  private void write(
      String key,
      int id,
      LeafPath path,
      boolean sets,
      BitSet seen,
      Set<Integer> replaced,
      boolean fragile) {
    HybridTimestamp stamp = client().stamp(key, path);
    if (stamp == null) {
      throw new AssertionError("the client gave no clock to its edit of " + path);
    }
    Write write = new Write(id, device, path, sets, seen, replaced, fragile, stamp);
    write.stampsAll = client() instanceof LegacyClient;
    ledgers.apply(key).add(write);
    seen(key).set(id);
    state.unacknowledged.computeIfAbsent(key, unused -> new ArrayList<>()).add(write);
  }

  /** What it sends, and the writes that are in there. */
  Parcel send(long id) {
    List<Write> writes = new ArrayList<>();
    Map<String, Map<LeafPath, HybridTimestamp>> stamps = new HashMap<>();
    state.unacknowledged.forEach(
        (key, list) -> {
          Map<LeafPath, HybridTimestamp> clocks = new HashMap<>();
          for (Write write : list) {
            HybridTimestamp clock = client().stamp(key, write.path);
            if (clock != null) {
              clocks.put(write.path, clock);
            }
          }
          stamps.put(key, clocks);
        });
    SyncRequest request = client().request();
    for (Change change : request.changes()) {
      String key = change.key().value();
      Map<LeafPath, JsonValue> leaves = change.fields().map(Leaves::of).orElse(Map.of());
      List<Write> list = state.unacknowledged.getOrDefault(key, new ArrayList<>());
      for (Write write : list) {
        JsonValue value = leaves.get(write.path);
        boolean inside =
            write.isDeletion() == change.isDeletion()
                && (write.sets
                    ? Workload.writes(value).contains(write.id)
                    : Workload.writes(value).isEmpty());
        HybridTimestamp clock = stamps.getOrDefault(key, Map.of()).get(write.path);
        if (!(client() instanceof LegacyClient)) { // which stamps what is above as well
          // the clock it is sent with; what has been typed over it meanwhile has another
          HybridTimestamp sent =
              change.stamps().get(write.isDeletion() ? "" : write.path.text());
          boolean isEarlierOne =
              sent != null && !sent.equals(clock) && !sent.equals(write.stamp);
          if (!write.sets && isEarlierOne) {
            continue; // it was removed, set and removed again, and the first is on its way
          }
          clock = change.stamps().getOrDefault(write.isDeletion() ? "" : write.path.text(), clock);
        }
        if (inside && clock != null) {
          write.overStamped |=
              (client() instanceof LegacyClient || restored) && !clock.equals(write.stamp);
          ledgers.apply(key).stamped(write, clock);
          writes.add(write);
        }
      }
    }
    waitingFor = id;
    return new Parcel(id, this, request, writes);
  }

  void receive(Parcel parcel, Response response, long wallMillis) {
    waitingFor = -1;
    for (Write write : parcel.writes) {
      write.acknowledged = true;
      state.unacknowledged.values().forEach(list -> list.remove(write));
    }
    for (JsonObject wire : response.documents()) {
      String key = Client.key(wire);
      ledgers.apply(key).observe(seen(key), wire);
    }
    client().receive(response, wallMillis);
    response
        .acks()
        .keySet()
        .forEach(
            key ->
                ledgers
                    .apply(key)
                    .agree(seen(key), client().documents().getOrDefault(key, JsonObject.EMPTY)));
  }

  void save() {
    if (!isWaiting()) {
      saved.add(state.copy());
    }
  }

  boolean restore(SplittableRandom random) {
    if (saved.isEmpty()) {
      return false;
    }
    giveUp();
    restored = true;
    state = saved.get(random.nextInt(saved.size())).copy();
    return true;
  }

  void drop(@Nullable String key) {
    giveUp();
    if (client() instanceof AdapterClient) {
      // without its clocks, but with the document: a server that has none takes it as it is
      // (what its user has overwritten before anything was sent is not in there)
      state.unacknowledged.forEach(
          (name, list) -> {
            Map<LeafPath, JsonValue> held =
                Leaves.of(client().documents().getOrDefault(name, JsonObject.EMPTY));
            for (Write write : list) {
              write.arrived |=
                  !write.sets || Workload.writes(held.get(write.path)).contains(write.id);
            }
          });
      state.unacknowledged.keySet().removeIf(other -> key == null || other.equals(key));
    }
    if (client() instanceof AdapterClient || (client() instanceof LegacyClient && key != null)) {
      if (key == null) {
        client().dropAll();
      } else {
        client().drop(key);
      }
      return;
    }
    if (key == null) {
      client().dropAll();
      state.seen.clear();
      state.unacknowledged.clear();
    } else {
      client().drop(key);
      state.seen.remove(key);
      state.unacknowledged.remove(key);
    }
  }

  void giveUp() {
    if (isWaiting()) {
      waitingFor = -1;
      client().failed();
    }
  }
}
