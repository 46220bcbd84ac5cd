package dev.landfall.engine.search;

import dev.landfall.api.json.JsonValue;
import java.util.Optional;
import java.util.function.Predicate;

/** What is asked of one field. */
public final class Condition {
  private final SearchField field;
  private final Operator operator;
  private final JsonValue value;
  private final Predicate<Optional<JsonValue>> test;

  /**
   * A condition.
   *
   * @throws IllegalArgumentException if {@code operator} refuses {@code value}
   */
  public Condition(SearchField field, Operator operator, JsonValue value) {
    operator
        .refuses(value)
        .ifPresent(
            why -> {
              throw new IllegalArgumentException(why);
            });
    this.field = field;
    this.operator = operator;
    this.value = value;
    this.test = operator.with(value);
  }

  SearchField field() {
    return field;
  }

  Operator operator() {
    return operator;
  }

  JsonValue value() {
    return value;
  }

  boolean matches(Candidate document) {
    return test.test(field.of(document));
  }

  /** All of it, so that different conditions have different texts. */
  @Override
  public String toString() {
    return new dev.landfall.api.json.JsonString(field.path().text())
        + " "
        + operator.text()
        + " "
        + value;
  }
}
