package dev.landfall.engine.merge;

import dev.landfall.api.json.CanonicalText;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.text.TextMerge;
import dev.landfall.engine.text.TextMerge.Detail;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One value out of two that were made from the same earlier one. The order of the two sides makes
 * no difference.
 */
public final class ValueMerge {
  /** What {@code mergeStrategy} says of a merged text. */
  public static final String TEXT_AUTO_MERGED = "text-auto-merged";

  /** The most elements of an array that is merged as a set; of larger ones the later is kept. */
  public static final int MAX_SET = 10_000;

  private ValueMerge() {}

  /**
   * What the two sides had in common.
   *
   * @param known whether that is known at all
   * @param value null if there was no value then, or it is not known
   */
  public record Base(boolean known, @Nullable JsonValue value) {}

  /**
   * A merged value.
   *
   * @param strategy what made it
   */
  public record Merged(JsonValue value, String strategy) {
    /** The same with another result. */
    Merged with(JsonValue other) {
      return new Merged(other, strategy);
    }
  }

  /**
   * Merges by the configured strategy or the built-in one; empty where the later clock has to
   * decide.
   */
  public static Optional<Merged> merge(
      Optional<MergeStrategy> strategy, Base base, JsonValue local, JsonValue remote) {
    switch (strategy.orElse(MergeStrategy.TEXT)) {
      case SET:
        return set(base, local, remote).map(value -> new Merged(value, "set"));
      case COUNTER:
        return counter(base, local, remote).map(value -> new Merged(value, "counter"));
      case MAX:
        return greater(local, remote).map(localIs -> new Merged(localIs ? local : remote, "max"));
      case MIN:
        return greater(local, remote).map(localIs -> new Merged(localIs ? remote : local, "min"));
      case TEXT:
        return text(base, local, remote, strategy.isPresent() ? Detail.WORDS : Detail.LINES)
            .map(value -> new Merged(value, TEXT_AUTO_MERGED));
      default:
        return Optional.empty();
    }
  }

  private static Optional<JsonValue> text(
      Base base, JsonValue local, JsonValue remote, Detail detail) {
    if (base.value() instanceof JsonString from
        && local instanceof JsonString ours
        && remote instanceof JsonString theirs) {
      return TextMerge.merge(from.value(), ours.value(), theirs.value(), detail)
          .map(JsonString::new);
    }
    return Optional.empty();
  }

  private static Optional<JsonValue> counter(Base base, JsonValue local, JsonValue remote) {
    if (!base.known()
        || !(local instanceof JsonNumber ours)
        || !(remote instanceof JsonNumber theirs)) {
      return Optional.empty();
    }
    JsonValue from = base.value() == null ? JsonNumber.of(0) : base.value();
    if (!(from instanceof JsonNumber start)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JsonNumber.of(ours.value().add(theirs.value()).subtract(start.value())));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // too long a number; the later one is kept
    }
  }

  /** Whether {@code local} is the greater; empty if the two do not compare. */
  private static Optional<Boolean> greater(JsonValue local, JsonValue remote) {
    if (local instanceof JsonNumber ours && remote instanceof JsonNumber theirs) {
      return Optional.of(ours.value().compareTo(theirs.value()) >= 0);
    }
    if (local instanceof JsonString ours && remote instanceof JsonString theirs) {
      return Optional.of(byCodePoint(ours.value(), theirs.value()) >= 0);
    }
    return Optional.empty();
  }

  private static int byCodePoint(String a, String b) {
    int[] left = a.codePoints().toArray();
    int[] right = b.codePoints().toArray();
    return java.util.Arrays.compare(left, right);
  }

  private static Optional<JsonValue> set(Base base, JsonValue local, JsonValue remote) {
    if (!(local instanceof JsonArray ours)
        || !(remote instanceof JsonArray theirs)
        || ours.values().size() > MAX_SET
        || theirs.values().size() > MAX_SET) {
      return Optional.empty();
    }
    Map<String, JsonValue> from =
        elements(base.value() instanceof JsonArray array ? array : JsonArray.EMPTY);
    Map<String, JsonValue> left = elements(ours);
    Map<String, JsonValue> right = elements(theirs);
    Map<String, JsonValue> kept = new LinkedHashMap<>(from);
    kept.keySet().retainAll(left.keySet());
    kept.keySet().retainAll(right.keySet());
    Map<String, JsonValue> both = new TreeMap<>(left);
    both.keySet().removeAll(from.keySet());
    both.keySet().retainAll(right.keySet());
    Map<String, JsonValue> one = new LinkedHashMap<>(left);
    one.keySet().removeAll(from.keySet());
    one.keySet().removeAll(right.keySet());
    Map<String, JsonValue> other = new LinkedHashMap<>(right);
    other.keySet().removeAll(from.keySet());
    other.keySet().removeAll(left.keySet());
    boolean swap = one.keySet().toString().compareTo(other.keySet().toString()) > 0;
    List<JsonValue> result = new ArrayList<>(kept.values());
    result.addAll(both.values());
    result.addAll((swap ? other : one).values());
    result.addAll((swap ? one : other).values());
    return Optional.of(new JsonArray(result));
  }

  /** The elements by what makes two of them the same, in their order. */
  private static Map<String, JsonValue> elements(JsonArray array) {
    Map<String, JsonValue> elements = new LinkedHashMap<>();
    for (JsonValue element : array.values()) {
      elements.putIfAbsent(CanonicalText.of(element), element);
    }
    return elements;
  }
}
