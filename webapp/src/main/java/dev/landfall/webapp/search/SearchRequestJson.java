package dev.landfall.webapp.search;

import dev.landfall.api.CollectionName;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.query.Filter;
import dev.landfall.engine.query.Projection;
import dev.landfall.engine.query.SearchField;
import dev.landfall.engine.query.SearchRequest;
import dev.landfall.engine.query.SortKey;
import dev.landfall.engine.query.TextQuery;
import dev.landfall.webapp.http.Members;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A search on the wire: {@code {collection, filter?, text?, sort?, limit?, after?, fields?,
 * owners?}}.
 */
final class SearchRequestJson {
  private SearchRequestJson() {}

  /** Reads a request. */
  static SearchRequest read(JsonValue json) {
    Members members =
        Members.ofBody(json)
            .only("collection", "filter", "text", "sort", "limit", "after", "fields", "owners");
    return new SearchRequest(
        members.string("collection", CollectionName::new),
        filter(members),
        text(members),
        sort(members),
        (int)
            members.whole("limit", 1, SearchRequest.MAX_LIMIT).orElse(SearchRequest.DEFAULT_LIMIT),
        members.optionalString("after"),
        projection(members),
        members.flag("owners"));
  }

  private static Optional<Filter> filter(Members members) {
    JsonValue value = members.raw("filter");
    return value == null || members.isAbsent("filter")
        ? Optional.empty()
        : Optional.of(FilterJson.read("filter", value));
  }

  private static Optional<TextQuery> text(Members members) {
    JsonValue value = members.raw("text");
    if (value == null || members.isAbsent("text")) {
      return Optional.empty();
    }
    if (value instanceof JsonString text) {
      return Optional.of(new TextQuery(checked(members, "text", text.value()), List.of()));
    }
    if (!(value instanceof JsonObject)) {
      throw members.wrong("text", "must be a string or an object, not " + value.type());
    }
    Members inner = Members.at("text", value).only("query", "fields");
    String query = checked(inner, "query", inner.string("query"));
    if (inner.isAbsent("fields")) {
      return Optional.of(new TextQuery(query, List.of()));
    }
    List<SearchField> fields = fields(inner, "fields", TextQuery.MAX_FIELDS);
    if (fields.isEmpty()) {
      throw inner.wrong("fields", "must hold a path");
    }
    if (fields.stream().anyMatch(SearchField::isProtocol)) {
      throw inner.wrong("fields", "can only hold paths of the document's own fields");
    }
    return Optional.of(new TextQuery(query, paths(fields)));
  }

  private static String checked(Members members, String name, String query) {
    if (query.length() > TextQuery.MAX_LENGTH) {
      throw members.wrong(name, "has more than " + TextQuery.MAX_LENGTH + " characters");
    }
    return query;
  }

  private static List<SortKey> sort(Members members) {
    if (members.isAbsent("sort")) {
      return List.of();
    }
    List<SortKey> keys = new ArrayList<>();
    List<JsonValue> values = array(members, "sort", SortKey.MAX_KEYS);
    for (int i = 0; i < values.size(); i++) {
      Members key = Members.at("sort[" + i + "]", values.get(i)).only("field", "dir");
      String direction = key.optionalString("dir").orElse("asc");
      if (!direction.equals("asc") && !direction.equals("desc")) {
        throw key.wrong("dir", "must be \"asc\" or \"desc\"");
      }
      keys.add(new SortKey(key.string("field", SearchField::parse), direction.equals("desc")));
    }
    return keys;
  }

  private static Optional<Projection> projection(Members members) {
    if (members.isAbsent("fields")) {
      return Optional.empty();
    }
    List<SearchField> fields = fields(members, "fields", Projection.MAX_PATHS);
    return Optional.of(
        new Projection(paths(fields.stream().filter(field -> !field.isProtocol()).toList())));
  }

  private static List<LeafPath> paths(List<SearchField> fields) {
    return fields.stream().map(SearchField::path).toList();
  }

  private static List<SearchField> fields(Members members, String name, int max) {
    List<SearchField> fields = new ArrayList<>();
    List<JsonValue> values = array(members, name, max);
    for (int i = 0; i < values.size(); i++) {
      String place = members.place(name) + "[" + i + "]";
      if (!(values.get(i) instanceof JsonString text)) {
        throw SyncException.badRequest(place, "must be a path");
      }
      try {
        fields.add(SearchField.parse(text.value()));
      } catch (IllegalArgumentException e) {
        throw SyncException.badRequest(place, String.valueOf(e.getMessage()));
      }
    }
    return fields;
  }

  private static List<JsonValue> array(Members members, String name, int max) {
    JsonValue value = members.raw(name);
    if (!(value instanceof JsonArray array)) {
      throw members.wrong(name, "must be an array");
    }
    if (array.values().size() > max) {
      throw members.wrong(name, "holds more than " + max);
    }
    return array.values();
  }
}
