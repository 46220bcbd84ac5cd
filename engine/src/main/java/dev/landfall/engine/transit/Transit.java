package dev.landfall.engine.transit;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The one form in which a Transit value is handled here, whatever it came as: JSON, in which
 *
 * <ul>
 *   <li>a scalar that JSON has not is its tagged string ({@code "~:done"}, {@code "~u..."});
 *   <li>a string that begins with {@code ~}, {@code ^} or {@code `} has a {@code ~} before it;
 *   <li>a map with scalar keys is an object, its names being those strings;
 *   <li>everything else, sets, lists and maps with other keys among it, is {@code ["~#tag", rep]}.
 * </ul>
 *
 * <p>Values are never made into what they stand for: a big integer of a million digits stays the
 * text that it is, and a tag of more than one character needs no meaning here.
 */
public final class Transit {
  /** What stands before the name of a tag. */
  static final String TAG = "~#";

  /** What a map begins with where it is written as an array. */
  static final String MAP = "^ ";

  private static final Pattern INTEGER = Pattern.compile("-?[0-9]+");
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?");
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}");
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]*={0,2}");
  private static final int LONG_DIGITS = 20;
  private static final JsonString LIST = new JsonString(TAG + "list");

  private Transit() {}

  // ---- making values

  /** The string {@code text}. */
  public static JsonString string(String text) {
    return new JsonString(escaped(text));
  }

  /** The keyword {@code name}. */
  public static JsonString keyword(String name) {
    return new JsonString("~:" + name);
  }

  /** A map with keyword keys, in the making. */
  public static JsonObject.Builder map() {
    return JsonObject.builder();
  }

  // ---- looking at values

  /** Whether this is a tagged value. */
  static boolean isTagged(JsonValue value) {
    return value instanceof JsonArray array
        && array.values().size() == 2
        && array.values().get(0) instanceof JsonString head
        && head.value().startsWith(TAG);
  }

  /** Whether this is a vector. */
  public static boolean isVector(JsonValue value) {
    return value instanceof JsonArray && !isTagged(value);
  }

  /** The elements of a vector or a list; empty if it is anything else. */
  public static Optional<List<JsonValue>> sequence(JsonValue value) {
    if (isVector(value)) {
      return Optional.of(((JsonArray) value).values());
    }
    if (value instanceof JsonArray tagged
        && tagged.values().size() == 2
        && tagged.values().get(0).equals(LIST)
        && tagged.values().get(1) instanceof JsonArray elements) {
      return Optional.of(elements.values());
    }
    return Optional.empty();
  }

  /** Whether {@code text}, a string of this form, stands for a string. */
  static boolean isString(String text) {
    return text.isEmpty() || text.charAt(0) != '~' || isEscaped(text);
  }

  private static boolean isEscaped(String text) {
    return text.length() > 1 && "~^`".indexOf(text.charAt(1)) >= 0;
  }

  /** The string that {@code text} stands for. */
  static String unescaped(String text) {
    return text.startsWith("~") ? text.substring(1) : text;
  }

  static String escaped(String text) {
    return !text.isEmpty() && "~^`".indexOf(text.charAt(0)) >= 0 ? "~" + text : text;
  }

  /**
   * The string that {@code value} is.
   *
   * @throws TransitException if it is anything else
   */
  public static String text(JsonValue value) throws TransitException {
    if (value instanceof JsonString string && isString(string.value())) {
      return unescaped(string.value());
    }
    throw new TransitException("must be a string");
  }

  // ---- reading values

  /** The value that a string stands for, its cache code resolved. */
  static JsonValue scalar(String text) throws TransitException {
    if (text.length() < 2 || text.charAt(0) != '~') {
      if (text.equals(MAP)) {
        throw new TransitException("the mark of a map stands alone");
      }
      return string(text);
    }
    String rest = text.substring(2);
    switch (text.charAt(1)) {
      case '~', '^', '`', ':', '$', 'r':
        return new JsonString(text);
      case '_':
        return require(rest.isEmpty(), JsonNull.NULL, "~_ has nothing behind it");
      case '?':
        return require(
            rest.equals("t") || rest.equals("f"), JsonBoolean.of(rest.equals("t")), "~?t or ~?f");
      case 'i':
        return integer(rest);
      case 'd':
        return real(rest);
      case 'n':
        return require(INTEGER.matcher(rest).matches(), text, "an integer in digits");
      case 'f':
        return require(DECIMAL.matcher(rest).matches(), text, "a decimal number");
      case 'u':
        return require(UUID_TEXT.matcher(rest).matches(), text, "a UUID");
      case 'm':
        return require(
            rest.length() <= LONG_DIGITS && INTEGER.matcher(rest).matches(), text, "milliseconds");
      case 't':
        return instant(rest);
      case 'b':
        return require(BASE64.matcher(rest).matches(), text, "bytes in Base64");
      case 'c':
        return require(
            !rest.isEmpty() && rest.codePointCount(0, rest.length()) == 1, text, "one character");
      case 'z':
        return require(
            rest.equals("NaN") || rest.equals("INF") || rest.equals("-INF"),
            text,
            "NaN, INF or -INF");
      case '#':
        throw new TransitException("a tag stands alone");
      default:
        throw new TransitException("a tag of one character that Transit does not know");
    }
  }

  private static JsonValue require(boolean holds, String text, String allowed)
      throws TransitException {
    return require(holds, new JsonString(text), allowed);
  }

  private static JsonValue require(boolean holds, JsonValue value, String allowed)
      throws TransitException {
    if (!holds) {
      throw new TransitException("not well-formed; what is meant is " + allowed);
    }
    return value;
  }

  private static JsonValue integer(String digits) throws TransitException {
    if (!INTEGER.matcher(digits).matches()) {
      throw new TransitException("not well-formed; what is meant is an integer in digits");
    }
    if (digits.length() <= LONG_DIGITS) {
      try {
        return JsonNumber.of(Long.parseLong(digits));
      } catch (NumberFormatException e) {
        // too large, told as such below
      }
    }
    return new JsonString("~n" + digits);
  }

  private static JsonValue real(String text) throws TransitException {
    if (!DECIMAL.matcher(text).matches()) {
      throw new TransitException("not well-formed; what is meant is a number");
    }
    return real(Double.parseDouble(text));
  }

  /** A floating-point number; those that JSON has not are tagged. */
  static JsonValue real(double value) {
    if (Double.isFinite(value)) {
      return JsonNumber.parse(Double.toString(value));
    }
    return new JsonString(Double.isNaN(value) ? "~zNaN" : value > 0 ? "~zINF" : "~z-INF");
  }

  /** A number as JSON has it. */
  static JsonValue number(JsonNumber number) throws TransitException {
    if (isInteger(number)) {
      return integer(number.text());
    }
    double value = Double.parseDouble(number.text());
    return isExact(number, value) ? number : real(value);
  }

  /** Whether it is written as an integer. */
  static boolean isInteger(JsonNumber number) {
    String text = number.text();
    return text.indexOf('.') < 0 && text.indexOf('e') < 0 && text.indexOf('E') < 0;
  }

  /** Whether a floating-point number, printed, is all of {@code number}. */
  static boolean isExact(JsonNumber number, double value) {
    return Double.isFinite(value)
        && new BigDecimal(Double.toString(value)).compareTo(number.value()) == 0;
  }

  private static JsonValue instant(String text) throws TransitException {
    try {
      return new JsonString("~m" + OffsetDateTime.parse(text).toInstant().toEpochMilli());
    } catch (DateTimeException | ArithmeticException e) {
      throw new TransitException("not well-formed; what is meant is an instant of RFC 3339");
    }
  }

  /** {@code "~m..."} as people read it, if it is in a year of four digits. */
  static String readable(String text) {
    if (!text.startsWith("~m")) {
      return text;
    }
    try {
      String written = Instant.ofEpochMilli(Long.parseLong(text.substring(2))).toString();
      return written.length() <= 24 && written.charAt(0) != '-' ? "~t" + written : text;
    } catch (NumberFormatException | DateTimeException e) {
      return text;
    }
  }

  /** A value as the key of a map; it is no array and no object. */
  static String key(JsonValue scalar) {
    if (scalar instanceof JsonString string) {
      return string.value();
    }
    if (scalar instanceof JsonNumber number) {
      return (isInteger(number) ? "~i" : "~d") + number.text();
    }
    return scalar instanceof JsonBoolean ? scalar.equals(JsonBoolean.TRUE) ? "~?t" : "~?f" : "~_";
  }

  /** A value with a tag. */
  static JsonValue tagged(String tag, JsonValue rep) throws TransitException {
    if (tag.equals("'")) {
      return rep;
    }
    if (tag.length() == 1) {
      return ground(tag, rep);
    }
    switch (tag) {
      case "set", "list":
        require(isVector(rep), rep, "an array");
        break;
      case "cmap":
        require(
            isVector(rep) && ((JsonArray) rep).values().size() % 2 == 0,
            rep,
            "an array of keys and values");
        break;
      default:
        break;
    }
    return new JsonArray(List.of(new JsonString(TAG + tag), rep));
  }

  /** A scalar that has been written as a tagged value, as MessagePack has most of them. */
  private static JsonValue ground(String tag, JsonValue rep) throws TransitException {
    if ("~^`#".contains(tag)) {
      throw new TransitException("a tag of one character that Transit does not know");
    }
    if (rep instanceof JsonString string && isString(string.value())) {
      return scalar("~" + tag + unescaped(string.value()));
    }
    if (rep instanceof JsonNumber number && "idmnf".contains(tag)) {
      return scalar("~" + tag + number.text());
    }
    if (tag.equals("u")
        && rep instanceof JsonArray halves
        && halves.values().size() == 2
        && halves.values().get(0) instanceof JsonNumber high
        && halves.values().get(1) instanceof JsonNumber low) {
      return new JsonString("~u" + new UUID(half(high), half(low)));
    }
    if ((tag.equals("_") && rep.equals(JsonNull.NULL))
        || (tag.equals("?") && rep instanceof JsonBoolean)) {
      return rep;
    }
    throw new TransitException("a tag of one character that Transit does not know");
  }

  private static long half(JsonNumber number) throws TransitException {
    try {
      return number.value().longValueExact();
    } catch (ArithmeticException e) {
      throw new TransitException("not well-formed; what is meant is a UUID");
    }
  }

  /** Gathers the entries of a map, whatever its keys are. */
  static final class Entries {
    private final Map<String, JsonValue> scalars = new LinkedHashMap<>();
    private final java.util.ArrayList<JsonValue> all = new java.util.ArrayList<>();
    private boolean composite;

    void add(JsonValue key, JsonValue value) throws TransitException {
      all.add(key);
      all.add(value);
      if (key instanceof JsonArray || key instanceof JsonObject) {
        composite = true;
      } else if (scalars.put(key(key), value) != null) {
        throw new TransitException("a key is there twice");
      }
    }

    JsonValue toMap() throws TransitException {
      return composite ? tagged("cmap", new JsonArray(all)) : JsonObject.of(scalars);
    }
  }
}
