package dev.landfall.engine.query;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.Owner;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Where a document comes in an order that is asked for; no two documents are at the same place. */
public final class SortPosition {
  private final List<SortValue> values;
  private final DocumentId id;

  private SortPosition(List<SortValue> values, DocumentId id) {
    this.values = values;
    this.id = id;
  }

  /** Where {@code document} comes. */
  public static SortPosition of(Candidate document, List<SortKey> keys) {
    return new SortPosition(
        keys.stream().map(key -> SortValue.of(key.field().of(document))).toList(), document.id());
  }

  /** The order: by the keys, then by owner and key. */
  public static Comparator<SortPosition> order(List<SortKey> keys) {
    return (a, b) -> {
      for (int i = 0; i < keys.size(); i++) {
        int order = a.values.get(i).compareTo(b.values.get(i));
        if (order != 0) {
          return keys.get(i).descending() ? -order : order;
        }
      }
      return DocumentId.BY_OWNER_AND_KEY.compare(a.id, b.id);
    };
  }

  /** The document at this place. */
  DocumentId id() {
    return id;
  }

  /** What decides of the value of the first key. */
  Optional<JsonValue> first() {
    return values.get(0).value();
  }

  /** As it stands in a cursor. */
  public JsonArray toJson() {
    List<JsonValue> json = new ArrayList<>();
    json.add(new JsonString(id.owner().text()));
    json.add(new JsonString(id.key().value()));
    for (SortValue value : values) {
      json.add(new JsonArray(value.value().map(List::of).orElse(List.of())));
    }
    return new JsonArray(json);
  }

  /**
   * Reads {@link #toJson}.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static SortPosition fromJson(JsonValue json, CollectionName collection, int keys) {
    if (!(json instanceof JsonArray array) || array.values().size() != keys + 2) {
      throw new IllegalArgumentException("not a position");
    }
    List<JsonValue> all = array.values();
    List<SortValue> values = new ArrayList<>();
    for (JsonValue value : all.subList(2, all.size())) {
      if (!(value instanceof JsonArray one) || one.values().size() > 1) {
        throw new IllegalArgumentException("not a position");
      }
      values.add(SortValue.of(one.values().stream().findFirst()));
    }
    return new SortPosition(
        values,
        new DocumentId(
            Owner.parse(SearchCursor.text(all.get(0))),
            collection,
            new DocumentKey(SearchCursor.text(all.get(1)))));
  }
}
