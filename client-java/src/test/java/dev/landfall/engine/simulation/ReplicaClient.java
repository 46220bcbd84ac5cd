package dev.landfall.engine.simulation;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.client.replica.Batch;
import dev.landfall.client.replica.Copy;
import dev.landfall.client.replica.DocumentAddress;
import dev.landfall.client.replica.Edit;
import dev.landfall.client.replica.Edits;
import dev.landfall.client.replica.LeafClocks;
import dev.landfall.client.replica.LocalChange;
import dev.landfall.client.replica.Outgoing;
import dev.landfall.client.replica.PendingChange;
import dev.landfall.client.replica.Refusal;
import dev.landfall.client.replica.Replica;
import dev.landfall.client.replica.ReplicaJson;
import dev.landfall.client.replica.ReplicaState;
import dev.landfall.client.replica.Reply;
import dev.landfall.client.replica.Resync;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The replica of the Java client in a simulated world. What it saves is kept as text, and its
 * process dies now and then before or after something was saved; it is made again from the text
 * then.
 */
final class ReplicaClient implements Client {
  private static final int CRASH_PERCENT = 10;
  private static final Batch BATCH = Batch.of(3);

  private String node;
  private final CollectionName collection;
  private final int limit;
  private final SplittableRandom fortune;
  private final Map<String, String> rows = new LinkedHashMap<>();
  private String state;
  private int openings;
  private Replica replica;

  ReplicaClient(String node, CollectionName collection, int limit) {
    this.node = node;
    this.collection = collection;
    this.limit = limit;
    this.fortune = new SplittableRandom(node.hashCode() * 31L + collection.value().hashCode());
    this.state = JsonText.print(ReplicaJson.of(ReplicaState.fresh(node)));
    this.replica = open();
  }

  private ReplicaClient(ReplicaClient other) {
    this.node = other.node;
    this.collection = other.collection;
    this.limit = other.limit;
    this.fortune = other.fortune.split();
    this.rows.putAll(other.rows);
    this.state = other.state;
    this.openings = 1_000 * (other.openings + 1);
    this.replica = open();
  }

  private Replica open() {
    Map<DocumentAddress, Copy> copies = new LinkedHashMap<>();
    rows.forEach(
        (name, copy) ->
            copies.put(DocumentAddress.parse(name), ReplicaJson.copy(Servers.parse(copy))));
    String opened = node + "." + ++openings;
    return new Replica(ReplicaJson.state(Servers.parse(state)).opened(opened), copies, List.of());
  }

  private boolean dies() {
    return fortune.nextInt(100) < CRASH_PERCENT;
  }

  private void take(dev.landfall.client.replica.Step step) {
    save(step);
    replica.install(step);
  }

  private void save(dev.landfall.client.replica.Step step) {
    for (Optional<Refusal> refusal : step.refusals().values()) {
      throw new AssertionError("nothing can be refused here, but " + refusal);
    }
    if (!step.saves()) {
      return;
    }
    step.copies()
        .forEach(
            (address, copy) -> {
              if (copy.isPresent()) {
                rows.put(address.name(), JsonText.print(ReplicaJson.of(copy.get())));
              } else {
                rows.remove(address.name());
              }
            });
    state = JsonText.print(ReplicaJson.of(step.state()));
  }

  @Override
  public Map<String, JsonObject> documents() {
    Map<String, JsonObject> documents = new LinkedHashMap<>();
    replica
        .copies()
        .forEach(
            (address, copy) ->
                copy.document().ifPresent(document -> documents.put(address.name(), document)));
    return documents;
  }

  @Override
  public void edit(String key, JsonObject document, Set<LeafPath> changed, long wallMillis) {
    Map<LeafPath, JsonValue> now = Leaves.of(document);
    Map<LeafPath, Optional<JsonValue>> leaves = new LinkedHashMap<>();
    changed.forEach(path -> leaves.put(path, Optional.ofNullable(now.get(path))));
    LocalChange change = new LocalChange(false, leaves);
    take(replica.edit(Map.of(DocumentAddress.own(key), change), wallMillis));
    if (!documents().getOrDefault(key, JsonObject.EMPTY).equals(document)) {
      throw new AssertionError("an edit of " + document + " made " + documents().get(key));
    }
  }

  @Override
  public boolean delete(String key, long wallMillis) {
    if (!documents().containsKey(key)) {
      return false;
    }
    take(replica.edit(Map.of(DocumentAddress.own(key), LocalChange.DELETION), wallMillis));
    return true;
  }

  @Override
  public @Nullable HybridTimestamp stamp(String key, LeafPath path) {
    Copy copy = replica.copies().get(DocumentAddress.own(key));
    if (copy == null) {
      return null;
    }
    List<PendingChange> newestFirst = new ArrayList<>(copy.pending().list());
    Collections.reverse(newestFirst);
    for (PendingChange change : newestFirst) {
      Edits edits = change.edits();
      Edit leaf = path.text().isEmpty() ? null : edits.leaves().get(path);
      Edit deletion = edits.deletion();
      if (path.text().isEmpty() && deletion != null) {
        return deletion.clock();
      }
      if (leaf != null) {
        return leaf.clock();
      }
      if (deletion != null) {
        return null; // what came before it is gone
      }
    }
    return null;
  }

  @Override
  public SyncRequest request() {
    take(replica.send(BATCH));
    Outgoing outgoing = replica.outgoing(BATCH);
    if (dies()) {
      replica = open();
      take(replica.send(BATCH));
      if (!replica.outgoing(BATCH).equals(outgoing)) {
        throw new AssertionError(
            "after a crash not " + outgoing + " is sent but " + replica.outgoing(BATCH));
      }
    }
    List<Change> changes = new ArrayList<>();
    for (Outgoing.Change change : outgoing.changes()) {
      changes.add(
          new Change(
              new DocumentKey(change.address().key().value()),
              change.document(),
              change.clocks(),
              change.baseClock(),
              change.base()));
    }
    return new SyncRequest(
        collection,
        outgoing.clientClock(),
        changes,
        limit > 0 ? OptionalInt.of(limit) : OptionalInt.empty(),
        OptionalLong.empty(),
        true,
        true,
        true);
  }

  @Override
  public void receive(Response response, long wallMillis) {
    List<Reply.Told> documents = new ArrayList<>();
    for (JsonObject wire : response.documents()) {
      documents.add(
          new Reply.Told(
              DocumentAddress.own(Client.key(wire)),
              Client.revision(wire),
              Client.isDeleted(wire) ? Reply.Fate.DELETED : Reply.Fate.LIVE,
              Client.isDeleted(wire) ? JsonObject.EMPTY : Client.fields(wire),
              Client.isDeleted(wire)
                  ? LeafClocks.NONE
                  : LeafClocks.told(
                      Client.fields(wire), Client.fieldClocks(wire), Client.revision(wire))));
    }
    Map<DocumentAddress, HybridTimestamp> acknowledged = new LinkedHashMap<>();
    response.acks().forEach((key, clock) -> acknowledged.put(DocumentAddress.own(key), clock));
    take(
        replica.receive(
            new Reply(
                response.serverClock(),
                documents,
                acknowledged,
                List.of(),
                List.of(),
                response.more(),
                resync(response),
                OptionalLong.of(response.serverTime()),
                List.of()),
            wallMillis,
            wallMillis));
    if (dies()) {
      replica = open();
    }
  }

  private static Resync resync(Response response) {
    if (!response.resync()) {
      return Resync.NONE;
    }
    return response.restored() ? Resync.RESTORED : Resync.PURGED;
  }

  @Override
  public boolean isNewEachTime() {
    return true;
  }

  @Override
  public void reopen(String name) {
    node = name;
    openings = 0;
    replica = open();
  }

  @Override
  public void failed() {
    if (dies()) {
      replica = open();
    } else {
      take(replica.failed());
    }
  }

  @Override
  public void refused(long serverTime, long wallMillis) {
    take(replica.drifted(serverTime, 300_000, wallMillis));
    if (dies()) {
      replica = open();
    }
  }

  @Override
  public boolean forgetsDeleted() {
    return true;
  }

  @Override
  public void drop(String key) {
    rows.remove(DocumentAddress.own(key).name());
    fromZero();
  }

  @Override
  public void dropAll() {
    rows.clear();
    fromZero();
  }

  /** The only way to get again what was dropped. */
  private void fromZero() {
    HybridTimestamp zero = HybridTimestamp.ZERO;
    ReplicaState now = replica.state();
    state =
        JsonText.print(
            ReplicaJson.of(
                new ReplicaState(
                    now.clock(),
                    zero,
                    zero,
                    now.unanswered(),
                    now.offset(),
                    false,
                    Resync.NONE,
                    now.generation(),
                    now.changes(),
                    now.refusals())));
    replica = open();
  }

  @Override
  public ReplicaClient copy() {
    return new ReplicaClient(this);
  }

  @Override
  public boolean wantsMore() {
    return replica.state().more() || !replica.pending().isEmpty();
  }
}
