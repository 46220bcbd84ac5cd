package dev.landfall.engine.document;

import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.json.JsonWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A document as a pull delivers it: its fields, then {@code _key}, {@code _rev} and {@code
 * _fieldRevs} with a clock for each leaf, each removed leaf and each top-level object. Existing
 * clients look only at top-level names, written as they are.
 */
public final class WireForm {
  /** The first member behind the fields. */
  public static final String KEY = "_key";

  private static final String CLOCKS = "_fieldRevs";

  private WireForm() {}

  /** The delivered form of {@code document}. */
  public static Bytes of(Document document) {
    return of(document, Map.of());
  }

  /**
   * The delivered form of {@code document} for somebody who must take some values as news.
   *
   * @param raised clocks to give instead, by path, where they are later
   */
  public static Bytes of(Document document, Map<LeafPath, HybridTimestamp> raised) {
    if (raised.isEmpty() && isFlat(document)) {
      return flat(document);
    }
    JsonWriter out = new JsonWriter();
    out.value(document.fields());
    Bytes fields = out.toBytes();
    JsonWriter wire = new JsonWriter();
    wire.raw(fields, 0, fields.length() - 1);
    if (fields.length() > 2) {
      wire.raw(',');
    }
    Map<String, HybridTimestamp> clocks = fieldClocks(document);
    raise(clocks, raised);
    tail(wire, document.id().key(), document.revision(), document.isDeleted(), clocks);
    return wire.toBytes();
  }

  /**
   * Whether each leaf is a top-level field whose path is its name, and no clock is to be derived.
   */
  private static boolean isFlat(Document document) {
    if (document.isDeleted()) {
      return false;
    }
    for (LeafPath path : document.leaves().keySet()) {
      if (!path.isPlainField()) {
        return false;
      }
    }
    return true;
  }

  /** The same form, without putting the document together first. */
  private static Bytes flat(Document document) {
    JsonWriter wire = new JsonWriter();
    wire.raw('{');
    document
        .leaves()
        .forEach(
            (path, leaf) -> {
              JsonValue value = leaf.value();
              if (value != null) {
                wire.name(path.text()).value(value).raw(',');
              }
            });
    beginTail(wire, document.id().key(), document.revision(), false);
    int start = wire.length();
    document
        .leaves()
        .forEach(
            (path, leaf) ->
                wire.raw(wire.length() == start ? "" : ",").name(path.text()).clock(leaf.wire()));
    return wire.raw("}}").toBytes();
  }

  /** The latest clock of each field of {@code told}, a delivered form, as clients know it. */
  public static Map<LeafPath, HybridTimestamp> topClocks(JsonObject told) {
    Map<LeafPath, HybridTimestamp> clocks = new LinkedHashMap<>();
    clocksOf(told)
        .forEach(
            (name, clock) ->
                clocks.merge(LeafPath.parse(name).top(), clock, HybridTimestamp::later));
    return clocks;
  }

  /** {@code told}, a delivered form, with the clocks {@code raised} where they are later. */
  public static Bytes raised(JsonObject told, Map<LeafPath, HybridTimestamp> raised) {
    Map<String, HybridTimestamp> clocks = clocksOf(told);
    raise(clocks, raised);
    JsonObject.Builder all = JsonObject.builder();
    clocks.forEach((name, clock) -> all.put(name, clock.toString()));
    JsonObject.Builder wire = JsonObject.builder();
    told.members().forEach(wire::put);
    return JsonText.bytes(wire.put(CLOCKS, all.build()).build());
  }

  /** A field has its clock under its bare name, too, by which existing clients know it. */
  private static void raise(
      Map<String, HybridTimestamp> clocks, Map<LeafPath, HybridTimestamp> raised) {
    raised.forEach(
        (path, clock) -> {
          String bare = path.names().get(0);
          if (path.isTopLevel() && !bare.equals(path.text())) {
            clocks.merge(bare, clock, HybridTimestamp::later);
          }
          clocks.merge(path.text(), clock, HybridTimestamp::later);
        });
  }

  private static Map<String, HybridTimestamp> clocksOf(JsonObject told) {
    Map<String, HybridTimestamp> clocks = new LinkedHashMap<>();
    if (told.get(CLOCKS) instanceof JsonObject all) {
      all.members()
          .forEach(
              (name, clock) -> {
                if (clock instanceof JsonString text) {
                  clocks.put(name, HybridTimestamp.parse(text.value()));
                }
              });
    }
    return clocks;
  }

  /** A tombstone that tells a client to drop a document the server does not know. */
  public static Bytes tombstone(
      DocumentKey key, HybridTimestamp revision, Map<String, HybridTimestamp> clocks) {
    JsonWriter wire = new JsonWriter();
    wire.raw('{');
    tail(wire, key, revision, true, clocks);
    return wire.toBytes();
  }

  /** What a reader is told who has lost access to a document. */
  public static Bytes revoked(DocumentId id, HybridTimestamp position) {
    return new JsonWriter()
        .raw("{\"_key\":")
        .string(id.key().value())
        .raw(",\"_rev\":\"")
        .raw(position.toString())
        .raw("\",\"_owner\":")
        .string(id.owner().value())
        .raw(",\"_revoked\":true}")
        .toBytes();
  }

  /** {@code wire} with the owner added. */
  public static Bytes withOwner(Bytes wire, Owner owner) {
    return new JsonWriter()
        .raw(wire, 0, wire.length() - 1)
        .raw(",\"_owner\":")
        .string(owner.value())
        .raw('}')
        .toBytes();
  }

  private static void tail(
      JsonWriter wire,
      DocumentKey key,
      HybridTimestamp revision,
      boolean deleted,
      Map<String, HybridTimestamp> clocks) {
    beginTail(wire, key, revision, deleted);
    boolean first = true;
    for (Map.Entry<String, HybridTimestamp> clock : clocks.entrySet()) {
      if (!first) {
        wire.raw(',');
      }
      first = false;
      wire.name(clock.getKey()).clock(clock.getValue());
    }
    wire.raw("}}");
  }

  private static void beginTail(
      JsonWriter wire, DocumentKey key, HybridTimestamp revision, boolean deleted) {
    wire.raw("\"" + KEY + "\":").string(key.value()).raw(",\"_rev\":").clock(revision);
    wire.raw(deleted ? ",\"_deleted\":true,\"_fieldRevs\":{" : ",\"_fieldRevs\":{");
  }

  /** The clocks by the names a client knows them by. */
  static Map<String, HybridTimestamp> fieldClocks(Document document) {
    Map<String, HybridTimestamp> clocks = new LinkedHashMap<>();
    if (document.deletion().isPresent()) {
      for (Map.Entry<LeafPath, Leaf> entry : document.leaves().entrySet()) {
        HybridTimestamp clock =
            HybridTimestamp.later(document.deletion().get(), entry.getValue().wire());
        clocks.merge(entry.getKey().top().text(), clock, HybridTimestamp::later);
      }
    } else {
      for (Map.Entry<LeafPath, Leaf> entry : document.leaves().entrySet()) {
        HybridTimestamp clock = entry.getValue().wire();
        clocks.merge(entry.getKey().text(), clock, HybridTimestamp::later);
        if (!entry.getKey().isTopLevel() && !isLive(document, entry.getKey().top())) {
          clocks.merge(entry.getKey().top().text(), clock, HybridTimestamp::later);
        }
      }
    }
    for (LeafPath path : document.leaves().keySet()) {
      String top = path.top().text();
      if (top.indexOf('%') >= 0) {
        HybridTimestamp clock = clocks.get(top);
        if (clock != null) {
          clocks.putIfAbsent(path.top().names().get(0), clock);
        }
      }
    }
    return clocks;
  }

  private static boolean isLive(Document document, LeafPath path) {
    Leaf leaf = document.leaves().get(path);
    return leaf != null && !leaf.isRemoved();
  }
}
