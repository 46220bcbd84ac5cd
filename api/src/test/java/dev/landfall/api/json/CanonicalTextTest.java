package dev.landfall.api.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CanonicalTextTest {
  /** All of them different. */
  private static final List<String> VALUES =
      List.of(
          "1",
          "-1",
          "1e1",
          "0.1",
          "101",
          "1.01",
          "0",
          "\"1\"",
          "\"\"",
          "\"[1]\"",
          "true",
          "\"true\"",
          "null",
          "[]",
          "[1]",
          "[[1]]",
          "[1,2]",
          "[2,1]",
          "[12]",
          "[\"1,2\"]",
          "[\"1\",\"2\"]",
          "[\"a\\\",\\\"b\"]",
          "[\"a\",\"b\"]",
          "{}",
          "{\"a\":1}",
          "{\"a\":\"1\"}",
          "{\"a\":{}}",
          "{\"a:1\":1}",
          "{\"a\":1,\"b\":2}",
          "{\"a\":2,\"b\":1}",
          "{\"\\\"a\":1}",
          "[\"\\ud800\"]",
          "[\"\\\\ud800\"]",
          "1e1000",
          "1e999",
          "-1e-1000");

  @Test
  void differentValuesHaveDifferentTexts() throws JsonFormatException {
    List<String> texts = new java.util.ArrayList<>();
    for (String value : VALUES) {
      texts.add(CanonicalText.of(JsonText.parse(value)));
    }

    assertThat(texts).doesNotHaveDuplicates();
  }

  @Test
  void theSameNumberHasTheSameTextHoweverItIsWritten() throws JsonFormatException {
    assertThat(texts("100", "1e2", "1E+2", "100.0", "0.1e3", "10000e-2", "100.000e0")).hasSize(1);
    assertThat(texts("0", "-0", "0.0", "0e7", "-0.00e-9")).hasSize(1);
    assertThat(texts("-0.5", "-5e-1", "-0.50")).hasSize(1);
    assertThat(texts("1", "1" + "0".repeat(998), "-1")).hasSize(3);
  }

  @Test
  void theOrderOfMembersMakesNoDifference() throws JsonFormatException {
    assertThat(texts("{\"a\":1,\"b\":[1.0]}", "{\"b\":[1e0],\"a\":1}")).hasSize(1);
  }

  @Test
  void numbersAreEqualAndHashAlikeByTheirValue() throws JsonFormatException {
    assertThat(JsonText.parse("1e2")).isEqualTo(JsonText.parse("100.0"));
    assertThat(JsonText.parse("1e2")).hasSameHashCodeAs(JsonText.parse("100.0"));
    assertThat(JsonText.parse("1e1000")).isNotEqualTo(JsonText.parse("1e999"));
  }

  private static java.util.Set<String> texts(String... values) {
    return List.of(values).stream()
        .map(CanonicalTextTest::value)
        .map(CanonicalText::of)
        .collect(Collectors.toSet());
  }

  private static JsonValue value(String text) {
    try {
      return JsonText.parse(text);
    } catch (JsonFormatException e) {
      throw new AssertionError(e);
    }
  }
}
