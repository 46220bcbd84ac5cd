package dev.landfall.engine.transit;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How a Transit value stands in a document, so that it is merged, searched and exported like any
 * other, and how a document that JSON clients have written looks as a Transit value.
 *
 * <p>A map with keyword keys becomes the fields, a map with keyword keys within it an object.
 * Strings, numbers, booleans, null and vectors are plain JSON. Keywords, UUIDs, instants and exact
 * numbers are tagged strings as in Transit; everything else is {@code ["~#tag", rep]}, and a map
 * with other keys {@code ["^ ", key, value, ...]}: arrays, which are merged as one. A string that
 * looks like a tagged one has a {@code ~} before it; no other string is changed, so that {@code "~5
 * kg"} of a JSON client is that for everybody. A value that is no map with keyword keys stands in
 * the field {@value #VALUE}.
 */
public final class AtomForm {
  /** The one field of a value that has no fields. */
  static final String VALUE = "~value";

  private static final Pattern RESERVED = Pattern.compile("~*_.*|~+value", Pattern.DOTALL);
  private static final Pattern ESCAPED = Pattern.compile("~+_.*|~~+value", Pattern.DOTALL);

  /** What is read as something else than a string. */
  private static final Pattern LOOKS_TAGGED =
      Pattern.compile(
          "~(:\\S+"
              + "|u[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
              + "|m-?[0-9]{1,19}"
              + "|n-?[0-9]+"
              + "|f[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?"
              + "|z(NaN|INF|-INF)"
              + "|i-?[0-9]+"
              + "|d[+-]?[0-9.]+([eE][+-]?[0-9]+)?"
              + "|_|\\?[tf]"
              + "|#.*)",
          Pattern.DOTALL);

  private AtomForm() {}

  /** The fields that {@code value}, in the form of {@link Transit}, is stored as. */
  public static JsonObject fields(JsonValue value) {
    if (value instanceof JsonObject map && hasKeywordKeys(map)) {
      Map<String, JsonValue> fields = new LinkedHashMap<>();
      map.members().forEach((key, entry) -> fields.put(field(key.substring(2)), stored(entry)));
      return JsonObject.of(fields);
    }
    return JsonObject.builder().put(VALUE, stored(value)).build();
  }

  /** The value of a document with {@code fields}. */
  public static JsonValue value(JsonObject fields) {
    JsonValue only = fields.get(VALUE);
    if (only != null && fields.members().size() == 1) {
      return value(only);
    }
    Map<String, JsonValue> map = new LinkedHashMap<>();
    fields.members().forEach((name, entry) -> map.put("~:" + keyword(name), value(entry)));
    return JsonObject.of(map);
  }

  /** The value of a part of a document. */
  public static JsonValue decoded(JsonValue stored) {
    return value(stored);
  }

  private static boolean hasKeywordKeys(JsonObject map) {
    return map.members().keySet().stream().allMatch(key -> key.startsWith("~:"));
  }

  /** Names with an underscore in front belong to the protocol of JSON clients. */
  private static String field(String keyword) {
    return RESERVED.matcher(keyword).matches() ? "~" + keyword : keyword;
  }

  private static String keyword(String field) {
    return ESCAPED.matcher(field).matches() ? field.substring(1) : field;
  }

  private static JsonValue stored(JsonValue value) {
    if (value instanceof JsonString string) {
      return text(string.value());
    }
    if (value instanceof JsonObject map) {
      return hasKeywordKeys(map) ? object(map) : pairs(map);
    }
    if (value instanceof JsonArray array) {
      List<JsonValue> stored = new ArrayList<>(array.values().size());
      boolean tagged = Transit.isTagged(value);
      for (JsonValue element : array.values()) {
        stored.add(tagged && stored.isEmpty() ? element : stored(element));
      }
      return new JsonArray(stored);
    }
    return value;
  }

  private static JsonValue object(JsonObject map) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    map.members().forEach((key, entry) -> members.put(key.substring(2), stored(entry)));
    return JsonObject.of(members);
  }

  private static JsonValue pairs(JsonObject map) {
    List<JsonValue> pairs = new ArrayList<>(1 + 2 * map.members().size());
    pairs.add(new JsonString(Transit.MAP));
    map.members()
        .forEach(
            (key, entry) -> {
              pairs.add(text(key));
              pairs.add(stored(entry));
            });
    return new JsonArray(pairs);
  }

  private static JsonValue text(String text) {
    if (Transit.isString(text)) {
      String plain = Transit.unescaped(text);
      return new JsonString(escapedIfNeeded(plain));
    }
    if (LOOKS_TAGGED.matcher(text).matches()) {
      return new JsonString(text);
    }
    return new JsonArray(
        List.of(
            new JsonString(Transit.TAG + text.charAt(1)),
            new JsonString(escapedIfNeeded(text.substring(2)))));
  }

  private static String escapedIfNeeded(String plain) {
    return needsEscape(plain) ? "~" + plain : plain;
  }

  /** Whether {@code plain}, but for tildes in front, looks like something else than a string. */
  private static boolean needsEscape(String plain) {
    int tildes = 0;
    while (tildes < plain.length() && plain.charAt(tildes) == '~') {
      tildes++;
    }
    String rest = plain.substring(tildes);
    return rest.equals(Transit.MAP) || (tildes > 0 && LOOKS_TAGGED.matcher("~" + rest).matches());
  }

  private static JsonValue value(JsonValue stored) {
    if (stored instanceof JsonString string) {
      return value(string.value());
    }
    if (stored instanceof JsonNumber number) {
      return number(number);
    }
    if (stored instanceof JsonObject object) {
      Map<String, JsonValue> map = new LinkedHashMap<>();
      object.members().forEach((name, entry) -> map.put("~:" + name, value(entry)));
      return JsonObject.of(map);
    }
    return stored instanceof JsonArray array ? array(array.values()) : stored;
  }

  private static JsonValue value(String stored) {
    if (stored.startsWith("~") && needsEscape(stored.substring(1))) {
      return Transit.string(stored.substring(1));
    }
    if (LOOKS_TAGGED.matcher(stored).matches()) {
      try {
        return Transit.scalar(stored);
      } catch (TransitException e) {
        return Transit.string(stored);
      }
    }
    return Transit.string(stored);
  }

  /** Numbers of JSON clients may have more digits than Transit's. */
  private static JsonValue number(JsonNumber number) {
    try {
      return Transit.isInteger(number) || Transit.isExact(number, Double.parseDouble(number.text()))
          ? Transit.number(number)
          : new JsonString("~f" + number.text());
    } catch (TransitException e) {
      throw new IllegalStateException("a number of JSON is always one of Transit", e);
    }
  }

  private static JsonValue array(List<JsonValue> stored) {
    if (!stored.isEmpty() && stored.get(0) instanceof JsonString head) {
      try {
        if (stored.size() == 2 && head.value().startsWith(Transit.TAG)) {
          return Transit.tagged(head.value().substring(2), value(stored.get(1)));
        }
        if (stored.size() % 2 == 1 && head.value().equals(Transit.MAP)) {
          Transit.Entries entries = new Transit.Entries();
          for (int i = 1; i < stored.size(); i += 2) {
            entries.add(value(stored.get(i)), value(stored.get(i + 1)));
          }
          return entries.toMap();
        }
      } catch (TransitException e) {
        // a JSON client wrote what only looks like that
      }
    }
    return new JsonArray(stored.stream().map(AtomForm::value).toList());
  }
}
