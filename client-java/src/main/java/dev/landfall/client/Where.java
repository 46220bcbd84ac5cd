package dev.landfall.client;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.query.Operator;
import dev.landfall.engine.query.SearchField;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be asked of one field. Values are texts, numbers, truth values, null, enums (by their
 * names), {@code java.time} and {@code UUID} (by their texts), JSON values, and collections of
 * these. Each method throws an {@link IllegalArgumentException} for anything else.
 *
 * @param <T> what a document is
 * @param <V> what the field is
 */
public final class Where<T, V> {
  private final Query<T> query;
  private final SearchField field;

  Where(Query<T> query, SearchField field) {
    this.query = query;
    this.field = field;
  }

  /** That value; numbers by what they are worth. */
  public Query<T> eq(@Nullable V value) {
    return query.with(field, Operator.EQ, JsonValues.of(value));
  }

  /** Another value, or none. */
  public Query<T> ne(@Nullable V value) {
    return query.with(field, Operator.NE, JsonValues.of(value));
  }

  /** Greater, of the same type. */
  public Query<T> gt(V value) {
    return query.with(field, Operator.GT, JsonValues.of(value));
  }

  /** Greater or equal, of the same type. */
  public Query<T> gte(V value) {
    return query.with(field, Operator.GTE, JsonValues.of(value));
  }

  /** Less, of the same type. */
  public Query<T> lt(V value) {
    return query.with(field, Operator.LT, JsonValues.of(value));
  }

  /** Less or equal, of the same type. */
  public Query<T> lte(V value) {
    return query.with(field, Operator.LTE, JsonValues.of(value));
  }

  /** A text with that in it, or a list with that among its elements. */
  public Query<T> contains(@Nullable Object value) {
    return query.with(field, Operator.CONTAINS, JsonValues.of(value));
  }

  /** A text that begins with that. */
  public Query<T> startsWith(String start) {
    return query.with(field, Operator.STARTS_WITH, new JsonString(start));
  }

  /** One of these. */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public final Query<T> in(V... values) {
    return in(Arrays.asList(values));
  }

  /** One of these. */
  public Query<T> in(Collection<? extends V> values) {
    return query.with(field, Operator.IN, array(values));
  }

  /** None of these, or missing. */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public final Query<T> nin(V... values) {
    return nin(Arrays.asList(values));
  }

  /** None of these, or missing. */
  public Query<T> nin(Collection<? extends V> values) {
    return query.with(field, Operator.NIN, array(values));
  }

  /** There, null included; or not there. */
  public Query<T> exists(boolean there) {
    return query.with(field, Operator.EXISTS, JsonBoolean.of(there));
  }

  private static JsonArray array(Collection<?> values) {
    List<JsonValue> all = values.stream().map(JsonValues::of).toList();
    return new JsonArray(all);
  }
}
