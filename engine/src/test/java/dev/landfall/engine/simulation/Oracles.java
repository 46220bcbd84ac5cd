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
import dev.landfall.engine.simulation.Counters.Sometimes;
import dev.landfall.engine.simulation.Seat.Parcel;
import dev.landfall.engine.simulation.Servers.Node;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.DocumentVersion;
import dev.landfall.engine.sync.SyncRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What must hold, at each answer and in the end (the invariants of the assurance plan). */
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
      if (response.status() != 409 && response.status() != 503) {
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
        .forEach(change -> pushed.add(change.key().value()));
    for (JsonObject wire : response.documents()) {
      parcel.ignored |= Client.isDeleted(wire) && pushed.contains(Client.key(wire));
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
      if (!world.options.purges()) {
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
      world.counters.count(Sometimes.TEXTS_MERGED);
    } else {
      world.counters.count(
          winner.equals("local") ? Sometimes.CONFLICT_LOCAL : Sometimes.CONFLICT_REMOTE);
    }
    ledger(seat, Client.text(conflict.get("key"))).reported(conflict);
  }

  private Ledger ledger(Seat seat, String key) {
    return world.ledgersBySeat.get(seat).computeIfAbsent(key, unused -> new Ledger());
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
   * What was ignored for want of a document counts where there is one (sync.md, section 5). And an
   * existing client that edits while a request is on its way stamps again what has long been
   * stored: the answer was "the same", but the later clock wins once the value is another.
   */
  private boolean isRepeatable(Parcel parcel) {
    return !parcel.ignored
        && !(world.options.editsInFlight() && parcel.seat.client() instanceof LegacyClient);
  }

  /**
   * A clock above a leaf does not say whether that leaf was edited. Where the server has forgotten
   * what the leaf was, as it may after so many commits, a value that is there counts as edited
   * (sync.md, section 4). So the value that the client was told once may come back over a later
   * one; that it does must be told as a conflict.
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
              if (stampedAbove && oldest.filter(leaf -> leaf.commit().isAfter(base)).isPresent()) {
                ledger(seat, change.key().value()).stampedAgain(value);
              }
            });
  }

  /** What is stored before a request; nothing if the request may change that. */
  Optional<Map<DocumentId, StoredDocument>> beginReplay(Parcel parcel) {
    if (world.options.forgetsHistory()) {
      for (Change change : parcel.request.changes()) {
        DocumentId id = id(parcel.seat, change.key().value());
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

  private Map<DocumentId, StoredDocument> stored() {
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
    return new DocumentId(seat.user, seat.collection, new DocumentKey(key));
  }

  /** All is quiet. */
  void inTheEnd() {
    for (Seat seat : world.seats) {
      converged(seat, truth(seat));
    }
    if (world.options.faultPercent() > 0 || world.options.crashPercent() > 0) {
      readConflictsOfFailedRequests();
      if (world.options.forgetsHistory()) {
        world.ledgersBySeat.values().forEach(byKey -> byKey.values().forEach(Ledger::forgive));
      }
    }
    for (Seat seat : world.seats) {
      Map<String, JsonObject> truth = truth(seat);
      world
          .ledgersBySeat
          .get(seat)
          .forEach(
              (key, ledger) -> {
                JsonObject wire = truth.get(key);
                ledger
                    .check(wire == null ? null : Client.fields(wire))
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
        if (stored.contains(id(seat, key))) {
          for (DocumentVersion version :
              world
                  .servers
                  .nodes
                  .get(0)
                  .engine
                  .history(
                      Servers.APPLICATION,
                      seat.user,
                      seat.user,
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

  private Map<String, JsonObject> truth(Seat seat) {
    Map<String, JsonObject> truth = new TreeMap<>();
    Response response =
        Servers.answer(
            world.servers.nodes.get(0).engine,
            seat.user,
            SyncRequest.pull(seat.collection, HybridTimestamp.ZERO));
    for (JsonObject wire : response.documents()) {
      truth.put(Client.key(wire), wire);
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
        throw broken("I1: " + seat.device + " " + key + " has " + ours + ", the server " + theirs);
      }
    }
  }

  private void repetitions() {
    if (world.options.purges() || world.options.forgetsHistory()) {
      return;
    }
    int step = world.options.repeatsAll() ? 1 : 1 + world.answered.size() / 8;
    for (int i = 0; i < world.answered.size(); i += step) {
      Parcel parcel = world.answered.get(i);
      if (!isRepeatable(parcel)) {
        continue;
      }
      Map<DocumentId, StoredDocument> before = stored();
      Response response =
          Servers.answer(world.servers.nodes.get(0).engine, parcel.seat.user, parcel.request);
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
