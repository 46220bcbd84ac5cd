package dev.landfall.webapp.search;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.query.Condition;
import dev.landfall.engine.query.Filter;
import dev.landfall.engine.query.Operator;
import dev.landfall.engine.query.SearchField;
import dev.landfall.webapp.http.Members;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A tree of filters on the wire, read strictly: every complaint names the node. For one use. */
final class FilterJson {
  /** The most characters of a string to compare with. */
  static final int MAX_STRING = 10_000;

  /** The most values in one to compare with, itself included. */
  static final int MAX_VALUES = 1_001;

  private static final List<String> LISTS = List.of("filters", "conditions");
  private int nodes;

  private FilterJson() {}

  /** Reads the filter at {@code place} in a request. */
  static Filter read(String place, JsonValue json) {
    return new FilterJson().node(place, json, 1);
  }

  private Filter node(String place, JsonValue json, int depth) {
    if (depth > Filter.MAX_DEPTH) {
      throw SyncException.badRequest(
          place, "is nested more than " + Filter.MAX_DEPTH + " filters deep");
    }
    if (++nodes > Filter.MAX_NODES) {
      throw SyncException.badRequest(
          place, "is one filter more than the " + Filter.MAX_NODES + " there may be");
    }
    Members members = Members.at(place, json);
    String type =
        members.isAbsent("type") && !members.isAbsent("field") ? "filter" : members.string("type");
    return switch (type) {
      case "filter", "condition" -> condition(members);
      case "and" -> new Filter.And(children(members, depth));
      case "or" -> new Filter.Or(children(members, depth));
      case "not" -> not(members, depth);
      default ->
          throw members.wrong(
              "type",
              "'"
                  + Members.echo(type)
                  + "' is not known; known are filter, condition, and, or, not");
    };
  }

  private List<Filter> children(Members members, int depth) {
    members.only("type", "filters", "conditions");
    List<String> given = LISTS.stream().filter(name -> !members.isAbsent(name)).toList();
    if (given.size() != 1) {
      throw members.wrong(
          "filters", given.isEmpty() ? "is missing" : "cannot stand beside conditions");
    }
    return list(members, given.get(0), depth);
  }

  private List<Filter> list(Members members, String name, int depth) {
    JsonValue value = members.raw(name);
    if (!(value instanceof JsonArray array)) {
      throw members.wrong(name, "must be an array");
    }
    List<Filter> filters = new ArrayList<>();
    for (int i = 0; i < array.values().size(); i++) {
      String place = members.place(name) + "[" + i + "]";
      filters.add(node(place, array.values().get(i), depth + 1));
    }
    return filters;
  }

  /** Several children are those that must not all be true at once. */
  private Filter not(Members members, int depth) {
    JsonValue only = members.raw("filter");
    if (only != null && !members.isAbsent("filter")) {
      members.only("type", "filter");
      return new Filter.Not(node(members.place("filter"), only, depth + 1));
    }
    List<Filter> filters = children(members, depth);
    if (filters.isEmpty()) {
      throw members.wrong("filters", "must hold a filter");
    }
    return new Filter.Not(filters.size() == 1 ? filters.get(0) : new Filter.And(filters));
  }

  private static Filter condition(Members members) {
    members.only("type", "field", "op", "value");
    SearchField field = members.string("field", SearchField::parse);
    String name = members.string("op");
    Optional<Operator> operator = Operator.named(name);
    if (operator.isEmpty()) {
      throw members.wrong(
          "op",
          "'"
              + Members.echo(name)
              + "' is not known; known are "
              + Arrays.stream(Operator.values())
                  .map(Operator::text)
                  .collect(Collectors.joining(", ")));
    }
    JsonValue value = members.raw("value");
    if (value == null) {
      throw members.wrong("value", "is missing");
    }
    if (count(members, value) > MAX_VALUES) {
      throw members.wrong("value", "holds more than " + (MAX_VALUES - 1) + " values");
    }
    try {
      return new Filter.Leaf(new Condition(field, operator.get(), value));
    } catch (IllegalArgumentException e) {
      throw members.wrong("value", String.valueOf(e.getMessage()));
    }
  }

  private static int count(Members members, JsonValue value) {
    if (value instanceof JsonString text && text.value().length() > MAX_STRING) {
      throw members.wrong("value", "holds a string of more than " + MAX_STRING + " characters");
    }
    int count = 1;
    if (value instanceof JsonArray array) {
      for (JsonValue element : array.values()) {
        count += count(members, element);
      }
    } else if (value instanceof JsonObject object) {
      for (JsonValue member : object.members().values()) {
        count += count(members, member);
      }
    }
    return count;
  }
}
