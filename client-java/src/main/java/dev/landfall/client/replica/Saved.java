package dev.landfall.client.replica;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a replica as JSON, for a store that keeps them. What is read is what was written by
 * this class; anything else is an {@link IllegalArgumentException}.
 */
public final class Saved {
  private Saved() {}

  /** A copy as JSON. */
  public static JsonObject of(Copy copy) {
    JsonObject.Builder json = JsonObject.builder();
    JsonObject base = copy.base();
    if (base != null) {
      json.put("base", base);
    }
    json.put("revision", copy.revision().toString());
    if (copy.isPending()) {
      json.put("pending", new JsonArray(copy.pending().list().stream().map(Saved::of).toList()));
    }
    if (!copy.clocks().equals(LeafClocks.NONE)) {
      json.put("clocks", of(copy.clocks()));
    }
    return json.put("generation", copy.generation()).build();
  }

  /** Reads a copy. */
  public static Copy copy(JsonObject json) {
    JsonObject base = (JsonObject) json.get("base");
    HybridTimestamp revision = clock(json, "revision");
    return new Copy(
        base,
        revision,
        json.get("pending") instanceof JsonArray pending
            ? new PendingChanges(pending.values().stream().map(Saved::change).toList())
            : ofOneBase(json, revision),
        base == null ? LeafClocks.NONE : clocks(json.get("clocks"), revision),
        number(json, "generation"));
  }

  /** Earlier versions kept one base for all that was pending, and what was sent apart. */
  private static PendingChanges ofOneBase(JsonObject json, HybridTimestamp revision) {
    HybridTimestamp from = json.get("madeFrom") == null ? revision : clock(json, "madeFrom");
    List<PendingChange> changes = new ArrayList<>();
    for (String name : List.of("sent", "next")) {
      Edits edits = edits(json.get(name));
      boolean sent = name.equals("sent");
      if (edits.deletion() != null) {
        Edits deletion = new Edits(edits.deletion(), Map.of());
        changes.add(new PendingChange(from, deletion, Edits.NONE, sent));
      }
      if (!edits.leaves().isEmpty()) {
        Edits leaves = new Edits(null, edits.leaves());
        changes.add(new PendingChange(from, leaves, Edits.NONE, sent));
      }
    }
    return new PendingChanges(changes);
  }

  private static JsonValue of(PendingChange change) {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("from", change.from().toString())
            .put("sent", change.sent())
            .put("edits", of(change.edits()));
    if (!change.upon().isEmpty()) {
      json.put("upon", of(change.upon()));
    }
    return json.build();
  }

  private static PendingChange change(JsonValue value) {
    JsonObject json = (JsonObject) value;
    return new PendingChange(
        clock(json, "from"), edits(json.get("edits")), edits(json.get("upon")), flag(json, "sent"));
  }

  private static JsonArray of(LeafClocks clocks) {
    JsonObject.Builder others = JsonObject.builder();
    clocks.others().forEach((path, clock) -> others.put(path.text(), clock.toString()));
    return new JsonArray(List.of(new JsonString(clocks.common().toString()), others.build()));
  }

  /**
   * Reads clocks.
   *
   * @param otherwise where none were kept, as in files of earlier versions
   */
  private static LeafClocks clocks(@Nullable JsonValue json, HybridTimestamp otherwise) {
    if (json == null) {
      return LeafClocks.all(otherwise);
    }
    List<JsonValue> parts = ((JsonArray) json).values();
    Map<LeafPath, HybridTimestamp> others = new LinkedHashMap<>();
    ((JsonObject) parts.get(1))
        .members()
        .forEach(
            (path, clock) ->
                others.put(
                    new LeafPath(path), HybridTimestamp.parse(((JsonString) clock).value())));
    return new LeafClocks(HybridTimestamp.parse(((JsonString) parts.get(0)).value()), others);
  }

  private static JsonObject of(Edits edits) {
    JsonObject.Builder json = JsonObject.builder();
    Edit deletion = edits.deletion();
    if (deletion != null) {
      json.put("deletion", of(deletion));
    }
    JsonObject.Builder leaves = JsonObject.builder();
    edits.leaves().forEach((path, edit) -> leaves.put(path.text(), of(edit)));
    return json.put("leaves", leaves.build()).build();
  }

  private static JsonArray of(Edit edit) {
    List<JsonValue> parts = new ArrayList<>(2);
    parts.add(new JsonString(edit.clock().toString()));
    JsonValue value = edit.value();
    if (value != null) {
      parts.add(value);
    }
    JsonValue was = edit.was();
    if (was != null) {
      parts.add(was);
    }
    return new JsonArray(parts);
  }

  private static Edits edits(@Nullable JsonValue json) {
    if (!(json instanceof JsonObject object)) {
      return Edits.NONE;
    }
    JsonValue deletion = object.get("deletion");
    Map<LeafPath, Edit> leaves = new LinkedHashMap<>();
    object(object, "leaves")
        .members()
        .forEach((path, edit) -> leaves.put(new LeafPath(path), edit(edit)));
    return new Edits(deletion == null ? null : edit(deletion), leaves);
  }

  /** Nobody who waits for an edit survives the process; so the change it came with is the first. */
  private static Edit edit(JsonValue json) {
    List<JsonValue> parts = ((JsonArray) json).values();
    return new Edit(
        parts.size() > 1 ? parts.get(1) : null,
        HybridTimestamp.parse(((JsonString) parts.get(0)).value()),
        0,
        parts.size() > 2 ? parts.get(2) : null);
  }

  /** A state as JSON. */
  public static JsonObject of(ReplicaState state) {
    return JsonObject.builder()
        .put("clock", state.clock().toString())
        .put("cursor", state.cursor().toString())
        .put("complete", state.complete().toString())
        .put("unanswered", state.unanswered().toString())
        .put("offset", state.offset())
        .put("more", state.more())
        .put("resync", state.resync().name())
        .put("generation", state.generation())
        .put("changes", state.changes())
        .put("refusals", state.refusals())
        .build();
  }

  /** Reads a state. */
  public static ReplicaState state(JsonObject json) {
    return new ReplicaState(
        clock(json, "clock"),
        clock(json, "cursor"),
        clock(json, "complete"),
        clock(json, "unanswered"),
        number(json, "offset"),
        flag(json, "more"),
        resync(json),
        number(json, "generation"),
        number(json, "changes"),
        number(json, "refusals"));
  }

  private static Resync resync(JsonObject json) {
    if (json.get("resync") == null) { // a file of an earlier version, which knew one reason
      return flag(json, "resyncing") ? Resync.PURGED : Resync.NONE;
    }
    return Resync.valueOf(text(json, "resync"));
  }

  /** A refusal as JSON. */
  public static JsonObject of(Refusal refusal) {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("number", refusal.number())
            .put("address", refusal.address().name())
            .put("code", refusal.code())
            .put("details", refusal.details())
            .put("edits", of(refusal.edits()));
    refusal.document().ifPresent(document -> json.put("document", document));
    return json.build();
  }

  /** Reads a refusal. */
  public static Refusal refusal(JsonObject json) {
    return new Refusal(
        number(json, "number"),
        DocumentAddress.parse(text(json, "address")),
        text(json, "code"),
        member(json, "details"),
        Optional.ofNullable((JsonObject) json.get("document")),
        edits(json.get("edits")));
  }

  private static JsonValue member(JsonObject json, String name) {
    JsonValue value = json.get(name);
    if (value == null) {
      throw new IllegalArgumentException("'" + name + "' is missing in what was saved");
    }
    return value;
  }

  private static JsonObject object(JsonObject json, String name) {
    return (JsonObject) member(json, name);
  }

  private static String text(JsonObject json, String name) {
    return ((JsonString) member(json, name)).value();
  }

  private static HybridTimestamp clock(JsonObject json, String name) {
    return HybridTimestamp.parse(text(json, name));
  }

  private static long number(JsonObject json, String name) {
    return ((JsonNumber) member(json, name)).value().longValueExact();
  }

  private static boolean flag(JsonObject json, String name) {
    return member(json, name) == JsonBoolean.TRUE;
  }
}
