package dev.landfall.api.json;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object. Its members keep the order in which they were written; equality does not look at it.
 */
public final class JsonObject implements JsonValue {
  /** The object without members. */
  public static final JsonObject EMPTY = new JsonObject(Map.of());

  private final Map<String, JsonValue> members;

  private JsonObject(Map<String, JsonValue> members) {
    this.members = members;
  }

  /** An object with a copy of {@code members}, in the map's order. */
  public static JsonObject of(Map<String, ? extends JsonValue> members) {
    return members.isEmpty()
        ? EMPTY
        : new JsonObject(Collections.unmodifiableMap(new LinkedHashMap<>(members)));
  }

  /** Starts an object member by member. */
  public static Builder builder() {
    return new Builder();
  }

  /** All members, unmodifiable. */
  public Map<String, JsonValue> members() {
    return members;
  }

  /** The value of a member, null if there is none of that name. */
  public @Nullable JsonValue get(String name) {
    return members.get(name);
  }

  /** Whether there are no members. */
  public boolean isEmpty() {
    return members.isEmpty();
  }

  @Override
  public String type() {
    return "an object";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JsonObject object && members.equals(object.members);
  }

  @Override
  public int hashCode() {
    return members.hashCode();
  }

  @Override
  public String toString() {
    return JsonText.print(this);
  }

  /** Builds one object. Not safe for concurrent use; useless after {@link #build()}. */
  public static final class Builder {
    private final LinkedHashMap<String, JsonValue> members = new LinkedHashMap<>();

    private Builder() {}

    /** Adds or replaces a member. */
    public Builder put(String name, JsonValue value) {
      members.put(name, value);
      return this;
    }

    /** Adds a member; false, and the builder useless, if there is one of that name. */
    boolean add(String name, JsonValue value) {
      return members.put(name, value) == null;
    }

    /** Adds or replaces a member that is a string. */
    public Builder put(String name, String value) {
      return put(name, new JsonString(value));
    }

    /** Adds or replaces a member that is a whole number. */
    public Builder put(String name, long value) {
      return put(name, JsonNumber.of(value));
    }

    /** Adds or replaces a member that is a boolean. */
    public Builder put(String name, boolean value) {
      return put(name, JsonBoolean.of(value));
    }

    /** The object. */
    public JsonObject build() {
      return members.isEmpty() ? EMPTY : new JsonObject(Collections.unmodifiableMap(members));
    }
  }
}
