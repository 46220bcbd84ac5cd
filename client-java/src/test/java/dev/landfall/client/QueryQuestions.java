package dev.landfall.client;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** Questions as they stand in the vectors, put by the methods of a query. */
final class QueryQuestions {
  private QueryQuestions() {}

  static Query<JsonObject> of(JsonObject question) {
    Query<JsonObject> query =
        question.get("filter") == null
            ? Query.all()
            : filter((JsonObject) value(question, "filter"));
    JsonValue text = question.get("text");
    if (text instanceof JsonString words) {
      query = query.text(words.value());
    } else if (text instanceof JsonObject some) {
      String[] fields =
          list(some.get("fields")).stream().map(QueryQuestions::text).toArray(String[]::new);
      query = query.text(text(value(some, "query")), fields);
    }
    for (JsonValue one : list(question.get("sort"))) {
      JsonObject key = (JsonObject) one;
      String field = text(value(key, "field"));
      boolean descending =
          Optional.ofNullable(key.get("dir")).map(QueryQuestions::text).equals(Optional.of("desc"));
      query = descending ? query.orderByDescending(field) : query.orderBy(field);
    }
    if (question.get("limit") instanceof JsonNumber limit) {
      query = query.limit(limit.value().intValueExact());
    }
    if (question.get("fields") != null) {
      query =
          query.fields(
              list(question.get("fields")).stream()
                  .map(QueryQuestions::text)
                  .toArray(String[]::new));
    }
    return query;
  }

  private static Query<JsonObject> filter(JsonObject node) {
    String type = node.get("type") instanceof JsonString text ? text.value() : "filter";
    JsonValue several = node.get("filters") == null ? node.get("conditions") : node.get("filters");
    List<Query<JsonObject>> children =
        (node.get("filter") instanceof JsonObject only ? List.<JsonValue>of(only) : list(several))
            .stream().map(child -> filter((JsonObject) child)).toList();
    return switch (type) {
      case "and" -> joined(children, Query::and).orElse(Query.all());
      case "or" -> joined(children, Query::or).orElse(Query.<JsonObject>all().not());
      case "not" -> joined(children, Query::and).orElse(Query.all()).not();
      default -> condition(node);
    };
  }

  private static Optional<Query<JsonObject>> joined(
      List<Query<JsonObject>> all, BinaryOperator<Query<JsonObject>> how) {
    return all.stream().reduce(how);
  }

  private static Query<JsonObject> condition(JsonObject node) {
    Where<JsonObject, Object> where = Query.<JsonObject>all().where(text(value(node, "field")));
    JsonValue value = value(node, "value");
    return switch (text(value(node, "op"))) {
      case "eq" -> where.eq(value);
      case "ne" -> where.ne(value);
      case "gt" -> where.gt(value);
      case "gte" -> where.gte(value);
      case "lt" -> where.lt(value);
      case "lte" -> where.lte(value);
      case "contains" -> where.contains(value);
      case "startsWith" -> where.startsWith(text(value));
      case "in" -> where.in(((JsonArray) value).values());
      case "nin" -> where.nin(((JsonArray) value).values());
      case "exists" -> where.exists(((JsonBoolean) value).value());
      default -> throw new AssertionError(node);
    };
  }

  private static JsonValue value(JsonObject object, String name) {
    return Objects.requireNonNull(object.get(name), name);
  }

  private static List<JsonValue> list(@Nullable JsonValue array) {
    return array == null ? List.of() : ((JsonArray) array).values();
  }

  static String text(JsonValue value) {
    return ((JsonString) value).value();
  }
}
