package dev.landfall.engine.document;

import dev.landfall.api.Bytes;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonMembers;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.json.JsonWriter;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Terms;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A document as a store keeps it. What a pull delivers stands ready in the wire form; the record
 * holds only what is not in there: the commit clocks that differ from the revision, the edit clocks
 * that differ from what clients are given, the removed leaves, the last deletion and the index
 * entry.
 */
public final class StoredForm {
  private StoredForm() {}

  /** {@code document}, a new revision, for a store. */
  public static StoredDocument encode(Document document, Bytes history) {
    return encode(document, WireForm.of(document), history);
  }

  /**
   * {@code document} for a store.
   *
   * @param wire what a pull delivers of it, {@link WireForm#of} or what that was before something
   *     changed that no reader sees
   */
  public static StoredDocument encode(Document document, Bytes wire, Bytes history) {
    return encode(document, wire, history, Terms.NONE);
  }

  /**
   * {@code document} for a store.
   *
   * @param terms by what it is found
   */
  public static StoredDocument encode(Document document, Bytes wire, Bytes history, Terms terms) {
    if (document.isErased()) {
      return StoredDocument.erased(document.id(), document.revision(), wire);
    }
    return new StoredDocument(
        document.id(),
        document.revision(),
        document.isDeleted(),
        wire,
        record(document),
        history,
        terms);
  }

  private static Bytes record(Document document) {
    JsonWriter out = new JsonWriter();
    out.raw("{\"creator\":").string(document.index().creator().value());
    out.raw(",\"created\":").raw(Long.toString(document.index().createdMillis()));
    out.raw(",\"updated\":").raw(Long.toString(document.index().updatedMillis()));
    if (document.index().version() > 1) {
      out.raw(",\"version\":").raw(Long.toString(document.index().version()));
    }
    if (!document.index().sharing().equals(Sharing.NONE)) {
      out.raw(",\"sharing\":").value(SharingForm.encode(document.index().sharing()));
    }
    deletions(out, document.deletions(), document.isDeleted());
    boolean madeHere = false;
    out.raw(",\"commits\":{");
    boolean first = true;
    for (Map.Entry<LeafPath, Leaf> leaf : document.leaves().entrySet()) {
      madeHere |= isDecidedByOther(leaf.getValue());
      if (!leaf.getValue().isRemoved() && !leaf.getValue().commit().equals(document.revision())) {
        first = clock(out, first, leaf.getKey(), leaf.getValue().commit());
      }
    }
    if (madeHere) {
      out.raw("},\"edits\":{");
      first = true;
      for (Map.Entry<LeafPath, Leaf> leaf : document.leaves().entrySet()) {
        if (isDecidedByOther(leaf.getValue())) {
          first = clock(out, first, leaf.getKey(), leaf.getValue().edit());
        }
      }
    }
    out.raw("},\"removed\":{");
    first = true;
    for (Map.Entry<LeafPath, Leaf> leaf : document.leaves().entrySet()) {
      if (leaf.getValue().isRemoved()) {
        if (!first) {
          out.raw(',');
        }
        first = false;
        out.name(leaf.getKey().text()).raw('[').clock(leaf.getValue().edit());
        out.raw(',').clock(leaf.getValue().commit());
        if (!leaf.getValue().written().isZero()) {
          out.raw(',').clock(leaf.getValue().written());
        }
        out.raw(']');
      }
    }
    return out.raw("}}").toBytes();
  }

  private static void deletions(JsonWriter out, Deletions deletions, boolean deleted) {
    if (deleted || deletions.last().isPresent()) {
      HybridTimestamp edit =
          deletions.last().map(Deletion::edit).or(deletions::latest).orElseThrow();
      HybridTimestamp commit = deletions.last().map(Deletion::commit).orElse(HybridTimestamp.ZERO);
      out.raw(deleted ? ",\"deletion\":[" : ",\"overcome\":[").clock(edit);
      out.raw(',').clock(commit).raw(']');
    }
    if (!deletions.ofNothing().isEmpty()) {
      out.raw(",\"ofNothing\":[");
      boolean first = true;
      for (HybridTimestamp edit : deletions.ofNothing()) {
        out.raw(first ? "" : ",").clock(edit);
        first = false;
      }
      out.raw(']');
    }
  }

  /** Whether a live leaf has an edit clock that is not the one clients are given. */
  private static boolean isDecidedByOther(Leaf leaf) {
    return !leaf.isRemoved() && !leaf.edit().equals(leaf.wire());
  }

  private static boolean clock(
      JsonWriter out, boolean first, LeafPath path, HybridTimestamp clock) {
    if (!first) {
      out.raw(',');
    }
    out.name(path.text()).clock(clock);
    return false;
  }

  /** Who reads {@code stored} besides its owner; cheaper than {@link #decode}. */
  public static Sharing sharing(StoredDocument stored) {
    return SharingForm.decode(object(parse(stored.record())).get("sharing"));
  }

  /** What {@code stored} was encoded from. */
  public static Document decode(StoredDocument stored) {
    if (stored.isErased()) {
      return Document.erased(stored.id(), stored.revision());
    }
    JsonObject record = object(parse(stored.record()));
    JsonObject commits = object(record.get("commits"));
    Map<LeafPath, Leaf> leaves = new LinkedHashMap<>();
    if (!stored.deleted()) {
      JsonObject wire = object(parse(stored.wire()));
      JsonObject clocks = object(wire.get("_fieldRevs"));
      JsonObject edits = record.get("edits") instanceof JsonObject some ? some : JsonObject.EMPTY;
      for (Map.Entry<LeafPath, JsonValue> leaf : Leaves.of(withoutProtocol(wire)).entrySet()) {
        String path = leaf.getKey().text();
        JsonValue commit = commits.get(path);
        HybridTimestamp given = clock(clocks.get(path));
        HybridTimestamp edit = edits.get(path) == null ? given : clock(edits.get(path));
        leaves.put(
            leaf.getKey(),
            new Leaf(
                leaf.getValue(),
                given,
                edit,
                commit == null ? stored.revision() : clock(commit),
                edit));
      }
    }
    for (Map.Entry<String, JsonValue> removed :
        object(record.get("removed")).members().entrySet()) {
      if (removed.getValue() instanceof JsonArray clocks && clocks.values().size() >= 2) {
        leaves.put(
            new LeafPath(removed.getKey()),
            new Leaf(
                null,
                clock(clocks.values().get(0)),
                clock(clocks.values().get(0)),
                clock(clocks.values().get(1)),
                clocks.values().size() > 2 ? clock(clocks.values().get(2)) : HybridTimestamp.ZERO));
      }
    }
    JsonValue deletion = record.get("deletion");
    return new Document(
        stored.id(),
        stored.revision(),
        leaves,
        deletions(record, leaves.isEmpty() ? HybridTimestamp.ZERO : stored.revision()),
        deletion != null,
        index(record));
  }

  /**
   * The deletions. One that found nothing has zero for a commit. Records of before held no more
   * than one of those, and those of a still older version the edit clock alone, and only that of a
   * tombstone.
   *
   * @param commit of a deletion in a record of the oldest version
   */
  private static Deletions deletions(JsonObject record, HybridTimestamp commit) {
    Deletions deletions = Deletions.NONE;
    if (record.get("ofNothing") instanceof JsonArray clocks) {
      for (JsonValue clock : clocks.values()) {
        deletions = deletions.withOfNothing(clock(clock));
      }
    }
    JsonValue last =
        record.get("deletion") == null ? record.get("overcome") : record.get("deletion");
    if (last == null) {
      return deletions;
    }
    Deletion deletion =
        last instanceof JsonArray clocks && clocks.values().size() == 2
            ? new Deletion(clock(clocks.values().get(0)), clock(clocks.values().get(1)))
            : new Deletion(clock(last), commit);
    return deletion.commit().isZero()
        ? deletions.withOfNothing(deletion.edit())
        : deletions.with(deletion);
  }

  /** The index entry of {@code stored}; cheaper than {@link #decode}. */
  public static Document.IndexEntry index(StoredDocument stored) {
    return index(object(parse(stored.record())));
  }

  private static Document.IndexEntry index(JsonObject record) {
    JsonValue version = record.get("version");
    return new Document.IndexEntry(
        new UserId(text(record.get("creator"))),
        millis(record.get("created")),
        millis(record.get("updated")),
        SharingForm.decode(record.get("sharing")),
        version == null ? 1 : millis(version));
  }

  /** The members of {@code object} that do not belong to the protocol. */
  public static JsonObject withoutProtocol(JsonObject object) {
    boolean clean = true;
    for (String name : object.members().keySet()) {
      clean &= !name.startsWith("_");
    }
    if (clean) {
      return object;
    }
    JsonObject.Builder fields = JsonObject.builder();
    for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
      if (!member.getKey().startsWith("_")) {
        fields.put(member.getKey(), member.getValue());
      }
    }
    return fields.build();
  }

  /** The parsed form of what a pull delivers. */
  public static JsonObject delivered(Bytes wire) {
    return object(parse(wire));
  }

  /** Some members of what a pull delivers. */
  public static JsonObject delivered(Bytes wire, JsonMembers members) {
    try {
      return members.of(wire);
    } catch (JsonFormatException e) {
      throw new IllegalStateException("a stored document is damaged", e);
    }
  }

  static JsonValue parse(Bytes text) {
    try {
      return JsonText.parse(text.toArray());
    } catch (JsonFormatException e) {
      throw new IllegalStateException("a stored document is damaged", e);
    }
  }

  static JsonObject object(@org.jspecify.annotations.Nullable JsonValue value) {
    if (value instanceof JsonObject object) {
      return object;
    }
    throw damaged();
  }

  static HybridTimestamp clock(@org.jspecify.annotations.Nullable JsonValue value) {
    return HybridTimestamp.parse(text(value));
  }

  static String text(@org.jspecify.annotations.Nullable JsonValue value) {
    if (value instanceof JsonString string) {
      return string.value();
    }
    throw damaged();
  }

  static long millis(@org.jspecify.annotations.Nullable JsonValue value) {
    if (value instanceof JsonNumber number) {
      return number.value().longValueExact();
    }
    throw damaged();
  }

  static IllegalStateException damaged() {
    return new IllegalStateException("a stored document is damaged");
  }
}
