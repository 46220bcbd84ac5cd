package dev.landfall.engine.query;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Documents and questions with everything in them that is easy to get wrong, from a seed. */
public final class Awkward {
  /** Names of fields. */
  public static final List<String> NAMES =
      List.of("a", "b", "a.b", "$set", "%2E", "%", "x y", "ä", "");

  private static final List<String> STRINGS =
      List.of(
          "",
          "a",
          "A",
          "ab",
          "abc",
          "Crème brûlée",
          "creme",
          "milk bread",
          "Milk",
          "מִילְק",
          "🎉",
          "😀😀",
          "\uffff",
          "\ud83d",
          "\ud800",
          "\udfff",
          "\u0000",
          "~",
          "{",
          "!",
          "z",
          "1",
          "true",
          "null",
          "東京都",
          "京都",
          "straße",
          "STRASSE",
          "a\nb",
          "x".repeat(300),
          "x".repeat(300) + "y");
  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-0",
          "0.0",
          "1",
          "1.0",
          "1e0",
          "-1",
          "2",
          "10",
          "9",
          "1e400",
          "1.1e400",
          "-1e400",
          "1e-400",
          "-1e-400",
          "9007199254740993",
          "9007199254740992",
          "0.1",
          "0.10000000000000001",
          "1e22",
          "123456789012345678901234567890");

  private final SplittableRandom random;

  /** From a seed. */
  public Awkward(SplittableRandom random) {
    this.random = random;
  }

  private <T> T pick(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  /** The fields of a document. */
  public JsonObject document() {
    JsonObject.Builder document = JsonObject.builder();
    int number = random.nextInt(4);
    for (int i = 0; i < number; i++) {
      document.put(pick(NAMES), value(2));
    }
    return document.build();
  }

  /** A value. */
  public JsonValue value(int depth) {
    switch (random.nextInt(depth > 0 ? 9 : 6)) {
      case 0:
        return JsonNull.NULL;
      case 1:
        return JsonBoolean.of(random.nextBoolean());
      case 2, 3:
        return JsonNumber.parse(pick(NUMBERS));
      case 6:
        List<JsonValue> values = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
          values.add(value(depth - 1));
        }
        return new JsonArray(values);
      case 7, 8:
        JsonObject.Builder object = JsonObject.builder();
        for (int i = random.nextInt(3); i > 0; i--) {
          object.put(pick(NAMES), value(depth - 1));
        }
        return object.build();
      default:
        return new JsonString(pick(STRINGS));
    }
  }

  /** A path of one or two names. */
  public LeafPath path() {
    LeafPath path = LeafPath.ofField(pick(NAMES));
    return random.nextInt(3) == 0 ? path.child(pick(NAMES)) : path;
  }

  /** A question. */
  public Filter filter(int depth) {
    int kind = random.nextInt(depth > 0 ? 7 : 4);
    if (kind < 4) {
      return new Filter.Leaf(condition());
    }
    if (kind == 4) {
      return new Filter.Not(filter(depth - 1));
    }
    List<Filter> filters = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      filters.add(filter(depth - 1));
    }
    return kind == 5 ? new Filter.And(filters) : new Filter.Or(filters);
  }

  private Condition condition() {
    Operator operator = Operator.values()[random.nextInt(Operator.values().length)];
    JsonValue value =
        switch (operator) {
          case STARTS_WITH -> new JsonString(pick(STRINGS));
          case EXISTS -> JsonBoolean.of(random.nextBoolean());
          case IN, NIN -> new JsonArray(List.of(value(1), value(1), value(1)));
          default -> value(2);
        };
    return new Condition(new SearchField(path()), operator, value);
  }

  /** A text, of some words. */
  public TextQuery text() {
    String text = pick(STRINGS);
    if (random.nextBoolean()) {
      text = pick(STRINGS) + " " + text;
    }
    if (text.length() > 1 && random.nextInt(3) == 0) {
      text = text.substring(0, text.length() - 1);
    }
    return new TextQuery(text, random.nextInt(3) == 0 ? List.of(path()) : List.of());
  }
}
