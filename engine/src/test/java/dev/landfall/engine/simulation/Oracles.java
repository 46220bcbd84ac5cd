package dev.landfall.engine.simulation;

import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.document.HistoryEntry;
import dev.landfall.engine.document.Leaf;
import dev.landfall.engine.document.Leaves;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.history.DocumentVersion;
import dev.landfall.engine.simulation.Counters.Sometimes;
import dev.landfall.engine.simulation.Seat.Parcel;
import dev.landfall.engine.simulation.Servers.Node;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What must hold, at each answer and in the end (the invariants of docs/assurance.md). */
final class Oracles {
  /** In how many rounds all have to agree after faults stop. */
  static final int ROUNDS = 3;

  private static final long MAX_DRIFT = 300_000;

  private final World world;
  private final Cursors cursors = new Cursors();
  private final Set<DocumentId> known = new HashSet<>();
  private HybridTimestamp latestCursor = HybridTimestamp.ZERO;
  private long latestWall;
  private long lastCommitMillis;
  private long commits;

  Oracles(World world) {
    this.world = world;
  }

  long commits() {
    return commits;
  }

  static AssertionError broken(String what) {
    return new AssertionError(what);
  }

  /** A commit is in the log. */
  void appended(Commit commit) {
    commits++;
    lookAtClocks();
    if (commit.clock().millis() > latestWall + MAX_DRIFT + 1) {
      throw broken("I10: a commit is too far ahead of the wall clock: " + commit.clock());
    }
    if (commit.clock().millis() == lastCommitMillis) {
      world.counters.count(Sometimes.TWO_COMMITS_IN_ONE_MILLISECOND);
    }
    lastCommitMillis = commit.clock().millis();
    for (FeedEntry entry : commit.entries()) {
      if (!isLater(entry.position(), latestCursor)) {
        throw broken("I5: " + entry + " became visible behind the cursor " + latestCursor);
      }
    }
    commit.documents().forEach(document -> known.add(document.id()));
    world.community.appended(commit);
  }

  /** The server has fallen back to an older state. */
  void serverRestored(int kept) {
    latestCursor = world.tip();
    cursors.forget();
    known.retainAll(stored().keySet());
    Map<Ledger, BitSet> held = new HashMap<>();
    for (Seat seat : world.seats) {
      seat.serverRestored();
      seat.client()
          .documents()
          .forEach(
              (address, document) ->
                  Tally.without(document)
                      .values()
                      .forEach(
                          value ->
                              Workload.writes(value)
                                  .forEach(
                                      held.computeIfAbsent(
                                              seat.ledger(address), unused -> new BitSet())
                                          ::set)));
    }
    for (Map<String, Ledger> byKey : world.ledgers.values()) {
      for (Ledger ledger : byKey.values()) {
        ledger.serverRestored(kept, held.getOrDefault(ledger, new BitSet()));
      }
    }
  }

  /** Notes how late any server has ever thought it to be. */
  void lookAtClocks() {
    for (Node node : world.servers.nodes) {
      latestWall = Math.max(latestWall, world.servers.wall(node));
    }
  }

  private static boolean isLater(HybridTimestamp a, HybridTimestamp b) {
    return a.millis() != b.millis() ? a.millis() > b.millis() : a.sequence() > b.sequence();
  }

  /** An answer leaves a node. */
  void answered(Parcel parcel, Response response, Node node) {
    if (!response.isOk()) {
      boolean expected =
          world.options.people().equals(Options.People.NONE)
              ? response.status() == 409 || response.status() == 503
              : Set.of(401, 403, 409, 503).contains(response.status());
      if (!expected) {
        throw broken("status " + response.status() + " to " + parcel.request);
      }
      return;
    }
    HybridTimestamp cursor = response.serverClock();
    if (isLater(cursor, world.tip())) {
      throw broken("I5: the cursor " + cursor + " is ahead of the log " + world.tip());
    }
    Set<String> pushed = new HashSet<>();
    parcel.request.changes().stream()
        .filter(change -> !change.isDeletion())
        .forEach(change -> pushed.add(parcel.seat.address(change)));
    for (JsonObject wire : response.documents()) {
      boolean gone = Client.isDeleted(wire) || wire.get("_revoked") != null;
      parcel.ignored |= gone && pushed.contains(Client.address(wire));
      if (!response.more() && Client.revision(wire).isAfter(cursor)) {
        throw broken("I5: " + wire + " is after the cursor " + cursor);
      }
    }
    if (!response.resync()
        && !parcel.request.clientClock().isZero()
        && isLater(parcel.request.clientClock(), cursor)) {
      throw broken(
          "I5: the cursor goes back from " + parcel.request.clientClock() + " to " + cursor);
    }
    if (response.resync()) {
      world.counters.count(Sometimes.RESYNC);
      boolean expected =
          response.restored() ? world.options.people().restoredServer() : world.options.purges();
      if (!expected) {
        throw broken("I4: a cursor is not known any more: " + parcel.request.clientClock());
      }
    }
    if (response.more()) {
      world.counters.count(Sometimes.PAGED);
    }
    if (isLater(cursor, latestCursor)) {
      latestCursor = cursor;
    }
    cursors.issued(parcel.seat, cursor);
    for (JsonObject conflict : response.conflicts()) {
      reported(parcel.seat, conflict);
    }
  }

  private void reported(Seat seat, JsonObject conflict) {
    String winner = Client.text(conflict.get("winner"));
    boolean deletion = Client.text(conflict.get("field")).equals("_deleted");
    JsonValue value = conflict.get("winnerValue");
    if (deletion) {
      boolean deleted = value != null && value.toString().equals("true");
      world.counters.count(deleted ? Sometimes.TOMBSTONE_BEAT_EDIT : Sometimes.EDIT_BEAT_TOMBSTONE);
    } else if (winner.equals("auto-merged")) {
      String strategy = Client.text(conflict.get("mergeStrategy"));
      world.counters.count(
          switch (strategy) {
            case "counter" -> Sometimes.COUNTERS_MERGED;
            case "set" -> Sometimes.SETS_MERGED;
            default -> Sometimes.TEXTS_MERGED;
          });
    } else {
      world.counters.count(
          winner.equals("local") ? Sometimes.CONFLICT_LOCAL : Sometimes.CONFLICT_REMOTE);
    }
    ledger(seat, Client.text(conflict.get("key"))).reported(conflict);
  }

  private Ledger ledger(Seat seat, String key) {
    return seat.ledger(key);
  }

  /**
   * Whether the store may be compared before and after a repetition: nothing else may happen
   * meanwhile.
   */
  private boolean isReplay(Parcel parcel) {
    return parcel.processed
        && isRepeatable(parcel)
        && !world.options.interleaved()
        && !world.options.purges()
        && !world.options.forgetsHistory();
  }

  /**
   * What was ignored for want of a document counts where there is one. And an existing client that
   * edits while a request is on its way stamps again what has long been stored: the answer was "the
   * same", but the later clock wins once the value is another. One that has fallen back to an older
   * state gives the clocks it has given before to other edits.
   */
  private boolean isRepeatable(Parcel parcel) {
    boolean legacy = parcel.seat.client() instanceof LegacyClient;
    return !parcel.ignored
        && !(legacy && (world.options.editsInFlight() || parcel.seat.hasFallenBack()));
  }

  /**
   * A clock above a leaf does not say whether that leaf was edited. Where the server has forgotten
   * what the leaf was, as it may after so many commits, a value that is there counts as edited. So
   * the value that the client was told once may come back over a later one; that it does must be
   * told as a conflict.
   *
   * @param since what is left of the history after the base, newest first
   */
  private void stampedBlindly(Seat seat, Change change, Document stored, List<HistoryEntry> since) {
    HybridTimestamp base = change.baseClock();
    if (since.size() < History.MIN_ENTRIES) {
      return; // it has no right to have forgotten that
    }
    Leaves.of(change.fields().orElse(JsonObject.EMPTY))
        .forEach(
            (path, value) -> {
              boolean stampedAbove =
                  path.ancestors().stream()
                      .map(above -> change.stamps().get(above.text()))
                      .anyMatch(stamp -> stamp != null && stamp.isAfter(base));
              Optional<Leaf> oldest = Optional.ofNullable(stored.leaves().get(path));
              for (HistoryEntry entry : since) {
                oldest = entry.previous().getOrDefault(path, oldest);
              }
              if (stampedAbove
                  && !Tally.isTallied(path)
                  && oldest.filter(leaf -> leaf.commit().isAfter(base)).isPresent()) {
                ledger(seat, seat.address(change)).stampedAgain(value);
              }
            });
  }

  /** What is stored before a request; nothing if the request may change that. */
  Optional<Map<DocumentId, StoredDocument>> beginReplay(Parcel parcel) {
    if (world.options.forgetsHistory()) {
      for (Change change : parcel.request.changes()) {
        DocumentId id = parcel.seat.id(parcel.seat.address(change));
        StoredDocument stored = world.servers.store().find(Set.of(id)).get(id);
        if (stored != null && !change.baseClock().isZero()) {
          History.Since since = new History(stored.history()).after(change.baseClock());
          if (!since.complete()) {
            world.counters.count(Sometimes.BASE_UNKNOWN);
            stampedBlindly(parcel.seat, change, StoredForm.decode(stored), since.entries());
          }
        }
      }
    }
    return isReplay(parcel) ? Optional.of(stored()) : Optional.empty();
  }

  void endReplay(Parcel parcel, Optional<Map<DocumentId, StoredDocument>> before) {
    if (before.isPresent() && isReplay(parcel)) {
      world.counters.count(Sometimes.REPEATED);
      if (!isStill(before.get())) {
        throw broken(
            "I7: a repetition changed something: "
                + parcel.id
                + " "
                + parcel.request
                + " now "
                + texts(stored()));
      }
    }
  }

  /** Everything that is stored. */
  Map<DocumentId, StoredDocument> stored() {
    return world.servers.store().find(known);
  }

  /** Whether any reader could see what there was {@code before}, and nothing else. */
  private boolean isStill(Map<DocumentId, StoredDocument> before) {
    Map<DocumentId, StoredDocument> now = stored();
    if (!now.keySet().equals(before.keySet())) {
      return false;
    }
    for (Map.Entry<DocumentId, StoredDocument> one : before.entrySet()) {
      Bytes was = one.getValue().wire();
      Bytes is = now.get(one.getKey()).wire();
      if (!is.equals(was) && !Servers.parse(is.utf8()).equals(Servers.parse(was.utf8()))) {
        return false;
      }
    }
    return true;
  }

  private static String texts(Map<DocumentId, StoredDocument> stored) {
    StringBuilder texts = new StringBuilder();
    for (StoredDocument document : stored.values()) {
      texts.append('\n').append(document.wire().utf8()).append(" record ");
      texts.append(document.record().utf8());
    }
    return texts.toString();
  }

  /** Documents and feeds must agree whatever a node died of. */
  void afterCrash() {
    Map<DocumentId, StoredDocument> stored = world.servers.store().find(known);
    for (StoredDocument document : stored.values()) {
      if (document.isErased()) {
        continue; // only those who could read it are told
      }
      boolean listed = document.deleted() && document.revision().isZero();
      Feed feed = new Feed(document.id().owner(), document.id().collection());
      List<FeedItem> items =
          world
              .servers
              .store()
              .feed(Set.of(feed), HybridTimestamp.ZERO, world.tip(), 10_000, 1L << 30)
              .items();
      for (FeedItem item : items) {
        listed |=
            item.entry().document().equals(document.id())
                && item.entry().position().equals(document.revision());
      }
      boolean ghost = document.deleted() && !document.wire().utf8().contains(":\"");
      if (!listed && !ghost && !isGhost(document, items)) {
        throw broken("I8: a document is stored and not in its feed: " + document.id());
      }
    }
  }

  /** The tombstone of a document the server never saw alive is in no feed. */
  private static boolean isGhost(StoredDocument document, List<FeedItem> items) {
    return document.deleted()
        && items.stream().noneMatch(item -> item.entry().document().equals(document.id()));
  }

  /** Tombstones have been forgotten. */
  void purged() {
    Set<DocumentId> left = world.servers.store().find(known).keySet();
    for (Seat seat : world.seats) {
      world
          .ledgersBySeat
          .get(seat)
          .forEach(
              (key, ledger) -> {
                if (!left.contains(id(seat, key))) {
                  ledger.forgotten();
                }
              });
    }
  }

  private static DocumentId id(Seat seat, String key) {
    return new DocumentId(seat.owner, seat.collection, new DocumentKey(key));
  }

  /** All is quiet. */
  void inTheEnd() {
    for (Seat seat : world.seats) {
      boolean admitted = world.community.isAdmitted(seat.user, seat.owner);
      if (admitted || seat.client().forgetsDeleted()) { // others keep what is refused
        converged(seat, truth(seat));
      }
    }
    if (world.options.faultPercent() > 0 || world.options.crashPercent() > 0) {
      readConflictsOfFailedRequests();
      if (world.options.forgetsHistory()) {
        world.ledgersBySeat.values().forEach(byKey -> byKey.values().forEach(Ledger::forgive));
      }
    }
    for (Seat seat : world.seats) {
      if (world.community.isGone(seat.owner)) {
        continue;
      }
      Map<String, JsonObject> truth = stored(seat);
      world
          .ledgersBySeat
          .get(seat)
          .forEach(
              (key, ledger) -> {
                JsonObject wire = truth.get(key);
                ledger
                    .check(wire == null ? null : Client.fields(wire))
                    .or(() -> wire == null ? Optional.empty() : tally(ledger, wire))
                    .ifPresent(
                        problem -> {
                          throw broken(key + ": " + problem);
                        });
              });
    }
    afterCrash();
    cursors.allDeliver(world, known);
    repetitions();
  }

  /**
   * A request that was stored and then failed tells nobody; the history of the document still does.
   */
  private void readConflictsOfFailedRequests() {
    Set<DocumentId> stored = world.servers.store().find(known).keySet();
    for (Seat seat : world.seats) {
      for (String key : List.copyOf(world.ledgersBySeat.get(seat).keySet())) {
        if (stored.contains(id(seat, key)) && !world.community.isGone(seat.owner)) {
          for (DocumentVersion version :
              world
                  .servers
                  .nodes
                  .get(0)
                  .engine
                  .history(
                      Servers.APPLICATION,
                      seat.user,
                      seat.owner,
                      id(seat, key),
                      Optional.empty(),
                      200)
                  .versions()) {
            version.conflicts().forEach(ledger(seat, key)::reported);
          }
        }
      }
    }
  }

  private Optional<String> tally(Ledger ledger, JsonObject wire) {
    boolean forgets = world.options.purges() || world.options.forgetsHistory();
    return forgets ? Optional.empty() : ledger.tally.check(Client.fields(wire));
  }

  /** The living documents of whom a device's requests are about. */
  private Map<String, JsonObject> stored(Seat seat) {
    Map<String, JsonObject> living = new TreeMap<>();
    for (StoredDocument stored : stored().values()) {
      DocumentId id = stored.id();
      if (id.owner().equals(seat.owner)
          && id.collection().equals(seat.collection)
          && !stored.deleted()) {
        living.put(id.key().value(), Servers.parse(stored.wire().utf8()));
      }
    }
    return living;
  }

  private Map<String, JsonObject> truth(Seat seat) {
    Map<String, JsonObject> truth = new TreeMap<>();
    SyncRequest request =
        world.options.people().hasOwners()
            ? Reading.everything(seat)
            : SyncRequest.pull(seat.collection, HybridTimestamp.ZERO);
    Response response = world.community.answer(world.servers.nodes.get(0), seat, request);
    for (JsonObject wire : response.documents()) {
      truth.put(Client.address(wire), wire);
    }
    return truth;
  }

  private void converged(Seat seat, Map<String, JsonObject> truth) {
    Set<String> keys = new HashSet<>(truth.keySet());
    keys.addAll(seat.client().documents().keySet());
    for (String key : keys) {
      JsonObject ours = seat.client().documents().get(key);
      JsonObject theirs = truth.get(key);
      boolean nothing = theirs == null && ours != null && ours.isEmpty();
      if (nothing && !seat.client().forgetsDeleted()) {
        continue; // it empties what is deleted
      }
      JsonObject fields = theirs == null ? null : Client.fields(theirs);
      if (!java.util.Objects.equals(ours, fields)) {
        throw broken(
            "I1: a copy differs: " + seat + " " + key + " has " + ours + ", the server " + theirs);
      }
    }
  }

  private void repetitions() {
    if (world.options.purges() || world.options.forgetsHistory()) {
      return;
    }
    List<Parcel> answered = world.traffic.answered;
    int step = world.options.repeatsAll() ? 1 : 1 + answered.size() / 8;
    for (int i = 0; i < answered.size(); i += step) {
      Parcel parcel = answered.get(i);
      if (!isRepeatable(parcel)) {
        continue;
      }
      Map<DocumentId, StoredDocument> before = stored();
      Response response =
          world.community.answer(world.servers.nodes.get(0), parcel.seat, parcel.request);
      if (response.isOk() && !isStill(before)) {
        throw broken(
            "I7: a repetition in the end changed something: "
                + parcel.id
                + " "
                + parcel.request
                + " before "
                + texts(before)
                + " after "
                + texts(stored()));
      }
    }
  }

  /** A text that two equal documents share. */
  static String canonical(JsonValue value) {
    if (value instanceof JsonObject object) {
      StringBuilder text = new StringBuilder("{");
      new TreeMap<>(object.members())
          .forEach(
              (name, member) ->
                  text.append(name).append(':').append(canonical(member)).append(','));
      return text.append('}').toString();
    }
    return value.toString();
  }
}
