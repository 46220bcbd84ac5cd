package dev.landfall.engine.query;

import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import java.util.Base64;
import java.util.List;

/**
 * Where the next page of results begins, as a client keeps it without looking into it. It belongs
 * to one query of one caller; of anything else it is refused. It cannot widen what is found.
 */
public final class SearchCursor {
  /** The most characters of one. */
  public static final int MAX_LENGTH = 100_000;

  private SearchCursor() {}

  /**
   * A place in commit order.
   *
   * @param passed all up to it have been given
   * @param moment when the first page was made: everything keeps the place it had then
   */
  public record Place(HybridTimestamp passed, HybridTimestamp moment) {}

  /** The text of a place in commit order. */
  public static String of(String query, Place place) {
    return encode(
        List.of(
            new JsonString(query),
            new JsonString(place.passed().toString()),
            new JsonString(place.moment().toString())));
  }

  /** The text of a place in another order. */
  public static String of(String query, SortPosition position) {
    return encode(List.of(new JsonString(query), position.toJson()));
  }

  /**
   * Reads a place in commit order.
   *
   * @param query what it belongs to
   * @throws IllegalArgumentException if {@code text} is not one of that query
   */
  public static Place place(String text, String query) {
    List<JsonValue> parts = decode(text, query);
    if (parts.size() != 3) {
      throw foreign();
    }
    return new Place(clock(parts.get(1)), clock(parts.get(2)));
  }

  /**
   * Reads a place in another order.
   *
   * @throws IllegalArgumentException if {@code text} is not one of that query
   */
  public static SortPosition position(
      String text, String query, CollectionName collection, int keys) {
    List<JsonValue> parts = decode(text, query);
    if (parts.size() != 2) {
      throw foreign();
    }
    try {
      return SortPosition.fromJson(parts.get(1), collection, keys);
    } catch (IllegalArgumentException e) {
      throw foreign();
    }
  }

  private static String encode(List<JsonValue> parts) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(JsonText.bytes(new JsonArray(parts)).toArray());
  }

  private static List<JsonValue> decode(String text, String query) {
    if (text.length() > MAX_LENGTH) {
      throw foreign();
    }
    try {
      byte[] json = Base64.getUrlDecoder().decode(text);
      if (JsonText.parse(json) instanceof JsonArray array
          && !array.values().isEmpty()
          && array.values().get(0).equals(new JsonString(query))
          && encode(array.values()).equals(text)) {
        return array.values();
      }
    } catch (IllegalArgumentException | JsonFormatException e) {
      throw foreign();
    }
    throw foreign();
  }

  static String text(JsonValue value) {
    if (value instanceof JsonString string) {
      return string.value();
    }
    throw foreign();
  }

  private static HybridTimestamp clock(JsonValue value) {
    try {
      return HybridTimestamp.parse(text(value));
    } catch (IllegalArgumentException e) {
      throw foreign();
    }
  }

  private static IllegalArgumentException foreign() {
    return new IllegalArgumentException("is not what an earlier page of this search gave");
  }
}
