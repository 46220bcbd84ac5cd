package dev.landfall.engine.query;

import dev.landfall.api.CollectionName;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Questions as JSON and back, as they stand in the vectors; of the wire form only what is right.
 */
public final class Questions {
  private Questions() {}

  /** The request that asks {@code question} of somebody who tells documents by their owners. */
  public static SearchRequest read(CollectionName collection, JsonObject question) {
    return new SearchRequest(
        collection,
        Optional.ofNullable(question.get("filter")).map(Questions::filter),
        Optional.ofNullable(question.get("text")).map(Questions::textQuery),
        list(question.get("sort")).map(key -> sortKey((JsonObject) key)).toList(),
        question.get("limit") instanceof JsonNumber limit
            ? limit.value().intValueExact()
            : SearchRequest.MAX_LIMIT,
        Optional.empty(),
        Optional.ofNullable(question.get("fields"))
            .map(
                fields ->
                    new Projection(list(fields).map(path -> LeafPath.parse(text(path))).toList())),
        true);
  }

  /** The fields that {@code question} looks at and an index could have. */
  public static List<LeafPath> fields(JsonObject question) {
    SearchRequest request = read(new CollectionName("any"), question);
    Stream<SearchField> filtered = request.filter().stream().flatMap(Filter::fields);
    Stream<SearchField> sorted = request.sort().stream().map(SortKey::field);
    return Stream.concat(filtered, sorted)
        .filter(field -> !field.isProtocol())
        .map(SearchField::path)
        .toList();
  }

  private static Filter filter(JsonValue json) {
    JsonObject node = (JsonObject) json;
    JsonValue only = node.get("filter");
    JsonValue several = node.get("filters");
    List<Filter> children =
        only != null
            ? List.of(filter(only))
            : list(several == null ? node.get("conditions") : several)
                .map(Questions::filter)
                .toList();
    return switch (node.get("type") instanceof JsonString type ? type.value() : "filter") {
      case "and" -> new Filter.And(children);
      case "or" -> new Filter.Or(children);
      case "not" -> new Filter.Not(new Filter.And(children));
      default ->
          new Filter.Leaf(
              new Condition(
                  SearchField.parse(text(node.get("field"))),
                  Operator.named(text(node.get("op"))).orElseThrow(),
                  Objects.requireNonNull(node.get("value"))));
    };
  }

  private static TextQuery text(JsonObject json) {
    return new TextQuery(
        text(json.get("query")),
        list(json.get("fields")).map(path -> LeafPath.parse(text(path))).toList());
  }

  private static TextQuery textQuery(JsonValue json) {
    return json instanceof JsonObject object ? text(object) : new TextQuery(text(json), List.of());
  }

  private static SortKey sortKey(JsonObject json) {
    return new SortKey(
        SearchField.parse(text(json.get("field"))),
        json.get("dir") instanceof JsonString dir && dir.value().equals("desc"));
  }

  private static Stream<JsonValue> list(JsonValue array) {
    return array == null ? Stream.empty() : ((JsonArray) array).values().stream();
  }

  private static String text(JsonValue string) {
    return ((JsonString) string).value();
  }

  /** As it stands in a question. */
  public static JsonObject json(Filter filter) {
    if (filter instanceof Filter.Leaf leaf) {
      Condition condition = leaf.condition();
      return JsonObject.builder()
          .put("type", "filter")
          .put("field", condition.field().path().text())
          .put("op", condition.operator().text())
          .put("value", condition.value())
          .build();
    }
    if (filter instanceof Filter.Not not) {
      return JsonObject.builder().put("type", "not").put("filter", json(not.filter())).build();
    }
    boolean all = filter instanceof Filter.And;
    List<Filter> children =
        filter instanceof Filter.And and ? and.filters() : ((Filter.Or) filter).filters();
    List<JsonValue> written = children.stream().<JsonValue>map(Questions::json).toList();
    return JsonObject.builder()
        .put("type", all ? "and" : "or")
        .put("filters", new JsonArray(written))
        .build();
  }
}
