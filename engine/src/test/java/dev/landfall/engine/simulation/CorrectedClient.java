package dev.landfall.engine.simulation;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.clock.HybridClock;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A client as ours are to be: pushes only what is pending, stamps leaf paths, keeps what it has
 * sent apart from what was edited meanwhile and puts the latter, stamped again, on top of what
 * comes back. A request without an answer goes out again as it was. Each time the device starts it
 * has another name, as two may have started from one backup.
 */
final class CorrectedClient implements Client {
  /**
   * An edit of a leaf; a null value removes it.
   *
   * @param held whether it is no new edit, but what a server knew that has fallen back to an older
   *     state
   * @param from what it was made from, as a clock; it stays when another version comes in under it.
   *     Null for what the server has now
   * @param upon the edit under another name of this device on top of which it was made. It goes out
   *     in front of this one, even again, so that the server knows what this one was made from
   */
  private record Edit(
      @Nullable JsonValue value,
      HybridTimestamp clock,
      boolean held,
      @Nullable HybridTimestamp from,
      @Nullable Edit upon) {
    Edit at(HybridTimestamp other) {
      return new Edit(value, other, held, from, upon);
    }

    Edit from(@Nullable HybridTimestamp other) {
      return new Edit(value, clock, held, other, upon);
    }

    /** The same on top of an edit that is pending, if any is. */
    Edit over(@Nullable Edit pending) {
      if (pending == null || upon != null || held) {
        return this;
      }
      Edit below = pending.clock.node().equals(clock.node()) ? pending.upon : pending;
      return new Edit(value, clock, held, from, below);
    }
  }

  /**
   * One document.
   *
   * @param base as the server has it; null if it has none
   * @param clocks of {@code base}, by path
   * @param revision of {@code base}, zero if it was never heard of
   * @param deletedFrom what the deletion was made from, as a clock
   */
  private record Copy(
      @Nullable JsonObject base,
      Map<String, HybridTimestamp> clocks,
      HybridTimestamp revision,
      @Nullable HybridTimestamp deletion,
      @Nullable HybridTimestamp deletedFrom,
      Map<LeafPath, Edit> sent,
      Map<LeafPath, Edit> edits) {

    JsonObject document() {
      return document(all());
    }

    /** The base with some edits. */
    JsonObject document(Map<LeafPath, Edit> some) {
      Map<LeafPath, JsonValue> leaves = new LinkedHashMap<>();
      if (base != null && deletion == null) {
        leaves.putAll(Leaves.of(base));
      }
      apply(some, leaves);
      return Leaves.join(leaves);
    }

    /**
     * The document that goes out with some edits: a removal does not take along what has come in
     * below it, for which its clock would count.
     */
    JsonObject carried(Map<LeafPath, Edit> some) {
      Map<LeafPath, JsonValue> leaves = Leaves.of(document(some));
      some.forEach(
          (path, edit) -> {
            if (edit.value == null) {
              leaves
                  .keySet()
                  .removeIf(leaf -> leaf.ancestors().contains(path) && !some.containsKey(leaf));
            }
          });
      return Leaves.join(leaves);
    }

    private static void apply(Map<LeafPath, Edit> edits, Map<LeafPath, JsonValue> leaves) {
      edits.forEach(
          (path, edit) -> {
            if (edit.value == null) {
              leaves.remove(path);
            }
          });
      edits.forEach(
          (path, edit) -> {
            if (edit.value != null) {
              path.ancestors().forEach(leaves::remove);
              leaves.keySet().removeIf(leaf -> leaf.ancestors().contains(path));
              leaves.put(path, edit.value);
            }
          });
    }

    boolean exists() {
      return (base != null && deletion == null) || !sent.isEmpty() || !edits.isEmpty();
    }

    boolean isPending() {
      return deletion != null || !sent.isEmpty() || !edits.isEmpty();
    }

    /** All edits, those of afterwards on top of those that were sent. */
    Map<LeafPath, Edit> all() {
      Map<LeafPath, Edit> all = new LinkedHashMap<>(sent);
      edits.forEach((path, edit) -> all.put(path, edit.over(sent.get(path))));
      return all;
    }

    Copy restamped(UnaryOperator<Edit> stamp) {
      Map<LeafPath, Edit> stamped = new LinkedHashMap<>();
      edits.forEach((path, edit) -> stamped.put(path, stamp.apply(edit)));
      return new Copy(base, clocks, revision, deletion, deletedFrom, sent, stamped);
    }
  }

  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;

  private String node;
  private final CollectionName collection;
  private final int limit;
  private final Optional<Owner> owner;
  private final Map<String, Copy> copies = new LinkedHashMap<>();
  private final Set<String> deletionsSent = new HashSet<>();
  private HybridTimestamp clock;
  private HybridTimestamp cursor = HybridTimestamp.ZERO;

  /**
   * The last cursor that stood at the end of a pull. In the middle of one, a document may have
   * moved on unseen.
   */
  private HybridTimestamp complete = HybridTimestamp.ZERO;

  private long offset;

  /** The latest clock that may have been stored although no answer came. */
  private HybridTimestamp unanswered = HybridTimestamp.ZERO;

  private boolean more;
  private @Nullable Set<String> resyncing;

  /**
   * The documents that were acknowledged in the middle of a pull. They come in its rest, or the
   * server has lost them.
   */
  private final Set<String> ahead = new HashSet<>();

  /** A request without an answer; it is sent again as it was. */
  private @Nullable SyncRequest unansweredRequest;

  /** Whether the last request was such a one: what came afterwards goes out at once. */
  private boolean isRepeated;

  /**
   * A client.
   *
   * @param limit of a page, 0 for none
   */
  CorrectedClient(String node, CollectionName collection, int limit) {
    this(node, collection, limit, Optional.empty());
  }

  /**
   * A client that says of each document whose it is.
   *
   * @param owner whose documents its requests are about
   */
  CorrectedClient(String node, CollectionName collection, int limit, Owner owner) {
    this(node, collection, limit, Optional.of(owner));
  }

  private CorrectedClient(
      String node, CollectionName collection, int limit, Optional<Owner> owner) {
    this.node = node;
    this.collection = collection;
    this.limit = limit;
    this.owner = owner;
    this.clock = HybridTimestamp.ZERO.withNode(node);
  }

  @Override
  public Map<String, JsonObject> documents() {
    Map<String, JsonObject> documents = new LinkedHashMap<>();
    copies.forEach(
        (key, copy) -> {
          if (copy.exists()) {
            documents.put(key, copy.document());
          }
        });
    return documents;
  }

  private HybridTimestamp tick(long wallMillis) {
    clock = HybridClock.tick(clock, Math.max(0, wallMillis + offset));
    return clock;
  }

  @Override
  public void edit(String key, JsonObject document, Set<LeafPath> changed, long wallMillis) {
    Copy copy = copies.getOrDefault(key, fresh());
    Map<LeafPath, JsonValue> leaves = Leaves.of(document);
    Map<LeafPath, Edit> edits = new LinkedHashMap<>(copy.edits);
    HybridTimestamp now = tick(wallMillis);
    for (LeafPath path : changed) {
      HybridTimestamp from = from(copy, path);
      Edit pending = edits.remove(path); // what comes later is applied later
      edits.put(path, new Edit(leaves.get(path), now, false, from, null).over(pending));
    }
    copies.put(
        key,
        new Copy(
            copy.base,
            copy.clocks,
            copy.revision,
            copy.deletion,
            copy.deletedFrom,
            copy.sent,
            edits));
  }

  private static Copy fresh() {
    return new Copy(null, Map.of(), HybridTimestamp.ZERO, null, null, Map.of(), Map.of());
  }

  /** What an edit that is made now is made from. */
  private HybridTimestamp from(Copy copy) {
    return HybridTimestamp.later(complete, copy.revision);
  }

  /** What is typed over an edit that is pending was made from what that was made from. */
  private HybridTimestamp from(Copy copy, LeafPath path) {
    HybridTimestamp from = from(copy);
    for (Map.Entry<LeafPath, Edit> pending : copy.all().entrySet()) {
      LeafPath other = pending.getKey();
      boolean over =
          path.equals(other)
              || path.ancestors().contains(other)
              || other.ancestors().contains(path);
      HybridTimestamp older = from(copy, pending.getValue());
      if (over && from.isAfter(older)) {
        from = older;
      }
    }
    return from;
  }

  /** What a deletion is made from: it takes all that is pending with it. */
  private HybridTimestamp oldest(Copy copy) {
    HybridTimestamp oldest = from(copy);
    for (Edit edit : copy.all().values()) {
      HybridTimestamp other = from(copy, edit);
      oldest = oldest.isAfter(other) || edit.held ? other : oldest;
    }
    return oldest;
  }

  private HybridTimestamp from(Copy copy, Edit edit) {
    return edit.from != null ? edit.from : from(copy);
  }

  @Override
  public boolean delete(String key, long wallMillis) {
    Copy copy = copies.get(key);
    if (copy == null || !copy.exists() || !copy.sent.isEmpty() || deletionsSent.contains(key)) {
      return false; // while something of it is on its way this app waits
    }
    copies.put(
        key,
        new Copy(
            copy.base,
            copy.clocks,
            copy.revision,
            tick(wallMillis),
            oldest(copy),
            Map.of(),
            Map.of()));
    return true;
  }

  @Override
  public @Nullable HybridTimestamp stamp(String key, LeafPath path) {
    Copy copy = copies.get(key);
    if (copy == null) {
      return null;
    }
    if (path.text().isEmpty()) {
      return copy.deletion;
    }
    Edit edit = copy.all().get(path);
    return edit == null ? null : edit.clock;
  }

  @Override
  public SyncRequest request() {
    isRepeated = unansweredRequest != null && !unansweredRequest.changes().isEmpty();
    SyncRequest request = isRepeated ? unansweredRequest : newRequest();
    unansweredRequest = request;
    return request;
  }

  private SyncRequest newRequest() {
    if (cursor.isZero()) {
      resyncing = new HashSet<>(); // a pull from zero is everything there is, and no tombstones
    }
    List<Change> changes = new ArrayList<>();
    for (Map.Entry<String, Copy> entry : List.copyOf(copies.entrySet())) {
      Copy copy = entry.getValue();
      if (!copy.isPending()) {
        continue;
      }
      DocumentKey key = new DocumentKey(entry.getKey().replaceFirst(".*/", ""));
      Optional<String> whose = owner.map(one -> ownerOf(entry.getKey(), one));
      if (copy.deletion != null) {
        HybridTimestamp base = copy.deletedFrom != null ? copy.deletedFrom : from(copy);
        changes.add(
            new Change(
                key, Optional.empty(), Map.of("", copy.deletion), base, Client.noBase(), whose));
        deletionsSent.add(entry.getKey());
      }
      Map<LeafPath, Edit> edits = copy.all();
      Map<LeafPath, Edit> soFar = new LinkedHashMap<>();
      for (List<Map.Entry<LeafPath, Edit>> below : below(edits)) {
        for (Map.Entry<LeafPath, Edit> one : below) {
          Edit edit = one.getValue();
          soFar.put(one.getKey(), edit);
          changes.add(
              new Change(
                  key,
                  Optional.of(copy.carried(soFar)),
                  Map.of(one.getKey().text(), edit.clock),
                  from(copy, edit),
                  Client.noBase(),
                  whose));
        }
      }
      for (HybridTimestamp base : bases(copy)) {
        Map<String, HybridTimestamp> stamps = new HashMap<>();
        edits.forEach(
            (path, edit) -> {
              if (from(copy, edit).equals(base)) {
                stamps.put(path.text(), edit.clock);
                soFar.put(path, edit);
              }
            });
        JsonObject document = copy.carried(soFar);
        changes.add(new Change(key, Optional.of(document), stamps, base, Client.noBase(), whose));
      }
      if (!edits.isEmpty()) {
        copies.put(
            entry.getKey(),
            new Copy(
                copy.base,
                copy.clocks,
                copy.revision,
                copy.deletion,
                copy.deletedFrom,
                edits,
                Map.of()));
      }
    }
    return new SyncRequest(
        collection,
        cursor,
        changes,
        limit > 0 ? OptionalInt.of(limit) : OptionalInt.empty(),
        OptionalLong.empty(),
        true,
        true,
        false);
  }

  /** What the edits of a document were made from: each goes out with what its user saw. */
  private Set<HybridTimestamp> bases(Copy copy) {
    Set<HybridTimestamp> bases = new TreeSet<>();
    copy.all().values().forEach(edit -> bases.add(from(copy, edit)));
    return bases;
  }

  /** The edits of former names on top of which others were made, the lowest first. */
  private static List<List<Map.Entry<LeafPath, Edit>>> below(Map<LeafPath, Edit> edits) {
    List<List<Map.Entry<LeafPath, Edit>>> layers = new ArrayList<>();
    Map<LeafPath, Edit> layer = edits;
    while (!layer.isEmpty()) {
      Map<LeafPath, Edit> next = new LinkedHashMap<>();
      layer.forEach(
          (path, edit) -> {
            if (edit.upon != null) {
              next.put(path, edit.upon);
            }
          });
      layers.add(0, List.copyOf(next.entrySet()));
      layer = next;
    }
    return layers;
  }

  private static String ownerOf(String address, Owner own) {
    int slash = address.indexOf('/');
    return slash < 0 ? own.value() : address.substring(0, slash);
  }

  @Override
  public void receive(Response response, long wallMillis) {
    unansweredRequest = null;
    clock = HybridClock.receive(clock, response.serverClock(), Math.max(0, wallMillis + offset));
    if (response.resync()) {
      resyncing = new HashSet<>();
    }
    if (response.restored()) {
      ahead.clear();
      copies.replaceAll((key, copy) -> broughtBack(copy));
    }
    Set<String> told = new HashSet<>();
    for (JsonObject wire : response.documents()) {
      String key = Client.address(wire);
      if (wire.get("_revoked") != null) {
        copies.remove(key);
        deletionsSent.remove(key);
        continue;
      }
      Copy known = copies.getOrDefault(key, fresh());
      Copy copy = ahead.contains(key) ? broughtBack(known) : known; // or it is in there, or later
      boolean deleted = Client.isDeleted(wire);
      // A page without the echo of what was sent says nothing of it; what was sent stays pending.
      told.add(key);
      copies.put(
          key,
          new Copy(
              deleted ? null : Client.fields(wire),
              Client.fieldClocks(wire),
              Client.revision(wire),
              isSent(key) ? null : copy.deletion,
              isSent(key) ? null : copy.deletedFrom,
              Map.of(),
              placed(
                  deleted ? JsonObject.EMPTY : Client.fields(wire),
                  newerThan(Client.fieldClocks(wire), pinned(copy)))));
    }
    response
        .rejections()
        .forEach(
            (key, code) -> {
              if (!told.contains(key)) { // otherwise the stored document has come instead
                copies.remove(key);
                deletionsSent.remove(key);
              }
            });
    response
        .acks()
        .forEach(
            (key, revision) -> {
              Copy copy = copies.get(key);
              clock = HybridClock.receive(clock, revision, Math.max(0, wallMillis + offset));
              if (copy != null && told.add(key)) {
                copies.put(key, asSent(copy, revision));
              }
            });
    more = response.more();
    ahead.removeAll(told);
    if (more) {
      ahead.addAll(response.acks().keySet());
    } else {
      for (String key : ahead) {
        copies.computeIfPresent(key, (unused, copy) -> broughtBack(copy));
      }
      ahead.clear();
    }
    for (Map.Entry<String, Copy> entry : List.copyOf(copies.entrySet())) {
      Copy copy = entry.getValue();
      boolean wasSent = !copy.sent.isEmpty() || deletionsSent.contains(entry.getKey());
      if (wasSent && !told.contains(entry.getKey())) {
        copy.sent.values().forEach(this::mayBeStored);
        copies.put(
            entry.getKey(),
            more
                ? new Copy(
                    copy.base,
                    copy.clocks,
                    copy.revision,
                    copy.deletion,
                    copy.deletedFrom,
                    Map.of(),
                    copy.all())
                : asSent(copy, response.serverClock()));
      } else if (!copy.edits.isEmpty()) {
        copies.put(
            entry.getKey(),
            copy.restamped(
                edit -> edit.held || !isOfThisName(edit) ? edit : edit.at(tick(wallMillis))));
      }
    }
    deletionsSent.clear();
    cursor = response.serverClock();
    if (!more) {
      complete = cursor;
    }
    if (resyncing != null) {
      resyncing.addAll(told);
      if (!more) {
        Set<String> complete = resyncing;
        copies
            .entrySet()
            .removeIf(e -> !complete.contains(e.getKey()) && !e.getValue().isPending());
        copies.replaceAll(
            (key, copy) ->
                complete.contains(key)
                    ? copy
                    : new Copy(
                        null,
                        Map.of(),
                        HybridTimestamp.ZERO,
                        copy.deletion,
                        copy.deletedFrom,
                        copy.sent,
                        copy.all()));
        resyncing = null;
      }
    }
    copies.values().removeIf(copy -> !copy.exists() && !copy.isPending());
  }

  /** The server holds what was sent. */
  private Copy asSent(Copy copy, HybridTimestamp revision) {
    Copy sent =
        new Copy(copy.base, copy.clocks, copy.revision, copy.deletion, null, copy.sent, Map.of());
    Map<String, HybridTimestamp> clocks = new HashMap<>(copy.clocks);
    copy.sent.forEach((path, edit) -> clocks.put(path.text(), edit.clock));
    Map<LeafPath, Edit> edits = pinned(copy);
    edits.replaceAll(
        (path, edit) ->
            isOfThisName(edit) && !edit.held
                ? new Edit(edit.value, edit.clock, edit.held, null, null)
                : edit); // keeps its clock, and so what it was made from
    return new Copy(
        sent.exists() ? sent.carried(sent.all()) : null,
        clocks,
        revision,
        null,
        null,
        Map.of(),
        edits);
  }

  /** Whether the deletion of a document was in the request that is answered. */
  private boolean isSent(String key) {
    return deletionsSent.contains(key);
  }

  /** Whether no copy of this device can have it, too. */
  private boolean isOfThisName(Edit edit) {
    return edit.clock.node().equals(node);
  }

  /** The edits of a document under which another version comes in. */
  private Map<LeafPath, Edit> pinned(Copy copy) {
    Map<LeafPath, Edit> pinned = new LinkedHashMap<>();
    copy.edits.forEach(
        (path, edit) -> {
          Edit sent = copy.sent.get(path);
          Edit below = sent == null ? null : sent.from(from(copy, sent));
          pinned.put(path, edit.from(from(copy, edit)).over(below));
        });
    return pinned;
  }

  /**
   * Without removals of values in whose place there are others now. The clock of one would count
   * for what is below it.
   */
  private static Map<LeafPath, Edit> placed(JsonObject document, Map<LeafPath, Edit> edits) {
    Set<LeafPath> branches = new HashSet<>();
    Leaves.of(document).keySet().forEach(path -> branches.addAll(path.ancestors()));
    Map<LeafPath, Edit> placed = new LinkedHashMap<>(edits);
    placed
        .entrySet()
        .removeIf(one -> one.getValue().value == null && branches.contains(one.getKey()));
    return placed;
  }

  /** Without what is only held and the server has, or has newer. */
  private static Map<LeafPath, Edit> newerThan(
      Map<String, HybridTimestamp> clocks, Map<LeafPath, Edit> edits) {
    Map<LeafPath, Edit> newer = new LinkedHashMap<>(edits);
    newer.entrySet().removeIf(one -> one.getValue().held && !isNewer(one, clocks));
    return newer;
  }

  private static boolean isNewer(
      Map.Entry<LeafPath, Edit> edit, Map<String, HybridTimestamp> clocks) {
    HybridTimestamp there = clocks.get(edit.getKey().text());
    return there == null || edit.getValue().clock.isAfter(there);
  }

  /**
   * The server may have lost what it knew: all of it is sent to it again, with the clocks it had.
   */
  private Copy broughtBack(Copy copy) {
    if (copy.base == null || copy.deletion != null) {
      return copy;
    }
    Map<LeafPath, Edit> edits = new LinkedHashMap<>();
    Leaves.of(copy.base)
        .forEach(
            (path, value) -> {
              HybridTimestamp known = copy.clocks.getOrDefault(path.text(), copy.revision);
              edits.put(path, new Edit(value, known, true, from(copy), null));
            });
    edits.keySet().removeIf(path -> isCovered(path, copy.sent.keySet()));
    edits.putAll(copy.edits);
    return new Copy(copy.base, copy.clocks, copy.revision, null, null, copy.sent, edits);
  }

  /** Whether something is edited at, above or below a place. */
  private static boolean isCovered(LeafPath path, Set<LeafPath> edited) {
    return edited.stream()
        .anyMatch(
            other ->
                path.equals(other)
                    || path.ancestors().contains(other)
                    || other.ancestors().contains(path));
  }

  @Override
  public void failed() {
    isRepeated = false;
    for (Copy copy : copies.values()) {
      copy.sent.values().forEach(this::mayBeStored);
      if (copy.deletion != null) {
        unanswered = HybridTimestamp.later(unanswered, copy.deletion);
      }
    }
  }

  private void mayBeStored(Edit edit) {
    unanswered = HybridTimestamp.later(unanswered, edit.clock);
  }

  private void notSent() {
    unansweredRequest = null;
    isRepeated = false;
    copies.replaceAll(
        (key, copy) ->
            new Copy(
                copy.base,
                copy.clocks,
                copy.revision,
                copy.deletion,
                copy.deletedFrom,
                Map.of(),
                copy.all()));
    deletionsSent.clear();
  }

  /**
   * Corrects its clock by what the server says and stamps again, in order, what cannot have been
   * stored yet. What may have been keeps its clock, and what came after it stays after it.
   */
  @Override
  public void refused(long serverTime, long wallMillis) {
    notSent();
    offset = serverTime - wallMillis;
    long now = Math.max(0, serverTime);
    clock =
        HybridClock.receive(ZERO.withNode(node), HybridTimestamp.later(cursor, unanswered), now);
    for (Copy copy : copies.values()) {
      clock = HybridClock.receive(clock, from(copy), now);
      for (Edit edit : copy.edits.values()) {
        clock = HybridClock.receive(clock, from(copy, edit), now); // or it would not count
      }
      if (copy.deletedFrom != null) {
        clock = HybridClock.receive(clock, copy.deletedFrom, now);
      }
    }
    HybridTimestamp floor = unanswered;
    copies.replaceAll(
        (key, copy) -> {
          HybridTimestamp deletion = copy.deletion;
          if (deletion != null && deletion.isAfter(floor)) {
            deletion = tick(wallMillis);
          }
          return new Copy(
                  copy.base,
                  copy.clocks,
                  copy.revision,
                  deletion,
                  copy.deletedFrom,
                  copy.sent,
                  copy.edits)
              .restamped(
                  edit ->
                      edit.clock.isAfter(floor) && !edit.held ? edit.at(tick(wallMillis)) : edit);
        });
  }

  @Override
  public boolean forgetsDeleted() {
    return true;
  }

  @Override
  public boolean isNewEachTime() {
    return true;
  }

  @Override
  public void reopen(String name) {
    node = name;
    clock = clock.withNode(name);
  }

  @Override
  public void drop(String key) {
    notSent();
    copies.remove(key);
    cursor = HybridTimestamp.ZERO; // the only way to get it again
    complete = HybridTimestamp.ZERO;
    resyncing = null;
  }

  @Override
  public void dropAll() {
    unansweredRequest = null;
    isRepeated = false;
    deletionsSent.clear();
    copies.clear();
    ahead.clear();
    more = false;
    cursor = HybridTimestamp.ZERO;
    complete = HybridTimestamp.ZERO;
    resyncing = null;
  }

  @Override
  public CorrectedClient copy() {
    CorrectedClient copy = new CorrectedClient(node, collection, limit, owner);
    copy.copies.putAll(copies);
    copy.deletionsSent.addAll(deletionsSent);
    copy.clock = clock;
    copy.cursor = cursor;
    copy.complete = complete;
    copy.offset = offset;
    copy.unanswered = unanswered;
    copy.more = more;
    copy.ahead.addAll(ahead);
    copy.unansweredRequest = unansweredRequest;
    copy.isRepeated = isRepeated;
    copy.resyncing = resyncing == null ? null : new HashSet<>(resyncing);
    return copy;
  }

  @Override
  public boolean wantsMore() {
    return more || (isRepeated && copies.values().stream().anyMatch(Copy::isPending));
  }
}
