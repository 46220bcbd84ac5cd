package dev.landfall.engine.simulation;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One client of one device, with what an all-seeing observer notes of it. */
final class Seat {
  final UserId user;

  /** Whose documents its requests are about: the user's, or those of an organisation. */
  final Owner owner;

  final String device;
  final CollectionName collection;
  private final Function<DocumentId, Ledger> ledgers;

  private State state;
  private final List<State> saved = new ArrayList<>();

  /** The request it waits for an answer to, -1 for none. */
  long waitingFor = -1;

  private boolean restored;

  /** Whether another device has been set up from a state of this one, with what was pending. */
  private boolean copied;

  /** How often the device has started with a state from before. */
  private int starts;

  private boolean serverRestored;

  /** Whether the server has lost what this device goes by, and the device has not been told yet. */
  private boolean behindRestore;

  /** The documents whose sums its user has changed. */
  private final Set<String> acted = new HashSet<>();

  /** Whether the last answer got lost. */
  boolean lostAnswer;

  /** Everything that a device loses when it falls back to an older state. */
  private record State(
      Client client,
      Map<String, BitSet> seen,
      Map<String, List<Write>> unacknowledged,
      List<Tally.Entry> acts,
      List<Unanswered> unanswered) {
    State copy() {
      Map<String, BitSet> seenCopy = new HashMap<>();
      seen.forEach((key, bits) -> seenCopy.put(key, (BitSet) bits.clone()));
      Map<String, List<Write>> unacknowledgedCopy = new HashMap<>();
      unacknowledged.forEach((key, list) -> unacknowledgedCopy.put(key, new ArrayList<>(list)));
      return new State(
          client.copy(),
          seenCopy,
          unacknowledgedCopy,
          new ArrayList<>(acts),
          new ArrayList<>(unanswered));
    }
  }

  /** A request that may go out again as it was, with what was in it. */
  private record Unanswered(SyncRequest request, List<Tally.Entry> acts) {}

  /** A request on its way. */
  static final class Parcel {
    final long id;
    final Seat seat;
    final SyncRequest request;
    final List<Write> writes;
    final List<Tally.Entry> acts;

    /** What the device calls the documents of writes that it brings back for others. */
    final Map<Write, String> addresses = new IdentityHashMap<>();

    boolean processed;
    boolean refused;

    /** Whether the server ignored something of it. */
    boolean ignored;

    int served;

    /** What had arrived of each document in the answer when that was made. */
    final Map<String, BitSet> arrivedBefore = new HashMap<>();

    Parcel(long id, Seat seat, SyncRequest request, List<Write> writes, List<Tally.Entry> acts) {
      this.id = id;
      this.seat = seat;
      this.request = request;
      this.writes = writes;
      this.acts = acts;
    }

    /** The answer is made; what arrives from now on is not in it. */
    void answered(Response response) {
      response.documents().forEach(wire -> note(Client.address(wire)));
      response.acks().keySet().forEach(this::note);
    }

    private void note(String address) {
      arrivedBefore.computeIfAbsent(address, unused -> seat.ledger(address).arrived());
    }

    /** A document as it was sent, without what was typed afterwards. */
    JsonObject last(String address) {
      JsonObject last = JsonObject.EMPTY;
      for (Change change : request.changes()) {
        if (seat.address(change).equals(address)) {
          last = change.fields().orElse(JsonObject.EMPTY);
        }
      }
      return last;
    }

    /** The documents in here of which an answer tells nothing. */
    Set<String> untold(Response response) {
      Set<String> untold = new HashSet<>();
      request.changes().forEach(change -> untold.add(seat.address(change)));
      response.documents().forEach(wire -> untold.remove(Client.address(wire)));
      untold.removeAll(response.acks().keySet());
      untold.removeAll(response.rejections().keySet());
      return untold;
    }

    private String address(Write write) {
      return addresses.getOrDefault(write, write.document);
    }

    /**
     * The server has, or has not, stored what is in here.
     *
     * @param refused the documents of which it has not
     * @param sure whether it is known which those are
     * @param commits how many there are by now
     */
    void settled(boolean arrived, Set<String> refused, boolean sure, int commits) {
      if (!arrived) {
        return;
      }
      for (Write write : writes) {
        if ((!write.arrived || write.onlyHeld) && !refused.contains(address(write))) {
          write.arrived = true;
          write.onlyHeld = false;
          write.arrivedWith = commits;
        }
      }
      for (Tally.Entry act : acts) {
        act.arrived |= !refused.contains(act.document);
        if (!sure && act.document.contains("/")) {
          seat.ledger(act.document).tally.blur(); // nobody knows whether that was refused
        }
      }
      ignored |= !refused.isEmpty();
    }
  }

  Seat(
      UserId user,
      Owner owner,
      String device,
      CollectionName collection,
      Client client,
      Function<DocumentId, Ledger> ledgers) {
    this.user = user;
    this.owner = owner;
    this.device = device;
    this.collection = collection;
    this.ledgers = ledgers;
    this.state =
        new State(client, new HashMap<>(), new HashMap<>(), new ArrayList<>(), new ArrayList<>());
  }

  Client client() {
    return state.client;
  }

  /** The document that goes by that name here. */
  DocumentId id(String address) {
    int slash = address.indexOf('/');
    DocumentKey key =
        new DocumentKey(slash < 0 && address.isEmpty() ? "none" : address.substring(slash + 1));
    Owner whose = slash < 0 ? owner : owner(address.substring(0, slash));
    return new DocumentId(whose, collection, key);
  }

  private static Owner owner(String id) {
    return World.PEOPLE.contains(id) ? new UserId(id) : new OrganisationId(id);
  }

  Ledger ledger(String address) {
    return ledgers.apply(id(address));
  }

  /** What the document of a change is called here. */
  String address(Change change) {
    return Client.address(
        change.key(), change.owner().filter(id -> !id.equals(owner.value())).map(Seat::owner));
  }

  /** A document that a person at this device turns to: of their own, or one they see of others. */
  String pick(String key, Options options, SplittableRandom random) {
    if (!options.people().hasOwners() || random.nextBoolean()) {
      return key;
    }
    List<String> others =
        client().documents().keySet().stream().filter(name -> name.contains("/")).sorted().toList();
    return others.isEmpty() ? key : others.get(random.nextInt(others.size()));
  }

  @Override
  public String toString() {
    return device + " " + collection.value() + (owner.equals(user) ? "" : " of " + owner.value());
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
    if (options.people().strategies() && random.nextInt(3) == 0) {
      act(key, before, random, ids, wallMillis);
      return;
    }
    JsonObject plain = options.people().strategies() ? Leaves.join(Tally.without(before)) : before;
    JsonObject after =
        Tally.merged(Workload.edit(plain, options.edits(), random, () -> ids[0]++), before);
    Map<LeafPath, JsonValue> old = Tally.without(before);
    Map<LeafPath, JsonValue> now = Tally.without(after);
    Set<LeafPath> changed = changed(old, now);
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
    JsonObject held = client().documents().get(key);
    if (options.edits().awkwardNames() && !after.equals(held)) {
      throw Oracles.broken("I20: an edit of " + after + " made " + held);
    }
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

  private static Set<LeafPath> changed(Map<LeafPath, JsonValue> old, Map<LeafPath, JsonValue> now) {
    Set<LeafPath> changed = new LinkedHashSet<>(now.keySet());
    changed.addAll(old.keySet());
    changed.removeIf(path -> Objects.equals(old.get(path), now.get(path)));
    return changed;
  }

  private void act(
      String key, JsonObject before, SplittableRandom random, int[] ids, long wallMillis) {
    Tally.Act act = Tally.act(key, before, random, () -> ids[0]++);
    Set<LeafPath> changed = changed(Leaves.of(before), Leaves.of(act.after()));
    if (changed.isEmpty()) {
      return;
    }
    boolean unreliable = isWaiting() && !client().keepsEditsInFlight();
    if (behindRestore) {
      ledger(key).tally.blur(); // made from what no server knows, which is no base for a sum
    }
    if (!client().keepsEdits(key) || unreliable || client() instanceof AdapterClient) {
      ledger(key).tally.blur(); // its clocks do not even say that two edits are of one device
    }
    client().edit(key, act.after(), changed, wallMillis);
    ledger(key).tally.add(act.entry());
    acted.add(key);
    state.acts.add(act.entry());
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
        Workload.writes(Leaves.join(Tally.without(document))),
        false);
    ledger(key).tally.blur(); // who brings it back brings their own sums
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
    write.document = key;
    write.stampsAll = client() instanceof LegacyClient;
    ledger(key).add(write);
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
    List<Tally.Entry> pending = new ArrayList<>(state.acts);
    for (Unanswered before : state.unanswered) {
      if (before.request.equals(request)) {
        pending = before.acts; // what came afterwards is not in there
      }
    }
    state.unanswered.clear();
    state.unanswered.add(new Unanswered(request, pending));
    List<Tally.Entry> acts = new ArrayList<>();
    for (Change change : request.changes()) {
      String key = address(change);
      if (!change.isDeletion()) {
        for (Tally.Entry act : pending) {
          if (act.document.equals(key) && client().carries(key, change, act.path)) {
            acts.add(act);
            act.stamp =
                HybridTimestamp.later(
                    act.stamp, change.stamps().getOrDefault(act.path.text(), HybridTimestamp.ZERO));
          }
        }
      }
      Map<LeafPath, JsonValue> leaves = change.fields().map(Leaves::of).orElse(Map.of());
      client()
          .keptAgainstTheServer(key)
          .forEach(
              (path, value) -> {
                HybridTimestamp above = change.stamps().get(path.top().text());
                boolean edited = above != null && above.isAfter(change.baseClock());
                if (edited && value.equals(leaves.get(path)) && !Tally.isTallied(path)) {
                  ledger(key).stampedAgain(value, above);
                }
              });
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
          HybridTimestamp sent = change.stamps().get(write.isDeletion() ? "" : write.path.text());
          boolean isEarlierOne = sent != null && !sent.equals(clock) && !sent.equals(write.stamp);
          if (!write.sets && (sent == null || isEarlierOne)) {
            continue; // it is removed only afterwards, or was before that, too, and set in between
          }
          clock = change.stamps().getOrDefault(write.isDeletion() ? "" : write.path.text(), clock);
        }
        if (inside && clock != null) {
          write.overStamped |=
              (client() instanceof LegacyClient || restored || copied)
                  && !clock.equals(write.stamp);
          ledger(key).stamped(write, clock);
          for (Write.Agreement one : write.agreements) {
            if (!one.revision().isAfter(change.baseClock())) {
              ledger(key).agree(write.seen, one.document(), one.arrived());
            }
          }
          writes.add(write);
        }
      }
    }
    Parcel parcel = new Parcel(id, this, request, writes, acts);
    for (Change change : request.changes()) {
      broughtBack(change)
          .filter(write -> !writes.contains(write))
          .forEach(
              write -> {
                writes.add(write);
                parcel.addresses.put(write, address(change));
              });
    }
    waitingFor = id;
    return parcel;
  }

  /** The writes of before that a server has lost, and that a change brings it again. */
  private Stream<Write> broughtBack(Change change) {
    if (!serverRestored) {
      return Stream.empty();
    }
    Map<LeafPath, JsonValue> leaves = change.fields().map(Tally::without).orElse(new HashMap<>());
    leaves.keySet().removeIf(path -> !change.stamps().containsKey(path.text()));
    change.stamps().keySet().stream()
        .map(LeafPath::parse)
        .filter(path -> !Tally.isTallied(path))
        .forEach(path -> leaves.putIfAbsent(path, JsonNull.NULL)); // a removal or a deletion
    Ledger ledger = ledger(address(change));
    return leaves.entrySet().stream()
        .flatMap(
            leaf ->
                ledger
                    .behind(
                        leaf.getValue(), leaf.getKey(), change.stamps().get(leaf.getKey().text()))
                    .stream())
        .filter(write -> !write.arrived || write.onlyHeld);
  }

  void receive(Parcel parcel, Response response, long wallMillis) {
    waitingFor = -1;
    Set<String> open = response.more() ? parcel.untold(response) : Set.of(); // these stay pending
    parcel.acts.stream().filter(act -> !open.contains(act.document)).forEach(state.acts::remove);
    for (Write write : parcel.writes) {
      write.acknowledged |= !response.rejections().containsKey(parcel.address(write));
      if (!open.contains(parcel.address(write))) {
        state.unacknowledged.values().forEach(list -> list.remove(write));
      }
    }
    for (JsonObject wire : response.documents()) {
      String key = Client.address(wire);
      if (wire.get("_revoked") != null) {
        keptOut(key);
      } else {
        ledger(key).observe(seen(key), wire, before(parcel, key));
      }
    }
    response.rejections().forEach((key, code) -> keptOut(key));
    client().receive(response, wallMillis);
    behindRestore &= client().wantsMore();
    response
        .acks()
        .keySet()
        .forEach(
            key -> {
              JsonObject document = parcel.last(key);
              ledger(key).agree(seen(key), document, before(parcel, key));
              // what was typed meanwhile may be sent as made from the version that is acknowledged
              for (Write write : state.unacknowledged.getOrDefault(key, List.of())) {
                write.agreements.add(
                    new Write.Agreement(
                        response.acks().get(key), document, (BitSet) before(parcel, key).clone()));
              }
            });
  }

  private static BitSet before(Parcel parcel, String key) {
    return parcel.arrivedBefore.getOrDefault(key, new BitSet());
  }

  /** The server has fallen back to an older state; nothing can be said of sums any more. */
  void serverRestored() {
    serverRestored = true;
    behindRestore = true;
    blurTallies();
  }

  /**
   * A device that forgets what it did and keeps its name: what it does next is taken for having
   * been made from what it did before.
   */
  private void blurTallies() {
    client().documents().keySet().forEach(key -> ledger(key).tally.blur());
    acted.forEach(key -> ledger(key).tally.blur());
  }

  /** Its user has no right to the document, as far as the server knows. */
  private void keptOut(String key) {
    ledger(key).keptOut();
    forget(key);
  }

  /** What was not sent of it is lost to its user. */
  private void forget(String key) {
    state.unacknowledged.remove(key);
    state.acts.removeIf(act -> act.document.equals(key));
  }

  /** The server knows its user no more, or not as a member. */
  void shutOut() {
    waitingFor = -1;
    client().failed();
    drop(null);
  }

  void save() {
    if (!isWaiting()) {
      saved.add(state.copy());
    }
  }

  /**
   * Goes on from an older state.
   *
   * @param source whose state that is; of another device, if somebody sets this one up from a
   *     backup of that
   */
  boolean restore(Seat source, SplittableRandom random) {
    if (source.saved.isEmpty()) {
      return false;
    }
    giveUp();
    if (!client().isNewEachTime()) {
      blurTallies();
    }
    restored = true;
    source.copied |= source != this;
    state = source.saved.get(random.nextInt(source.saved.size())).copy();
    client().reopen(device + "~" + ++starts);
    return true;
  }

  /** Whether it has ever gone on from an older state. */
  boolean hasFallenBack() {
    return restored;
  }

  /** Whether this device can be set up from a backup of another. */
  boolean canTakeOver(Seat other) {
    return user.equals(other.user)
        && owner.equals(other.owner)
        && collection.equals(other.collection)
        && client().isNewEachTime()
        && other.client().isNewEachTime();
  }

  void drop(@Nullable String key) {
    giveUp();
    if (key != null || !client().isNewEachTime()) {
      blurTallies();
    }
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
    if (!(client() instanceof LegacyClient && key != null)) {
      state.acts.removeIf(act -> key == null || act.document.equals(key));
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
      client().reopen(device + "~" + ++starts);
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
