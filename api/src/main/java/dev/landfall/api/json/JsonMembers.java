package dev.landfall.api.json;

import dev.landfall.api.Bytes;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads some members of objects whose text has been written here, and passes over the others: of
 * what it passes over it does not make sure that it is well-formed. Safe for concurrent use.
 */
public final class JsonMembers {
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH = 0x8080808080808080L;
  private static final long QUOTES = ONES * '"';
  private static final long BACKSLASHES = ONES * '\\';

  /** Of so many names each is compared, of more a table is asked. */
  private static final int FEW = 8;

  private final Set<String> names;
  private final String[] few;
  private final Bytes[] written;
  private final Optional<Bytes> end;

  /** Members of these names, wherever they stand. */
  public JsonMembers(Set<String> names) {
    this(names, Optional.empty());
  }

  /**
   * Members of these names.
   *
   * @param end the name of a member behind which none of these stands
   */
  public JsonMembers(Set<String> names, Optional<String> end) {
    this.names = Collections.unmodifiableSet(new LinkedHashSet<>(names));
    this.few = names.size() <= FEW ? names.toArray(new String[0]) : new String[0];
    this.written = new Bytes[few.length];
    for (int i = 0; i < few.length; i++) {
      written[i] = new JsonWriter().string(few[i]).toBytes();
    }
    this.end = end.map(name -> new JsonWriter().string(name).toBytes());
  }

  /**
   * The members of these names in {@code text}.
   *
   * @throws JsonFormatException if that is not an object, or not well-formed where it was looked at
   */
  public JsonObject of(Bytes text) throws JsonFormatException {
    try {
      return read(text);
    } catch (IndexOutOfBoundsException e) {
      throw new JsonFormatException("the text ends within an object");
    }
  }

  private JsonObject read(Bytes text) throws JsonFormatException {
    int at = space(text, 0);
    if (text.at(at) != '{') {
      throw new JsonFormatException("not an object");
    }
    JsonObject.Builder object = JsonObject.builder();
    int missing = names.size();
    at = space(text, at + 1);
    while (missing > 0 && text.at(at) != '}') {
      if (text.at(at) != '"') {
        throw new JsonFormatException("not a name");
      }
      int name = at;
      int close = string(text, name);
      at = Math.abs(close);
      if (end.isPresent() && text.hasAt(name, end.get())) {
        break;
      }
      String wanted = wanted(text, name, close);
      at = space(text, at);
      if (text.at(at) != ':') {
        throw new JsonFormatException("a name without a value");
      }
      int value = space(text, at + 1);
      at = value(text, value);
      if (wanted != null) {
        object.put(wanted, parsed(text, value, at));
        missing--;
      }
      at = space(text, at);
      if (text.at(at) == ',') {
        at = space(text, at + 1);
      } else if (text.at(at) != '}') {
        throw new JsonFormatException("not the end of a member");
      }
    }
    return object.build();
  }

  /**
   * The name that begins at {@code from}, if it is one of these.
   *
   * @param close what {@link #string} says of it
   */
  private @Nullable String wanted(Bytes text, int from, int close) throws JsonFormatException {
    int to = Math.abs(close);
    for (int i = 0; i < few.length; i++) {
      if (written[i].length() == to - from && text.hasAt(from, written[i])) {
        return few[i];
      }
    }
    if (few.length < names.size() || close < 0) {
      String name = ((JsonString) parsed(text, from, to)).value();
      return names.contains(name) ? name : null;
    }
    return null;
  }

  private static JsonValue parsed(Bytes text, int from, int to) throws JsonFormatException {
    boolean plain = text.at(from) == '"' && string(text, from) > 0;
    return plain
        ? new JsonString(text.utf8(from + 1, to - 1))
        : JsonText.parse(text.toArray(from, to));
  }

  private static int space(Bytes text, int from) {
    int at = from;
    while (text.at(at) == ' '
        || text.at(at) == '\n'
        || text.at(at) == '\r'
        || text.at(at) == '\t') {
      at++;
    }
    return at;
  }

  /** Behind the value that begins at {@code from}. */
  private static int value(Bytes text, int from) {
    byte first = text.at(from);
    if (first == '"') {
      return Math.abs(string(text, from));
    }
    int at = from;
    if (first != '{' && first != '[') {
      while (!endsScalar(text.at(at))) {
        at++;
      }
      return at;
    }
    int depth = 0;
    do {
      byte b = text.at(at);
      if (b == '"') {
        at = Math.abs(string(text, at));
      } else {
        depth += b == '{' || b == '[' ? 1 : b == '}' || b == ']' ? -1 : 0;
        at++;
      }
    } while (depth > 0);
    return at;
  }

  private static boolean endsScalar(byte b) {
    return b == ',' || b == '}' || b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  /**
   * Behind the string whose quote is at {@code from}; negative if there are escapes in it. Looks at
   * eight bytes at a time.
   */
  private static int string(Bytes text, int from) {
    int at = from + 1;
    boolean escaped = false;
    while (true) {
      while (at + Long.BYTES <= text.length()) {
        long eight = text.eightAt(at);
        long found = zeros(eight ^ QUOTES) | zeros(eight ^ BACKSLASHES);
        if (found != 0) {
          at += Long.numberOfTrailingZeros(found) >> 3;
          break;
        }
        at += Long.BYTES;
      }
      byte b = text.at(at);
      if (b == '"') {
        return escaped ? -(at + 1) : at + 1;
      }
      escaped |= b == '\\';
      at += b == '\\' ? 2 : 1;
    }
  }

  /** The highest bit of each byte that is zero; above the first of them it may be wrong. */
  private static long zeros(long bytes) {
    return (bytes - ONES) & ~bytes & HIGH;
  }
}
