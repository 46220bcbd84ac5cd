package dev.landfall.engine.simulation;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.clock.HybridClock;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The other existing client: stamps dot paths with the server's clock ticked on, keeps one clock
 * for each document and forgets its stamps after each sync. What one edits while a request is on
 * its way it loses, so nobody does here.
 */
final class AdapterClient implements Client {
  private record Copy(
      JsonObject document,
      HybridTimestamp clock,
      Map<String, HybridTimestamp> clocks,
      JsonObject base) {}

  private final CollectionName collection;
  private final Map<String, Copy> copies = new LinkedHashMap<>();
  private final Set<String> sent = new LinkedHashSet<>();

  /**
   * Documents it has of the server and no clock of; its next stamps there begin at its own wall
   * clock.
   */
  private final Set<String> clockless = new LinkedHashSet<>();

  AdapterClient(CollectionName collection) {
    this.collection = collection;
  }

  @Override
  public Map<String, JsonObject> documents() {
    Map<String, JsonObject> documents = new LinkedHashMap<>();
    copies.forEach((key, copy) -> documents.put(key, copy.document));
    return documents;
  }

  @Override
  public void edit(String key, JsonObject document, Set<LeafPath> changed, long wallMillis) {
    Copy copy =
        copies.getOrDefault(
            key, new Copy(document, HybridTimestamp.ZERO, Map.of(), JsonObject.EMPTY));
    Map<String, HybridTimestamp> clocks = new HashMap<>(copy.clocks);
    for (LeafPath path : changed) {
      HybridTimestamp from = clocks.getOrDefault(path.text(), copy.clock);
      clocks.put(path.text(), HybridClock.tick(from, wallMillis));
    }
    copies.put(key, new Copy(document, copy.clock, clocks, copy.base));
  }

  @Override
  public boolean delete(String key, long wallMillis) {
    return false;
  }

  @Override
  public @Nullable HybridTimestamp stamp(String key, LeafPath path) {
    Copy copy = copies.get(key);
    return copy == null ? null : copy.clocks.get(path.text());
  }

  @Override
  public SyncRequest request() {
    List<Change> changes = new ArrayList<>();
    HybridTimestamp latest = HybridTimestamp.ZERO;
    sent.clear();
    for (Map.Entry<String, Copy> entry : copies.entrySet()) {
      Copy copy = entry.getValue();
      latest = HybridTimestamp.later(latest, copy.clock);
      sent.add(entry.getKey());
      changes.add(
          new Change(
              new DocumentKey(entry.getKey()),
              Optional.of(copy.document),
              copy.clocks,
              copy.clock,
              Client.noBase()));
    }
    return Client.plain(collection, latest, changes);
  }

  @Override
  public void receive(Response response, long wallMillis) {
    for (JsonObject wire : response.documents()) {
      String key = Client.key(wire);
      JsonObject remote = Client.fields(wire);
      Copy copy = copies.get(key);
      if (copy == null) {
        if (!Client.isDeleted(wire)) {
          copies.put(key, new Copy(remote, HybridTimestamp.ZERO, Map.of(), JsonObject.EMPTY));
        }
        clockless.add(key); // it keeps nothing of a deletion, and may stamp earlier than that
      } else {
        JsonObject merged =
            LegacyMerge.merge(
                copy.base, copy.document, copy.clocks, remote, Client.fieldClocks(wire));
        copies.put(key, new Copy(merged, copy.clock, copy.clocks, copy.base));
      }
    }
    for (String key : sent) {
      clockless.remove(key);
      Copy copy = copies.get(key);
      if (copy != null) {
        copies.put(key, new Copy(copy.document, response.serverClock(), Map.of(), copy.document));
      }
    }
  }

  @Override
  public void failed() {
    // the next request has everything again
  }

  @Override
  public boolean canEditInFlight() {
    return false;
  }

  @Override
  public boolean keepsEdits(String key) {
    return !clockless.contains(key);
  }

  @Override
  public void drop(String key) {
    // "prune" keeps the document and forgets what was known of the server's
    clockless.add(key);
    copies.computeIfPresent(
        key,
        (unused, copy) ->
            new Copy(copy.document, HybridTimestamp.ZERO, Map.of(), JsonObject.EMPTY));
  }

  @Override
  public void dropAll() {
    List.copyOf(copies.keySet()).forEach(this::drop);
  }

  @Override
  public AdapterClient copy() {
    AdapterClient copy = new AdapterClient(collection);
    copy.copies.putAll(copies);
    copy.sent.addAll(sent);
    copy.clockless.addAll(clockless);
    return copy;
  }
}
