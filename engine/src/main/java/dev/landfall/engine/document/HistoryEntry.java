package dev.landfall.engine.document;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How to undo one commit of a document, and what that commit did not take over.
 *
 * @param commit its clock
 * @param creation whether there was no document before
 * @param deletes whether it deleted the document
 * @param previous the leaves as they were before, by path; empty for a leaf that was unknown. Of
 *     their clocks only the wire and the commit clock are kept
 * @param previousDeletion the deletion that this commit ended, if it did
 * @param received edits that the commit did not store as they were sent
 * @param conflicts as reported to the client
 * @param forgotten leaves whose earlier values were large and are no longer kept
 */
public record HistoryEntry(
    HybridTimestamp commit,
    boolean creation,
    boolean deletes,
    Map<LeafPath, Optional<Leaf>> previous,
    Optional<HybridTimestamp> previousDeletion,
    Map<LeafPath, Received> received,
    List<JsonObject> conflicts,
    Set<LeafPath> forgotten) {

  /** An entry with everything in it. */
  public HistoryEntry(
      HybridTimestamp commit,
      boolean creation,
      boolean deletes,
      Map<LeafPath, Optional<Leaf>> previous,
      Optional<HybridTimestamp> previousDeletion,
      Map<LeafPath, Received> received,
      List<JsonObject> conflicts) {
    this(commit, creation, deletes, previous, previousDeletion, received, conflicts, Set.of());
  }

  /**
   * An edit as it was sent.
   *
   * @param value null for a removal
   * @param clock its edit clock
   * @param merged whether the stored value contains it; otherwise it lost
   */
  public record Received(@Nullable JsonValue value, HybridTimestamp clock, boolean merged) {}

  public HistoryEntry {
    conflicts = List.copyOf(conflicts);
    forgotten = Set.copyOf(forgotten);
  }

  /**
   * This entry without values and conflicts longer than {@code bytes} as text: what is left is
   * enough for counters, small sets and single values.
   */
  HistoryEntry withoutLarge(int bytes) {
    Map<LeafPath, Optional<Leaf>> small = new LinkedHashMap<>();
    Set<LeafPath> dropped = new LinkedHashSet<>(forgotten);
    previous.forEach(
        (path, leaf) -> {
          if (isLarge(leaf.map(Leaf::value).orElse(null), bytes)) {
            dropped.add(path);
          } else {
            small.put(path, leaf);
          }
        });
    Map<LeafPath, Received> arrived = new LinkedHashMap<>(received);
    arrived.values().removeIf(edit -> isLarge(edit.value(), bytes));
    return new HistoryEntry(
        commit,
        creation,
        deletes,
        small,
        previousDeletion,
        arrived,
        conflicts.stream().filter(conflict -> !isLarge(conflict, bytes)).toList(),
        dropped);
  }

  private static boolean isLarge(@Nullable JsonValue value, int bytes) {
    return value != null && JsonText.print(value).length() > bytes;
  }

  /** Whether it says nothing. */
  public boolean isEmpty() {
    return !creation
        && !deletes
        && previous.isEmpty()
        && previousDeletion.isEmpty()
        && received.isEmpty()
        && conflicts.isEmpty();
  }

  JsonObject toJson() {
    JsonObject.Builder json = JsonObject.builder();
    if (creation) {
      json.put("new", true);
    }
    if (deletes) {
      json.put("deletes", true);
    }
    JsonObject.Builder before = JsonObject.builder();
    for (Map.Entry<LeafPath, Optional<Leaf>> entry : previous.entrySet()) {
      before.put(entry.getKey().text(), array(entry.getValue()));
    }
    json.put("previous", before.build());
    if (previousDeletion.isPresent()) {
      json.put("deletion", previousDeletion.get().toString());
    }
    JsonObject.Builder sent = JsonObject.builder();
    for (Map.Entry<LeafPath, Received> entry : received.entrySet()) {
      List<JsonValue> values = new ArrayList<>(3);
      values.add(new JsonString(entry.getValue().clock().toString()));
      values.add(new JsonString(entry.getValue().merged() ? "merged" : "lost"));
      JsonValue value = entry.getValue().value();
      if (value != null) {
        values.add(value);
      }
      sent.put(entry.getKey().text(), new JsonArray(values));
    }
    json.put("received", sent.build());
    if (!conflicts.isEmpty()) {
      json.put("conflicts", new JsonArray(List.copyOf(conflicts)));
    }
    if (!forgotten.isEmpty()) {
      List<JsonValue> paths = new ArrayList<>();
      forgotten.forEach(path -> paths.add(new JsonString(path.text())));
      json.put("forgotten", new JsonArray(paths));
    }
    return json.build();
  }

  private static JsonArray array(Optional<Leaf> leaf) {
    if (leaf.isEmpty()) {
      return JsonArray.EMPTY;
    }
    List<JsonValue> values = new ArrayList<>(3);
    values.add(new JsonString(leaf.get().wire().toString()));
    values.add(new JsonString(leaf.get().commit().toString()));
    JsonValue value = leaf.get().value();
    if (value != null) {
      values.add(value);
    }
    return new JsonArray(values);
  }

  static HistoryEntry fromJson(HybridTimestamp commit, String text) {
    JsonObject json;
    try {
      json = StoredForm.object(JsonText.parse(text));
    } catch (dev.landfall.api.json.JsonFormatException e) {
      throw new IllegalStateException("a stored history is damaged", e);
    }
    Map<LeafPath, Optional<Leaf>> previous = new LinkedHashMap<>();
    for (Map.Entry<String, JsonValue> entry :
        StoredForm.object(json.get("previous")).members().entrySet()) {
      previous.put(new LeafPath(entry.getKey()), leaf((JsonArray) entry.getValue()));
    }
    Map<LeafPath, Received> received = new LinkedHashMap<>();
    for (Map.Entry<String, JsonValue> entry :
        StoredForm.object(json.get("received")).members().entrySet()) {
      List<JsonValue> values = ((JsonArray) entry.getValue()).values();
      received.put(
          new LeafPath(entry.getKey()),
          new Received(
              values.size() > 2 ? values.get(2) : null,
              StoredForm.clock(values.get(0)),
              StoredForm.text(values.get(1)).equals("merged")));
    }
    List<JsonObject> conflicts = new ArrayList<>();
    if (json.get("conflicts") instanceof JsonArray array) {
      for (JsonValue conflict : array.values()) {
        conflicts.add(StoredForm.object(conflict));
      }
    }
    Set<LeafPath> forgotten = new LinkedHashSet<>();
    if (json.get("forgotten") instanceof JsonArray paths) {
      paths.values().forEach(path -> forgotten.add(new LeafPath(StoredForm.text(path))));
    }
    JsonValue deletion = json.get("deletion");
    return new HistoryEntry(
        commit,
        json.get("new") != null,
        json.get("deletes") != null,
        previous,
        deletion == null ? Optional.empty() : Optional.of(StoredForm.clock(deletion)),
        received,
        conflicts,
        forgotten);
  }

  private static Optional<Leaf> leaf(JsonArray array) {
    List<JsonValue> values = array.values();
    if (values.isEmpty()) {
      return Optional.empty();
    }
    HybridTimestamp wire = StoredForm.clock(values.get(0));
    HybridTimestamp commit = StoredForm.clock(values.get(1));
    return Optional.of(
        values.size() > 2
            ? Leaf.of(values.get(2), wire, commit)
            : Leaf.removed(wire, commit, null));
  }
}
