package dev.landfall.engine.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValueMergeTest {
  @Test
  void elementsOfASetAreTheSameByValue() throws JsonFormatException {
    JsonValue base = JsonText.parse("[1, {\"a\":1,\"b\":2}, [1.0]]");
    JsonValue ours = JsonText.parse("[1.0, {\"b\":2,\"a\":1}, [1], \"x\"]");
    JsonValue theirs = JsonText.parse("[1e0, [1e0], true]");

    assertThat(set(base, ours, theirs)).isEqualTo(JsonText.parse("[1,[1],\"x\",true]"));
    assertThat(set(base, theirs, ours)).isEqualTo(JsonText.parse("[1,[1],\"x\",true]"));
  }

  /**
   * Searching lists of that many costs minutes of a processor. Thousands of one kind beside
   * thousands of another are no better: a tree needs an order across all of them.
   */
  @ParameterizedTest
  @ValueSource(strings = {"numbers", "arrays", "objects", "mixed"})
  void aSetOfElementsOfOneHashCodeIsMergedLikeAnyOther(String kind) {
    IntFunction<JsonValue> element =
        switch (kind) {
          case "numbers" -> ValueMergeTest::number;
          case "arrays" -> i -> new JsonArray(List.of(new JsonString("p".repeat(60)), text(i)));
          case "objects" -> i -> JsonObject.builder().put("p".repeat(60), text(i)).build();
          default -> i -> i % 2 == 0 ? text(i) : new JsonArray(List.of(text(i)));
        };
    JsonValue ours = array(element, 0, ValueMerge.MAX_SET);
    JsonValue theirs = array(element, 2, ValueMerge.MAX_SET + 2);

    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    JsonValue merged = set(JsonArray.EMPTY, ours, theirs);
    long busy = threads.getCurrentThreadCpuTime() - start;

    assertThat(((JsonArray) merged).values()).hasSize(ValueMerge.MAX_SET + 2);
    assertThat(busy).isLessThan(3_000_000_000L);
  }

  private static JsonValue set(JsonValue base, JsonValue ours, JsonValue theirs) {
    return ValueMerge.merge(
            Optional.of(MergeStrategy.SET), new ValueMerge.Base(true, base), ours, theirs)
        .orElseThrow()
        .value();
  }

  private static JsonValue array(IntFunction<JsonValue> element, int from, int to) {
    return new JsonArray(IntStream.range(from, to).mapToObj(element).toList());
  }

  /** "Aa" and "BB" have one hash code, and so have all strings made of so many of them. */
  private static JsonString text(int number) {
    StringBuilder text = new StringBuilder();
    for (int bit = 0; bit < 14; bit++) {
      text.append((number >> bit & 1) == 0 ? "Aa" : "BB");
    }
    return new JsonString(text.toString());
  }

  /** The hash code of a large number is that of its upper and lower halves, weighted. */
  private static JsonNumber number(int i) {
    BigInteger high = BigInteger.valueOf(i + 1L).shiftLeft(32);
    BigInteger low = BigInteger.valueOf((1L << 31) - 31L * (i + 1) - 1);
    return JsonNumber.parse(high.add(low).toString());
  }
}
