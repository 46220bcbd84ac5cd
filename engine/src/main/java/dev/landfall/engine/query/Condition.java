package dev.landfall.engine.query;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.TermRange;
import dev.landfall.engine.index.IndexedFields;
import dev.landfall.engine.index.TermCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What is asked of one field. */
public final class Condition {
  private static final char AFTER_ALL = '\u007f';
  private static final char BEFORE_ALL = ' ';

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

  /** What an index of {@code indexes} can say of it. */
  IndexPlan plan(IndexedFields indexes) {
    if (!indexes.paths().contains(field.path())) {
      return IndexPlan.EVERYTHING;
    }
    List<TermRange> ranges = ranges();
    return ranges.isEmpty() ? IndexPlan.EVERYTHING : IndexPlan.value(ranges);
  }

  private List<TermRange> ranges() {
    String place = TermCode.field(TermCode.FIELD, field.path());
    String term = TermCode.value(place, value);
    List<TermRange> ranges = new ArrayList<>();
    switch (operator) {
      case EQ -> ranges.add(TermRange.of(term));
      case GT, GTE -> {
        if (hasOrder(value)) {
          ranges.add(new TermRange(term, TermCode.sameType(place, value) + AFTER_ALL));
        }
      }
      case LT, LTE -> {
        if (hasOrder(value)) {
          ranges.add(new TermRange(TermCode.sameType(place, value), term + BEFORE_ALL));
        }
      }
      case STARTS_WITH -> ranges.add(TermRange.startingWith(TermCode.value(place, whole(value))));
      case IN -> {
        for (JsonValue one : ((JsonArray) value).values()) {
          ranges.add(TermRange.of(TermCode.value(place, one)));
        }
      }
      case CONTAINS -> {
        String element = TermCode.field(TermCode.ELEMENT, field.path());
        ranges.add(TermRange.of(TermCode.value(element, value)));
        if (value instanceof JsonString) {
          ranges.add(TermRange.startingWith(TermCode.sameType(place, value)));
        }
      }
      case EXISTS -> {
        ranges.add(
            value.equals(JsonBoolean.TRUE)
                ? new TermRange(place + TermCode.NULL, place + AFTER_ALL)
                : TermRange.of(place + TermCode.MISSING));
      }
      case NE, NIN -> {}
    }
    return ranges;
  }

  /** A beginning without the half of a character at its end, of which a term knows nothing. */
  private static JsonValue whole(JsonValue start) {
    String text = start instanceof JsonString string ? string.value() : "";
    int end = text.length() - 1;
    return end >= 0 && Character.isHighSurrogate(text.charAt(end))
        ? new JsonString(text.substring(0, end))
        : start;
  }

  private static boolean hasOrder(JsonValue value) {
    return value instanceof JsonNumber || value instanceof JsonString;
  }

  boolean matches(Candidate document) {
    return test.test(field.of(document));
  }

  /** All of it, so that different conditions have different texts. */
  @Override
  public String toString() {
    return new JsonString(field.path().text()) + " " + operator.text() + " " + value;
  }
}
