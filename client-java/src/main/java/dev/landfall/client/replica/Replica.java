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

  /** What is in that request. */
  private Set<DocumentAddress> inFlight = Set.of();

  /** Goes on with what was saved. */
  public Replica(
      ReplicaState state, Map<DocumentAddress, Copy> copies, Collection<Refusal> refusals) {
    HybridTimestamp clock = state.clock();
    HybridTimestamp unanswered = state.unanswered();
    for (Map.Entry<DocumentAddress, Copy> entry : copies.entrySet()) {
      Copy copy = entry.getValue();
      keep(entry.getKey(), copy);
      unanswered = HybridTimestamp.later(unanswered, copy.sent().latest());
    }
    refusals.forEach(refusal -> inbox.put(refusal.number(), refusal));
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
    return get(address).first();
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
    if (candidates.stream().allMatch(address -> draft.get(address).sent().isEmpty())) {
      Set<DocumentKey> keys = new HashSet<>(); // a refusal names no owner, so one of each key
      long bytes = 0;
      for (DocumentAddress address : candidates) {
        if (keys.size() >= batch.changes() || bytes >= batch.bytes()) {
          break;
        }
        if (keys.add(address.key())) {
          Copy copy = draft.get(address);
          draft.put(
              address,
              copy.madeFrom(draft.from(copy)).with(copy.next().head(), copy.next().tail()));
          bytes += size(draft.get(address));
        }
      }
    }
    return draft.step();
  }

  /** About how much of a request a document takes. */
  private static long size(Copy copy) {
    JsonObject document = copy.sent().on(copy.base());
    return 200 + 60L * copy.sent().leaves().size() + (document == null ? 0 : size(document));
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
    Set<DocumentAddress> leaving = new LinkedHashSet<>();
    List<DocumentAddress> addresses = new ArrayList<>(pending);
    addresses.sort(Comparator.comparing(DocumentAddress::name)); // the same order each time
    long bytes = 0;
    for (DocumentAddress address : addresses) {
      Copy copy = get(address);
      Edits sent = copy.sent();
      if (sent.isEmpty() || batch.aside().contains(address)) {
        continue;
      }
      long size = size(copy);
      boolean isFull = bytes + size > batch.bytes() && !changes.isEmpty();
      if (changes.size() >= batch.changes() || isFull) {
        break;
      }
      bytes += size;
      leaving.add(address);
      HybridTimestamp base = from(copy, state.complete());
      Map<String, HybridTimestamp> clocks = new LinkedHashMap<>();
      Edit deletion = sent.deletion();
      if (deletion != null) {
        clocks.put("", deletion.clock());
        changes.add(new Outgoing.Change(address, Optional.empty(), clocks, base));
      } else {
        sent.leaves().forEach((path, edit) -> clocks.put(path.text(), edit.clock()));
        JsonObject document = sent.on(copy.base());
        changes.add(new Outgoing.Change(address, Optional.ofNullable(document), clocks, base));
      }
    }
    inFlight = leaving;
    return new Outgoing(state.cursor(), changes);
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
      draft.unanswered =
          HybridTimestamp.later(draft.unanswered, draft.get(address).sent().latest());
    }
    return draft.step();
  }

  /**
   * The request was refused as a whole and nothing of it was stored. What was in it is pending
   * again.
   */
  public Step notStored() {
    Draft draft = new Draft();
    for (DocumentAddress address : inFlight) {
      draft.put(address, draft.get(address).notSent());
    }
    return draft.step();
  }

  /** As {@link #notStored()}, and it was the fault of the only document in it. */
  public Step refused(String code, JsonValue details) {
    Draft draft = new Draft();
    for (DocumentAddress address : inFlight) {
      if (!draft.get(address).sent().isEmpty()) {
        draft.refuse(address, code, details);
      }
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
    for (DocumentAddress address : pending) {
      draft.put(address, draft.get(address).notSent());
    }
    draft.offset = serverMillis - wallMillis;
    long now = Math.max(0, serverMillis);
    // A server that has stored a clock has one of its own after it, and never refuses it again.
    HybridTimestamp floor = earlier(draft.unanswered, now + maxDriftMillis);
    HybridTimestamp kept = ZERO;
    for (DocumentAddress address : pending) {
      kept = HybridTimestamp.later(kept, draft.get(address).next().latestUntil(floor));
    }
    draft.clock =
        HybridClock.receive(
            ZERO.withNode(state.clock().node()), HybridTimestamp.later(state.cursor(), kept), now);
    for (Copy copy : copies.values()) {
      HybridTimestamp known = HybridTimestamp.later(draft.from(copy), copy.revision());
      draft.clock = HybridClock.receive(draft.clock, known, now);
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

  private static HybridTimestamp from(Copy copy, HybridTimestamp complete) {
    HybridTimestamp madeFrom = copy.madeFrom();
    return madeFrom != null ? madeFrom : HybridTimestamp.later(complete, copy.revision());
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

    HybridTimestamp from(Copy copy) {
      return Replica.from(copy, complete);
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
              put(address, copy.madeFrom(from(copy)).with(copy.sent(), copy.next().then(later)));
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
      JsonObject below = copy.sent().on(copy.base());
      for (LeafPath path : leavesOf(copy.next().then(asked).on(below)).keySet()) {
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
        // What was known there says nothing about what is there now.
        for (DocumentAddress address : pending) {
          put(address, get(address).madeFrom(from(get(address))));
        }
        complete = ZERO;
      }
      resync = resync == Resync.RESTORED ? resync : why; // until all of it has been told
    }

    void receive(Reply reply, long wallMillis) {
      hear(reply.serverClock(), wallMillis);
      if (reply.resync() != Resync.NONE) {
        beginResync(reply.resync());
      }
      reply
          .rejected()
          .forEach(rejected -> refuse(rejected.address(), rejected.code(), rejected.details()));
      Set<DocumentAddress> told = new HashSet<>();
      for (Reply.Told document : reply.documents()) {
        told.add(document.address());
        take(document);
      }
      reply
          .acknowledged()
          .forEach(
              (address, revision) -> {
                hear(revision, wallMillis);
                Copy copy = get(address);
                if (!copy.sent().isEmpty() && told.add(address)) {
                  put(address, copy.asSent(revision, generation, isNew(copy.next())));
                }
              });
      more = reply.more();
      for (DocumentAddress address : inFlight) {
        Copy copy = get(address);
        if (!copy.sent().isEmpty() && !told.contains(address)) {
          unanswered = HybridTimestamp.later(unanswered, copy.sent().latest());
          if (!more) {
            put(address, copy.asSent(reply.serverClock(), copy.generation(), isNew(copy.next())));
          } // else the page says nothing of it, and it is sent again
        }
      }
      stampAgain(attempted, wallMillis);
      cursor = reply.serverClock();
      if (!more) {
        endResync();
        complete = cursor;
      }
    }

    /** Whether all of it came while the request was on its way, and is stamped again. */
    private boolean isNew(Edits next) {
      return next.earliest().isAfter(attempted);
    }

    private void hear(HybridTimestamp remote, long wallMillis) {
      clock = HybridClock.receive(clock, remote, corrected(wallMillis));
    }

    private void take(Reply.Told document) {
      DocumentAddress address = document.address();
      if (document.fate() == Reply.Fate.REVOKED) {
        revoked(address);
        return;
      }
      Copy copy = inFlight.contains(address) ? get(address) : get(address).notSent();
      Edits kept = kept(copy, document);
      Edits next = kept.then(copy.next());
      boolean deleted = document.fate() == Reply.Fate.DELETED;
      JsonObject base = deleted ? null : document.fields();
      boolean isUnanswered = next.latest().isAfter(attempted) || copy.sent().isEmpty();
      if (deleted && next.deletion() == null && !next.isEmpty() && isUnanswered) {
        base = copy.sent().on(copy.base()); // if the edit is the later one, it comes back whole
      }
      HybridTimestamp from = null;
      if (!copy.next().isEmpty()) {
        from = from(copy);
      } else if (!kept.isEmpty()) {
        from = document.revision(); // it is what the rest was compared with
      }
      LeafClocks clocks = document.clocks();
      if (deleted) {
        clocks = copy.clocks().after(copy.sent(), copy.base(), base);
      }
      put(address, new Copy(base, document.revision(), from, Edits.NONE, next, clocks, generation));
    }

    /** What a server that was restored has only in an older version. */
    private Edits kept(Copy copy, Reply.Told document) {
      JsonObject base = copy.base();
      if (resync != Resync.RESTORED
          || copy.generation() == generation
          || document.address().owner().isPresent()
          || document.fate() == Reply.Fate.DELETED
          || document.revision().equals(copy.revision())
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

    /** What was sent goes to the inbox, and with it what is pointless without it. */
    void refuse(DocumentAddress address, String code, JsonValue details) {
      Copy copy = get(address);
      boolean forGood = code.equals(REVOKED) || code.equals(READ_ONLY);
      boolean all = forGood || copy.base() == null || copy.sent().isEmpty();
      Edits edits = all ? copy.sent().then(copy.next()) : copy.sent();
      if (edits.isEmpty()) {
        return;
      }
      long number = ++refused;
      Optional<JsonObject> document =
          all ? copy.document() : Optional.ofNullable(edits.on(copy.base()));
      refusals.put(
          number, Optional.of(new Refusal(number, address, code, details, document, edits)));
      Edits left = all ? Edits.NONE : copy.next();
      put(address, copy.madeFrom(left.isEmpty() ? null : copy.madeFrom()).with(Edits.NONE, left));
    }

    /** Gives new clocks to what is pending and later than {@code floor}, in the same order. */
    void stampAgain(HybridTimestamp floor, long wallMillis) {
      TreeMap<HybridTimestamp, HybridTimestamp> stamps = new TreeMap<>();
      Set<DocumentAddress> affected = new LinkedHashSet<>(pending);
      for (DocumentAddress address : affected) {
        Edits next = get(address).next();
        note(next.deletion(), floor, stamps);
        next.leaves().values().forEach(edit -> note(edit, floor, stamps));
      }
      stamps.replaceAll((before, same) -> tick(wallMillis));
      if (stamps.isEmpty()) {
        return;
      }
      for (DocumentAddress address : affected) {
        Copy copy = get(address);
        Edits stamped = copy.next().stamped(before -> stamps.getOrDefault(before, before));
        put(address, copy.with(copy.sent(), stamped));
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
              ? new Copy(
                  null,
                  ZERO,
                  copy.madeFrom(),
                  copy.sent(),
                  copy.next(),
                  LeafClocks.NONE,
                  copy.generation())
              : Copy.NOTHING);
    }

    /** The server has lost it: all there is of it is pending, with the clocks it had. */
    private void bringBack(DocumentAddress address) {
      Copy copy = get(address).notSent();
      JsonObject base = copy.base();
      Edits kept = base == null ? Edits.NONE : alreadyStored(copy.clocks().asEdits(base));
      Edits next = kept.then(copy.next());
      put(
          address,
          next.isEmpty()
              ? Copy.NOTHING
              : new Copy(null, ZERO, from(copy), Edits.NONE, next, LeafClocks.NONE, generation));
    }
  }
}
