package dev.landfall.engine.simulation;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A device's copy of one collection, and its half of the protocol. Knows of the server what the
 * wire tells.
 */
interface Client {
  /** Makes the clients of a world that are as ours are to be. */
  @FunctionalInterface
  interface Maker {
    /**
     * A new one.
     *
     * @param limit of a page, 0 for none
     */
    Client make(String node, CollectionName collection, int limit);
  }

  /** The documents it shows to its user. */
  Map<String, JsonObject> documents();

  /**
   * The user changes a document, or makes a new one.
   *
   * @param changed the leaves that differ
   */
  void edit(String key, JsonObject document, Set<LeafPath> changed, long wallMillis);

  /** The user deletes a document; false if this client cannot. */
  boolean delete(String key, long wallMillis);

  /** The edit clock it would send for a leaf now; null for none. */
  @Nullable HybridTimestamp stamp(String key, LeafPath path);

  /** What it sends. It waits for the answer then. */
  SyncRequest request();

  /** Whether what it shows of a leaf now is what this change of its last request says of it. */
  default boolean carries(String key, Change change, LeafPath path) {
    return true;
  }

  /** The answer is there. */
  void receive(Response response, long wallMillis);

  /** No answer came, or a failure. */
  void failed();

  /** Its clock is refused. */
  default void refused(long serverTime, long wallMillis) {
    failed();
  }

  /** Whether a user may edit while a request is on its way. */
  default boolean canEditInFlight() {
    return true;
  }

  /** Whether what is edited while a request is on its way is sure to arrive. */
  default boolean keepsEditsInFlight() {
    return true;
  }

  /** Whether it stamps an edit of this document so that it beats what its user has seen. */
  default boolean keepsEdits(String key) {
    return true;
  }

  /** Whether it can tell the server that this leaf is gone. */
  default boolean keepsRemoval(String key, LeafPath path) {
    return true;
  }

  /**
   * What it still shows of a document although the server has said that it is gone, and would send
   * as edited with whatever its user edits beside it.
   */
  default Map<LeafPath, JsonValue> keptAgainstTheServer(String key) {
    return Map.of();
  }

  /** Whether it has no more of a deleted document; otherwise it may keep an empty one. */
  default boolean forgetsDeleted() {
    return false;
  }

  /** Whether it has another name each time it starts. */
  default boolean isNewEachTime() {
    return false;
  }

  /** The device starts anew with what it holds. */
  default void reopen(String name) {
    // a name is for ever
  }

  /** Forgets a document without deleting it; edits not sent are gone. */
  void drop(String key);

  /** Forgets everything but who it is. */
  void dropAll();

  /** A copy, to go on from later. */
  Client copy();

  /** Whether there is more to fetch. */
  default boolean wantsMore() {
    return false;
  }

  /** The fields of a delivered document. */
  static JsonObject fields(JsonObject wire) {
    Map<String, JsonValue> fields = new LinkedHashMap<>(wire.members());
    fields.keySet().removeIf(name -> name.startsWith("_"));
    return JsonObject.of(fields);
  }

  static String key(JsonObject wire) {
    return text(wire.get("_key"));
  }

  /** The key, after the owner's id if it is of somebody else than the request is about. */
  static String address(JsonObject wire) {
    return wire.get("_owner") == null ? key(wire) : text(wire.get("_owner")) + "/" + key(wire);
  }

  static String address(DocumentKey key, Optional<Owner> owner) {
    return owner.map(one -> one.value() + "/").orElse("") + key.value();
  }

  static HybridTimestamp revision(JsonObject wire) {
    return HybridTimestamp.parse(text(wire.get("_rev")));
  }

  static boolean isDeleted(JsonObject wire) {
    return wire.get("_deleted") != null;
  }

  static Map<String, HybridTimestamp> fieldClocks(JsonObject wire) {
    Map<String, HybridTimestamp> clocks = new LinkedHashMap<>();
    if (wire.get("_fieldRevs") instanceof JsonObject object) {
      object
          .members()
          .forEach((name, clock) -> clocks.put(name, HybridTimestamp.parse(text(clock))));
    }
    return clocks;
  }

  static String text(@Nullable JsonValue value) {
    if (value instanceof JsonString string) {
      return string.value();
    }
    throw new AssertionError("a string is missing in what the server sent: " + value);
  }

  /** A plain pull and push of {@code collection}. */
  static SyncRequest plain(
      CollectionName collection,
      HybridTimestamp clock,
      java.util.List<dev.landfall.engine.sync.Change> changes) {
    return SyncRequest.push(collection, clock, changes);
  }

  /**
   * Whether JavaScript would say {@code a === b} of two values that were read from different texts.
   */
  static boolean identical(@Nullable JsonValue a, @Nullable JsonValue b) {
    if (a instanceof JsonObject || a instanceof JsonArray) {
      return a == b;
    }
    return java.util.Objects.equals(a, b);
  }

  /** No base, as a client sends it. */
  static Optional<JsonObject> noBase() {
    return Optional.empty();
  }
}
