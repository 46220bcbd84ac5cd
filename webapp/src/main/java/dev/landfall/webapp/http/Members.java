package dev.landfall.webapp.http;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.problem.SyncException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The members of a JSON object in a request, read strictly: every complaint is a 400 that names the
 * member. An optional member that is {@code null} counts as absent. Members that nobody asks for
 * are ignored.
 */
public final class Members {
  private static final int ECHO = 100;

  private final String place;
  private final JsonObject object;

  private Members(String place, JsonObject object) {
    this.place = place;
    this.object = object;
  }

  /** The members of a request's body. */
  public static Members ofBody(JsonValue body) {
    if (body instanceof JsonObject object) {
      return new Members("", object);
    }
    throw SyncException.badRequest("body", "must be an object, not " + body.type());
  }

  /** The members of a value at a place in the body. */
  public static Members at(String place, JsonValue value) {
    if (value instanceof JsonObject object) {
      return new Members(place, object);
    }
    throw SyncException.badRequest(place, "must be an object, not " + value.type());
  }

  /** Refuses every member of another name. */
  public Members only(String... names) {
    for (String name : object.members().keySet()) {
      if (!List.of(names).contains(name)) {
        throw wrong(echo(name), "is not known here; known are " + String.join(", ", names));
      }
    }
    return this;
  }

  /** A member as it is; null if there is none. */
  public @Nullable JsonValue raw(String name) {
    return object.get(name);
  }

  /** A string that must be there. */
  public String string(String name) {
    JsonValue value = object.get(name);
    if (value instanceof JsonString string) {
      return string.value();
    }
    throw wrong(name, value == null ? "is missing" : "must be a string, not " + value.type());
  }

  /** A string that may be absent. */
  public Optional<String> optionalString(String name) {
    return isAbsent(name) ? Optional.empty() : Optional.of(string(name));
  }

  /**
   * A string that must be there, as a value of another type.
   *
   * @param type throws IllegalArgumentException, with a message for the client, if it is none
   */
  public <T> T string(String name, Function<String, T> type) {
    String text = string(name);
    try {
      return type.apply(text);
    } catch (IllegalArgumentException e) {
      throw wrong(name, String.valueOf(e.getMessage()));
    }
  }

  /** A clock that must be there. */
  public HybridTimestamp clock(String name) {
    return string(name, HybridTimestamp::parse);
  }

  /** A whole number that may be absent. */
  public OptionalLong whole(String name, long min, long max) {
    if (isAbsent(name)) {
      return OptionalLong.empty();
    }
    JsonValue value = object.get(name);
    if (value instanceof JsonNumber number) {
      BigDecimal exact = number.value();
      if (exact.compareTo(BigDecimal.valueOf(min)) >= 0
          && exact.compareTo(BigDecimal.valueOf(max)) <= 0
          && exact.stripTrailingZeros().scale() <= 0) {
        return OptionalLong.of(exact.longValueExact());
      }
    }
    throw wrong(name, "must be a whole number from " + min + " to " + max);
  }

  /**
   * A moment that may be absent, in ISO 8601 with an offset, or as before in milliseconds since the
   * Unix epoch.
   *
   * @return milliseconds since the Unix epoch
   */
  public OptionalLong moment(String name) {
    if (!isAbsent(name) && object.get(name) instanceof JsonString text) {
      try {
        long millis = OffsetDateTime.parse(text.value()).toInstant().toEpochMilli();
        if (millis >= 0) {
          return OptionalLong.of(millis);
        }
      } catch (DateTimeException | ArithmeticException e) {
        throw wrong(
            name, "must be a time such as 2026-01-31T12:00:00Z, or milliseconds since 1970");
      }
      throw wrong(name, "must not be before 1970");
    }
    return whole(name, 0, Long.MAX_VALUE);
  }

  /** A boolean, false if absent. */
  public boolean flag(String name) {
    if (isAbsent(name)) {
      return false;
    }
    JsonValue value = object.get(name);
    if (value instanceof JsonBoolean flag) {
      return flag.value();
    }
    throw wrong(name, "must be a boolean, not " + (value == null ? "nothing" : value.type()));
  }

  /** Whether a member is missing or null. */
  public boolean isAbsent(String name) {
    JsonValue value = object.get(name);
    return value == null || value == JsonNull.NULL;
  }

  /** That a member is wrong. */
  public SyncException wrong(String name, String what) {
    return SyncException.badRequest(place(name), what);
  }

  /** Where a member is, in the body. */
  public String place(String name) {
    return place.isEmpty() ? name : place + "." + name;
  }

  /** Text of a client as it may stand in a message: not long, and on one line. */
  public static String echo(String text) {
    StringBuilder safe = new StringBuilder(Math.min(text.length(), ECHO) + 8);
    int end = Math.min(text.length(), ECHO);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      safe.append(Character.isISOControl(c) || Character.isSurrogate(c) || c == '\u2028' ? '?' : c);
    }
    return end < text.length() ? safe.append("...").toString() : safe.toString();
  }
}
