package dev.landfall.engine.simulation;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.clock.HybridClock;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The existing {@code SyncClient}: posts all documents each time, stamps top-level fields that
 * differ from what it last had from the server, and merges what comes back.
 */
final class LegacyClient implements Client {
  /** Which clock a field has after a merge; versions of this client differ. */
  enum Clocks {
    OWN,
    SERVER,
    LATER
  }

  /**
   * One document.
   *
   * @param snapshot what it takes for the server's: what came of the last answer
   * @param told what the server had said then
   */
  private record Copy(
      JsonObject document,
      Map<String, HybridTimestamp> clocks,
      JsonObject snapshot,
      JsonObject told) {}

  private final String node;
  private final CollectionName collection;
  private final Clocks kept;
  private final Map<String, Copy> copies = new LinkedHashMap<>();
  private HybridTimestamp clock;
  private HybridTimestamp base = HybridTimestamp.ZERO;

  LegacyClient(String node, CollectionName collection, Clocks kept) {
    this.node = node;
    this.collection = collection;
    this.kept = kept;
    this.clock = HybridTimestamp.ZERO.withNode(node);
  }

  @Override
  public Map<String, JsonObject> documents() {
    Map<String, JsonObject> documents = new LinkedHashMap<>();
    copies.forEach((key, copy) -> documents.put(key, copy.document));
    return documents;
  }

  @Override
  public void edit(String key, JsonObject document, Set<LeafPath> changed, long wallMillis) {
    clock = HybridClock.tick(clock, wallMillis);
    Copy copy = copies.get(key);
    JsonObject snapshot = copy == null ? JsonObject.EMPTY : copy.snapshot;
    Map<String, HybridTimestamp> clocks = new HashMap<>(copy == null ? Map.of() : copy.clocks);
    Set<String> fields = new LinkedHashSet<>(snapshot.members().keySet());
    fields.addAll(document.members().keySet());
    for (String field : fields) {
      if (!Objects.equals(snapshot.get(field), document.get(field))) {
        clocks.put(field, clock);
      }
    }
    JsonObject told = copy == null ? JsonObject.EMPTY : copy.told;
    copies.put(key, new Copy(document, clocks, snapshot, told));
  }

  @Override
  public boolean delete(String key, long wallMillis) {
    return false;
  }

  @Override
  public @Nullable HybridTimestamp stamp(String key, LeafPath path) {
    Copy copy = copies.get(key);
    return copy == null ? null : copy.clocks.get(path.names().get(0));
  }

  @Override
  public SyncRequest request() {
    List<Change> changes = new ArrayList<>();
    copies.forEach(
        (key, copy) ->
            changes.add(
                new Change(
                    new DocumentKey(key),
                    Optional.of(copy.document),
                    copy.clocks,
                    base,
                    Client.noBase())));
    return Client.plain(collection, base, changes);
  }

  @Override
  public void receive(Response response, long wallMillis) {
    for (JsonObject wire : response.documents()) {
      JsonObject remote = Client.fields(wire);
      Map<String, HybridTimestamp> clocks = Client.fieldClocks(wire);
      Copy copy = copies.get(Client.key(wire));
      if (copy == null) {
        copies.put(Client.key(wire), new Copy(remote, clocks, remote, remote));
      } else {
        JsonObject merged =
            LegacyMerge.merge(copy.snapshot, copy.document, copy.clocks, remote, clocks);
        copies.put(Client.key(wire), new Copy(merged, merged(copy.clocks, clocks), merged, remote));
      }
    }
    base = response.serverClock();
    clock = HybridClock.receive(clock, response.serverClock(), wallMillis);
  }

  private Map<String, HybridTimestamp> merged(
      Map<String, HybridTimestamp> own, Map<String, HybridTimestamp> server) {
    Map<String, HybridTimestamp> clocks = new HashMap<>(kept == Clocks.OWN ? server : own);
    if (kept == Clocks.LATER) {
      server.forEach((name, time) -> clocks.merge(name, time, HybridTimestamp::later));
    } else {
      clocks.putAll(kept == Clocks.OWN ? own : server);
    }
    return clocks;
  }

  @Override
  public void failed() {
    // the next request has everything again
  }

  /** Below the top level only absence tells, and only of what the server knows it to have had. */
  @Override
  public boolean keepsRemoval(String key, LeafPath path) {
    Copy copy = copies.get(key);
    return copy != null && Leaves.of(copy.told).containsKey(path);
  }

  /**
   * What it had before it ever heard of the document, and the first answer has not: for what is in
   * neither of both it knows no difference. The next answer takes it away.
   */
  @Override
  public Map<LeafPath, JsonValue> keptAgainstTheServer(String key) {
    Copy copy = copies.get(key);
    if (copy == null) {
      return Map.of();
    }
    Map<LeafPath, JsonValue> kept = new LinkedHashMap<>(Leaves.of(copy.snapshot));
    kept.keySet().removeAll(Leaves.of(copy.told).keySet());
    return kept;
  }

  @Override
  public boolean keepsEditsInFlight() {
    return false;
  }

  @Override
  public void drop(String key) {
    // it has no way to do this
  }

  @Override
  public void dropAll() {
    copies.clear();
    base = HybridTimestamp.ZERO;
  }

  @Override
  public LegacyClient copy() {
    LegacyClient copy = new LegacyClient(node, collection, kept);
    copy.copies.putAll(copies);
    copy.clock = clock;
    copy.base = base;
    return copy;
  }
}
