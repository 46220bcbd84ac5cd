package dev.landfall.client.replica;

import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.clock.HybridClock;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A device's copy of one collection, and its half of the protocol. Pushes what is pending and
 * nothing else, stamps leaf paths, and keeps what it has sent apart from what was edited meanwhile,
 * which stays, stamped again, on top of what comes back.
 *
 * <p>Every transition is computed first, as a {@link Step}, and happens when it is {@linkplain
 * #install installed}. In between the step is saved. A replica that is made again of what was saved
 * goes on as if nothing had happened: what had been sent without an answer is sent again, exactly.
 *
 * <p>For one thread at a time.
 */
public final class Replica {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;

  private static final String READ_ONLY = "read_only";
  private static final String REVOKED = "revoked";

  private final Map<DocumentAddress, Copy> copies = new LinkedHashMap<>();
  private final Map<Long, Refusal> inbox = new TreeMap<>();
  private final Set<DocumentAddress> pending = new LinkedHashSet<>();
  private ReplicaState state;

  /** The clock when the last request went out; what is later was edited while it was on its way. */
  private HybridTimestamp attempted;

  /** How many of the changes of a document are in that request. */
  private Map<DocumentAddress, Integer> inFlight = Map.of();

  /** Of which it is to be found out which change is refused, by sending one at a time. */
  private final Set<DocumentAddress> apart = new HashSet<>();

  /** Goes on with what was saved, under the node of {@code state}. */
  public Replica(
      ReplicaState state, Map<DocumentAddress, Copy> copies, Collection<Refusal> refusals) {
    HybridTimestamp latest = HybridTimestamp.later(state.clock(), state.cursor());
    HybridTimestamp unanswered = state.unanswered();
    for (Map.Entry<DocumentAddress, Copy> entry : copies.entrySet()) {
      Copy copy = entry.getValue();
      keep(entry.getKey(), copy);
      // A copy of this replica may have sent it, if this one has not.
      unanswered = HybridTimestamp.later(unanswered, copy.pending().latest());
      latest = HybridTimestamp.later(latest, copy.revision());
    }
    refusals.forEach(refusal -> inbox.put(refusal.number(), refusal));
    latest = HybridTimestamp.later(latest, unanswered);
    // Later than all that an earlier node has stamped, also in the same millisecond.
    HybridTimestamp clock = HybridClock.tick(latest.withNode(state.clock().node()), 0);
    this.state =
        new ReplicaState(
            clock,
            state.cursor(),
            state.complete(),
            unanswered,
            state.offset(),
            state.more(),
            state.resync(),
            state.generation(),
            state.changes(),
            state.refusals());
    this.attempted = clock;
  }

  /** What it knows besides its documents. */
  public ReplicaState state() {
    return state;
  }

  /** All documents, in the order in which they came. */
  public Map<DocumentAddress, Copy> copies() {
    return Collections.unmodifiableMap(copies);
  }

  /** One document. */
  public Optional<Copy> copy(DocumentAddress address) {
    return Optional.ofNullable(copies.get(address));
  }

  /** The documents of which the server has to be told something. */
  public Set<DocumentAddress> pending() {
    return Collections.unmodifiableSet(pending);
  }

  /** The number of the first local change that is waiting in a document; the largest for none. */
  public long firstPending(DocumentAddress address) {
    return get(address).pending().since();
  }

  /** The changes that were refused, by number. */
  public Map<Long, Refusal> inbox() {
    return Collections.unmodifiableMap(inbox);
  }

  /** Makes {@code step}, the last one computed, the state of things. */
  public void install(Step step) {
    step.copies()
        .forEach(
            (address, copy) -> {
              if (copy.isPresent()) {
                keep(address, copy.get());
              } else {
                copies.remove(address);
                pending.remove(address);
              }
            });
    step.refusals()
        .forEach(
            (number, refusal) -> {
              if (refusal.isPresent()) {
                inbox.put(number, refusal.get());
              } else {
                inbox.remove(number);
              }
            });
    state = step.state();
  }

  private void keep(DocumentAddress address, Copy copy) {
    copies.put(address, copy);
    if (copy.isPending()) {
      pending.add(address);
    } else {
      pending.remove(address);
    }
  }

  // What the user does.

  /** The user changes documents, all at once. */
  public Step edit(Map<DocumentAddress, LocalChange> changes, long wallMillis) {
    Draft draft = new Draft();
    draft.edit(changes, wallMillis);
    return draft.step();
  }

  /** The user wants a refused change to be sent once more, made from what is there now. */
  public Step retry(Refusal refusal, long wallMillis) {
    Draft draft = new Draft();
    Edits edits = refusal.edits();
    LocalChange change;
    if (edits.leaves().isEmpty()) {
      change = LocalChange.DELETION;
    } else if (draft.get(refusal.address()).document().isEmpty()) {
      change =
          LocalChange.between(Map.of(), Leaves.of(refusal.document().orElse(JsonObject.EMPTY)));
    } else {
      Map<LeafPath, Optional<JsonValue>> leaves = new LinkedHashMap<>();
      edits.leaves().forEach((path, edit) -> leaves.put(path, Optional.ofNullable(edit.value())));
      change = new LocalChange(false, leaves);
    }
    draft.edit(Map.of(refusal.address(), change), wallMillis);
    draft.refusals.put(refusal.number(), Optional.empty());
    return draft.step();
  }

  /** The user wants a refused document as a new one of their own. */
  public Step copyTo(DocumentAddress target, Refusal refusal, long wallMillis) {
    Draft draft = new Draft();
    JsonObject document = refusal.document().orElse(JsonObject.EMPTY);
    draft.edit(Map.of(target, LocalChange.between(Map.of(), Leaves.of(document))), wallMillis);
    draft.refusals.put(refusal.number(), Optional.empty());
    return draft.step();
  }

  /** The user does not want a refused change any more. */
  public Step drop(Refusal refusal) {
    Draft draft = new Draft();
    draft.refusals.put(refusal.number(), Optional.empty());
    return draft.step();
  }

  // What the network does.

  /**
   * Something is to be sent: what had no answer yet, else what is pending. To be saved before it
   * goes out, and then to be asked for by {@link #outgoing}.
   */
  public Step send(Batch batch) {
    Draft draft = new Draft();
    if (state.cursor().isZero() && state.resync() == Resync.NONE) {
      // A pull from zero is everything there is, and no tombstones. It also hides from the server
      // that it may have lost what is here.
      boolean holds = copies.values().stream().anyMatch(copy -> copy.base() != null);
      draft.beginResync(holds ? Resync.RESTORED : Resync.PURGED);
    }
    List<DocumentAddress> candidates = new ArrayList<>(pending);
    candidates.removeAll(batch.aside());
    if (candidates.stream().allMatch(address -> draft.get(address).pending().sent() == 0)) {
      apart.clear();
      Set<DocumentKey> keys = new HashSet<>(); // a refusal names no owner, so one of each key
      int changes = 0;
      long bytes = 0;
      for (DocumentAddress address : candidates) {
        if (changes >= batch.changes() || bytes >= batch.bytes()) {
          break;
        }
        if (keys.add(address.key())) {
          Copy copy = draft.get(address);
          int count = Math.min(copy.pending().list().size(), batch.changes() - changes);
          draft.put(address, copy.with(copy.pending().sending(count)));
          changes += count;
          bytes += count * size(copy);
        }
      }
    }
    return draft.step();
  }

  /** About how much of a request a change of a document takes. */
  private static long size(Copy copy) {
    Edits edits = copy.pending().joined();
    JsonObject document = edits.on(copy.base());
    return 200 + 60L * edits.leaves().size() + (document == null ? 0 : size(document));
  }

  private static long size(JsonValue value) {
    long size = 4;
    if (value instanceof JsonString text) {
      size += text.value().length();
    } else if (value instanceof JsonArray array) {
      for (JsonValue element : array.values()) {
        size += size(element);
      }
    } else if (value instanceof JsonObject object) {
      for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
        size += 4 + member.getKey().length() + size(member.getValue());
      }
    }
    return size;
  }

  /** What is on its way now, or has to be; as much of it as {@code batch} allows. */
  public Outgoing outgoing(Batch batch) {
    attempted = state.clock();
    List<Outgoing.Change> changes = new ArrayList<>();
    Map<DocumentAddress, Integer> leaving = new LinkedHashMap<>();
    List<DocumentAddress> addresses = new ArrayList<>(pending);
    addresses.sort(Comparator.comparing(DocumentAddress::name)); // the same order each time
    int parts = 0;
    long bytes = 0;
    for (DocumentAddress address : addresses) {
      Copy copy = get(address);
      int sent = copy.pending().sent();
      if (sent == 0 || batch.aside().contains(address)) {
        continue;
      }
      int count = apart.contains(address) ? 1 : Math.min(sent, batch.changes() - parts);
      long size = count * size(copy);
      boolean isFull = bytes + size > batch.bytes() && parts > 0;
      if (parts >= batch.changes() || isFull) {
        break;
      }
      bytes += size;
      parts += count;
      leaving.put(address, count);
      changes.addAll(changes(address, copy, count));
    }
    inFlight = leaving;
    return new Outgoing(state.cursor(), changes, parts);
  }

  /** The first {@code count} changes of a document as they travel. */
  private static List<Outgoing.Change> changes(DocumentAddress address, Copy copy, int count) {
    List<Outgoing.Change> changes = new ArrayList<>();
    JsonObject document = copy.base();
    for (PendingChange change : copy.pending().first(count).list()) {
      if (!change.upon().isEmpty()) {
        document = change.upon().travelOn(document);
        changes.add(change(address, document, change.upon(), change.from()));
      }
      document = change.edits().travelOn(document);
      changes.add(change(address, document, change.edits(), change.from()));
    }
    return changes;
  }

  private static Outgoing.Change change(
      DocumentAddress address, @Nullable JsonObject document, Edits edits, HybridTimestamp from) {
    Edit deletion = edits.deletion();
    if (deletion != null) {
      return new Outgoing.Change(
          address, Optional.empty(), Map.of("", deletion.clock()), from, Optional.empty());
    }
    Map<String, HybridTimestamp> clocks = new LinkedHashMap<>();
    edits.leaves().forEach((path, edit) -> clocks.put(path.text(), edit.clock()));
    return new Outgoing.Change(
        address, Optional.ofNullable(document), clocks, from, PendingChange.base(edits));
  }

  /**
   * The answer to {@link #outgoing} is there.
   *
   * @param askedMillis the device's wall clock when the request went out
   */
  public Step receive(Reply reply, long askedMillis, long wallMillis) {
    Draft draft = new Draft();
    draft.compare(reply.serverMillis(), askedMillis, wallMillis);
    draft.receive(reply, wallMillis);
    return draft.step();
  }

  /**
   * The caller is not in the organisation any more: all of its documents are taken away, and what
   * is pending goes to the inbox.
   */
  public Step expelled() {
    Draft draft = new Draft();
    for (DocumentAddress address : List.copyOf(copies.keySet())) {
      draft.revoked(address);
    }
    draft.cursor = ZERO;
    draft.complete = ZERO;
    draft.more = false;
    draft.resync = Resync.NONE;
    return draft.step();
  }

  /** No answer came, and nobody knows what became of the request. */
  public Step failed() {
    Draft draft = new Draft();
    for (DocumentAddress address : pending) {
      PendingChanges sent = draft.get(address).pending();
      draft.unanswered = HybridTimestamp.later(draft.unanswered, sent.first(sent.sent()).latest());
    }
    return draft.step();
  }

  /**
   * The request was refused as a whole and nothing of it was stored. What was in it is pending
   * again.
   */
  public Step notStored() {
    Draft draft = new Draft();
    for (DocumentAddress address : inFlight.keySet()) {
      Copy copy = draft.get(address);
      draft.put(address, copy.with(copy.pending().notStored(state.unanswered())));
    }
    return draft.step();
  }

  /** As {@link #notStored()}, and it was the fault of the only document in it. */
  public Step refused(String code, JsonValue details) {
    Draft draft = new Draft();
    for (DocumentAddress address : inFlight.keySet()) {
      draft.refuse(address, code, details);
    }
    return draft.step();
  }

  /**
   * The clock of the device is too far ahead for the server. Corrects it, and stamps again, in
   * order, what cannot have been stored yet. What may have been keeps its clock, and what came
   * after it stays after it.
   *
   * @param maxDriftMillis how far ahead a clock may be
   */
  public Step drifted(long serverMillis, long maxDriftMillis, long wallMillis) {
    Draft draft = new Draft();
    draft.offset = serverMillis - wallMillis;
    long now = Math.max(0, serverMillis);
    // A server that has stored a clock has one of its own after it, and never refuses it again.
    HybridTimestamp floor = earlier(draft.unanswered, now + maxDriftMillis);
    HybridTimestamp kept = ZERO;
    for (DocumentAddress address : pending) {
      Copy copy = draft.get(address);
      draft.put(address, copy.with(copy.pending().notStored(floor)));
      kept = HybridTimestamp.later(kept, copy.pending().latestUntil(floor));
    }
    draft.clock =
        HybridClock.receive(
            ZERO.withNode(state.clock().node()), HybridTimestamp.later(state.cursor(), kept), now);
    for (Copy copy : copies.values()) {
      draft.clock = HybridClock.receive(draft.clock, copy.version(draft.complete), now);
    }
    draft.unanswered = kept;
    draft.stampAgain(floor, wallMillis);
    return draft.step();
  }

  private static HybridTimestamp earlier(HybridTimestamp clock, long maxMillis) {
    return clock.millis() <= maxMillis
        ? clock
        : new HybridTimestamp(maxMillis, HybridTimestamp.MAX_SEQUENCE, clock.node());
  }

  private Copy get(DocumentAddress address) {
    return copies.getOrDefault(address, Copy.NOTHING);
  }

  /** A step in the making: the state with what has changed so far. */
  private final class Draft {
    private final Map<DocumentAddress, Copy> changed = new LinkedHashMap<>();
    final Map<Long, Optional<Refusal>> refusals = new LinkedHashMap<>();
    private final Set<DocumentAddress> revoked = new LinkedHashSet<>();
    HybridTimestamp clock = state.clock();
    HybridTimestamp cursor = state.cursor();
    HybridTimestamp complete = state.complete();
    HybridTimestamp unanswered = state.unanswered();
    long offset = state.offset();
    boolean more = state.more();
    Resync resync = state.resync();
    long generation = state.generation();
    long changes = state.changes();
    long refused = state.refusals();

    Copy get(DocumentAddress address) {
      Copy copy = changed.get(address);
      return copy != null ? copy : Replica.this.get(address);
    }

    void put(DocumentAddress address, Copy copy) {
      if (!copy.equals(get(address))) {
        changed.put(address, copy);
      }
    }

    private HybridTimestamp tick(long wallMillis) {
      clock = HybridClock.tick(clock, corrected(wallMillis));
      return clock;
    }

    private long corrected(long wallMillis) {
      return Math.max(0, wallMillis + offset);
    }

    Step step() {
      Map<DocumentAddress, Optional<Copy>> result = new LinkedHashMap<>();
      changed.forEach(
          (address, copy) ->
              result.put(address, copy.isNothing() ? Optional.empty() : Optional.of(copy)));
      ReplicaState next =
          new ReplicaState(
              clock,
              cursor,
              complete,
              unanswered,
              offset,
              more,
              resync,
              generation,
              changes,
              refused);
      boolean saves = !result.isEmpty() || !refusals.isEmpty() || next.differsFrom(state);
      return new Step(next, result, refusals, revoked, saves);
    }

    void edit(Map<DocumentAddress, LocalChange> edits, long wallMillis) {
      HybridTimestamp now = tick(wallMillis);
      changes++;
      edits.forEach(
          (address, change) -> {
            Copy copy = get(address);
            Edits later = change.deletes() ? deletion(now) : leaves(copy, change, now);
            if (!later.isEmpty()) {
              put(address, copy.edited(later, complete));
            }
          });
    }

    private Edits deletion(HybridTimestamp now) {
      return new Edits(new Edit(null, now, changes), Map.of());
    }

    /**
     * The edits that make {@code change} of the document as it is shown. Where an earlier edit
     * covers leaves of what the server has, and goes, these would come out again; so they go too.
     */
    private Edits leaves(Copy copy, LocalChange change, HybridTimestamp now) {
      Map<LeafPath, Edit> leaves = new LinkedHashMap<>();
      change
          .leaves()
          .forEach((path, value) -> leaves.put(path, new Edit(value.orElse(null), now, changes)));
      if (leaves.isEmpty()) {
        return Edits.NONE;
      }
      Edits asked = new Edits(null, leaves);
      Map<LeafPath, JsonValue> wanted = leavesOf(asked.on(copy.document().orElse(null)));
      JsonObject result = copy.edited(asked, complete).document().orElse(null);
      for (LeafPath path : leavesOf(result).keySet()) {
        if (!wanted.containsKey(path)) {
          leaves.put(path, new Edit(null, now, changes));
        }
      }
      return new Edits(null, leaves);
    }

    private static Map<LeafPath, JsonValue> leavesOf(@Nullable JsonObject document) {
      return document == null ? Map.of() : Leaves.of(document);
    }

    /** The clock of the device is off by what is needed to put the server's time in between. */
    void compare(OptionalLong serverMillis, long askedMillis, long wallMillis) {
      if (serverMillis.isPresent()) {
        long least = serverMillis.getAsLong() - wallMillis;
        long most = Math.max(least, serverMillis.getAsLong() - askedMillis);
        offset = Math.max(least, Math.min(most, offset));
      }
    }

    void beginResync(Resync why) {
      generation++;
      if (why == Resync.RESTORED && resync != Resync.RESTORED) {
        complete = ZERO; // what was known there says nothing about what is there now
      }
      resync = resync == Resync.RESTORED ? resync : why; // until all of it has been told
    }

    void receive(Reply reply, long wallMillis) {
      hear(reply.serverClock(), wallMillis);
      if (reply.resync() != Resync.NONE) {
        beginResync(reply.resync());
      }
      Set<DocumentAddress> told = new HashSet<>();
      for (Reply.Rejected one : reply.rejected()) {
        DocumentAddress address = meant(one.address());
        if (inFlight(address) > 1 && !isForGood(one.code())) {
          apart.add(address); // which of its changes it was shows when they come one by one
          mayBeStored(address);
        } else {
          refuse(address, one.code(), one.details());
        }
        told.add(address);
      }
      for (Reply.Told document : reply.documents()) {
        take(document, told.contains(document.address()) ? 0 : inFlight(document.address()));
        told.add(document.address());
      }
      reply
          .acknowledged()
          .forEach(
              (address, revision) -> {
                hear(revision, wallMillis);
                if (inFlight(address) > 0 && told.add(address)) {
                  Copy before = get(address);
                  int sent = inFlight(address);
                  stored(address, revision, generation);
                  if (reply.resync() == Resync.RESTORED) {
                    tellAges(address, before, before.pending().first(sent).joined());
                  }
                }
              });
      more = reply.more();
      for (DocumentAddress address : inFlight.keySet()) {
        if (told.contains(address)) {
          continue;
        }
        if (more) { // the page says nothing of it, and it is sent again
          mayBeStored(address);
        } else {
          stored(address, reply.serverClock(), get(address).generation());
        }
      }
      stampAgain(attempted, wallMillis);
      cursor = reply.serverClock();
      if (!more) {
        endResync();
        complete = cursor;
      }
    }

    /** A refusal may name the key alone, of which there is one document in a request. */
    private DocumentAddress meant(DocumentAddress named) {
      return inFlight.containsKey(named)
          ? named
          : inFlight.keySet().stream()
              .filter(address -> address.key().equals(named.key()))
              .findFirst()
              .orElse(named);
    }

    /** How many of the changes of a document have been in the request and are not refused. */
    private int inFlight(DocumentAddress address) {
      return Math.min(inFlight.getOrDefault(address, 0), get(address).pending().sent());
    }

    private void stored(DocumentAddress address, HybridTimestamp revision, long toldIn) {
      put(address, get(address).asSent(inFlight(address), revision, toldIn, attempted));
    }

    /**
     * What was sent to a server that has lost what it had came without clocks where it was not
     * edited, and gives way there to whatever comes with one. This device knows how old it is.
     */
    private void tellAges(DocumentAddress address, Copy before, Edits sent) {
      Copy now = get(address);
      JsonObject base = now.base();
      if (base == null || address.owner().isPresent()) {
        return;
      }
      LeafClocks told = LeafClocks.NONE.after(sent, null, base);
      Edits ages = alreadyStored(now.clocks().laterThan(base, base, told));
      put(address, now.with(now.pending().above(before.version(complete), ages)));
    }

    private void mayBeStored(DocumentAddress address) {
      PendingChanges sent = get(address).pending().first(inFlight(address));
      unanswered = HybridTimestamp.later(unanswered, sent.latest());
    }

    private void hear(HybridTimestamp remote, long wallMillis) {
      clock = HybridClock.receive(clock, remote, corrected(wallMillis));
    }

    /**
     * Takes a document as the server has it.
     *
     * @param answered how many of what is pending this is the answer to
     */
    private void take(Reply.Told document, int answered) {
      DocumentAddress address = document.address();
      if (document.fate() == Reply.Fate.REVOKED) {
        revoked(address);
        return;
      }
      Copy copy = get(address);
      PendingChanges left = copy.answered(answered);
      if (document.fate() == Reply.Fate.DELETED) {
        Edits sent = copy.pending().first(answered).joined();
        boolean comesBack = !left.isEmpty() && left.joined().deletion() == null;
        // If what is pending is the later one, it comes back whole.
        JsonObject base = comesBack ? sent.on(copy.base()) : null;
        LeafClocks clocks = copy.clocks().after(sent, copy.base(), base);
        put(address, new Copy(base, document.revision(), left, clocks, generation));
        return;
      }
      // What was lost was not made from what the server has now: what it replaces is a conflict.
      PendingChanges all = left.above(copy.version(complete), kept(copy, document));
      put(
          address,
          new Copy(document.fields(), document.revision(), all, document.clocks(), generation));
    }

    /** What a server that was restored has only in an older version. */
    private Edits kept(Copy copy, Reply.Told document) {
      JsonObject base = copy.base();
      if (resync != Resync.RESTORED
          || copy.generation() == generation
          || document.address().owner().isPresent()
          || base == null) {
        return Edits.NONE;
      }
      return alreadyStored(copy.clocks().laterThan(base, document.fields(), document.clocks()));
    }

    /** Edits that have been stored once, so that their clocks stay as they are. */
    private Edits alreadyStored(Edits edits) {
      unanswered = HybridTimestamp.later(unanswered, edits.latest());
      return edits;
    }

    void revoked(DocumentAddress address) {
      if (get(address).document().isPresent()) {
        revoked.add(address);
      }
      if (get(address).isPending()) {
        refuse(address, REVOKED, JsonObject.EMPTY);
      }
      put(address, Copy.NOTHING);
    }

    private static boolean isForGood(String code) {
      return code.equals(REVOKED) || code.equals(READ_ONLY);
    }

    /** What was sent goes to the inbox, and with it what is pointless without it. */
    void refuse(DocumentAddress address, String code, JsonValue details) {
      Copy copy = get(address);
      PendingChanges pending = copy.pending();
      int sent = inFlight(address);
      boolean all = isForGood(code) || copy.base() == null || sent == 0;
      int count = all ? pending.list().size() : sent;
      if (count == 0) {
        return;
      }
      PendingChanges going = pending.first(count);
      long number = ++refused;
      Optional<JsonObject> document = Optional.ofNullable(going.on(copy.base()));
      refusals.put(
          number,
          Optional.of(new Refusal(number, address, code, details, document, going.joined())));
      put(address, copy.with(pending.after(count)));
    }

    /** Gives new clocks to what is pending and later than {@code floor}, in the same order. */
    void stampAgain(HybridTimestamp floor, long wallMillis) {
      TreeMap<HybridTimestamp, HybridTimestamp> stamps = new TreeMap<>();
      Set<DocumentAddress> affected = new LinkedHashSet<>(pending);
      for (DocumentAddress address : affected) {
        PendingChanges pending = get(address).pending();
        for (PendingChange change : pending.after(pending.sent()).list()) {
          note(change.edits().deletion(), floor, stamps);
          change.edits().leaves().values().forEach(edit -> note(edit, floor, stamps));
        }
      }
      stamps.replaceAll((before, same) -> tick(wallMillis));
      if (stamps.isEmpty()) {
        return;
      }
      for (DocumentAddress address : affected) {
        Copy copy = get(address);
        put(
            address,
            copy.with(copy.pending().stamped(before -> stamps.getOrDefault(before, before))));
      }
    }

    private static void note(
        @Nullable Edit edit, HybridTimestamp floor, Map<HybridTimestamp, HybridTimestamp> stamps) {
      if (edit != null && edit.clock().isAfter(floor)) {
        stamps.put(edit.clock(), edit.clock());
      }
    }

    /** A complete pull from zero is over: decides about what it did not tell of. */
    private void endResync() {
      if (resync == Resync.NONE) {
        return;
      }
      Set<DocumentAddress> all = new LinkedHashSet<>(copies.keySet());
      all.addAll(changed.keySet());
      for (DocumentAddress address : all) {
        if (get(address).generation() == generation) {
          continue;
        }
        if (resync == Resync.PURGED) {
          forget(address);
        } else if (address.owner().isPresent()) {
          revoked(address); // its owner's devices bring it back, and may share it again
        } else {
          bringBack(address);
        }
      }
      resync = Resync.NONE;
    }

    /** It was deleted long ago; what is pending is all there is of it. */
    private void forget(DocumentAddress address) {
      Copy copy = get(address);
      put(
          address,
          copy.isPending()
              ? new Copy(null, ZERO, copy.pending(), LeafClocks.NONE, copy.generation())
              : Copy.NOTHING);
    }

    /** The server has lost it: all there is of it is pending, with the clocks it had. */
    private void bringBack(DocumentAddress address) {
      Copy copy = get(address);
      JsonObject base = copy.base();
      Edits kept = base == null ? Edits.NONE : alreadyStored(copy.clocks().asEdits(base));
      PendingChanges all = copy.pending().above(copy.version(complete), kept);
      put(
          address,
          all.isEmpty() ? Copy.NOTHING : new Copy(null, ZERO, all, LeafClocks.NONE, generation));
    }
  }
}
