package dev.landfall.api.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"n\":9007199254740993}",
        "{\"n\":-0}",
        "{\"n\":1.0}",
        "{\"n\":1e2}",
        "{\"n\":123456789012345678901234567890}",
        "{\"n\":null}",
        "{\"\":{\"\":[]}}",
        "{\"__proto__\":1,\"$where\":2,\"a.b\":3,\"toString\":4}",
        "{\"s\":\"\\ud800\"}",
        "{\"s\":\"\\u0000\\u001f\\n\\\"\\\\\"}",
        "{\"s\":\"grüße 😀 עברית\"}"
      })
  void whatWasSentComesBack(String text) throws JsonFormatException {
    assertThat(JsonText.print(JsonText.parse(text))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,\"a\":2}",
        "{} x",
        "{}{}",
        "NaN",
        "{\"a\":NaN}",
        "// c\n{}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":1.}",
        "\ufeff{}",
        "{\"a\":1e1000000000}",
        "{\"a\":\"\t\"}",
        "{\"a\":undefined}",
        "nul"
      })
  void whatIsNotJsonIsRefused(String text) {
    assertThatThrownBy(() -> JsonText.parse(text)).isInstanceOf(JsonFormatException.class);
  }

  @Test
  void otherEncodingsAreRefused() {
    for (var charset :
        new java.nio.charset.Charset[] {
          StandardCharsets.UTF_16, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE
        }) {
      byte[] bytes = "{\"a\":1}".getBytes(charset);
      assertThatThrownBy(() -> JsonText.parse(bytes)).isInstanceOf(JsonFormatException.class);
      assertThatThrownBy(() -> JsonText.parse(new ByteArrayInputStream(bytes)))
          .isInstanceOf(JsonFormatException.class);
    }
    for (byte[] malformed :
        new byte[][] {
          {'"', (byte) 0xc0, (byte) 0xaf, '"'},
          {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'},
          {'"', (byte) 0xff, '"'},
          {'"', (byte) 0xe2, (byte) 0x82, '"'}
        }) {
      assertThatThrownBy(() -> JsonText.parse(new ByteArrayInputStream(malformed)))
          .isInstanceOf(JsonFormatException.class);
    }
    byte[] latin1 = "{\"a\":\"ü\"}".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> JsonText.parse(latin1)).isInstanceOf(JsonFormatException.class);
  }

  @Test
  void numbersAndNestingHaveLimits() {
    assertThatThrownBy(() -> JsonText.parse("1".repeat(1100)))
        .isInstanceOf(JsonFormatException.class);
    assertThatThrownBy(() -> JsonText.parse("[".repeat(200_000)))
        .isInstanceOf(JsonFormatException.class);
    assertThatThrownBy(() -> JsonText.parse("[".repeat(73) + "]".repeat(73)))
        .isInstanceOf(JsonFormatException.class);
  }

  @Test
  void whatBreaksALimitIsSaidWithItsPlace() {
    String deep = "[".repeat(80) + "]".repeat(80);

    assertThat(placeIn("{\"a\":[1,{\"b\":" + deep + "}]}")).startsWith("a[1].b[0][0]");
    assertThat(placeIn("{\"a\":[1,{\"b\":" + "7".repeat(1100) + "}]}")).isEqualTo("a[1].b");
    assertThat(placeIn("{\"a\":[1,{\"b\":1,\"b\":2}]}")).isEqualTo("a[1].b");
    assertThat(placeIn("{\"a\":[1,{\"b\":x}]}")).isEmpty();
    assertThat(placeIn("{\"" + "n".repeat(1000) + "\":" + deep + "}")).isEqualTo("n".repeat(200));
  }

  private static String placeIn(String text) {
    try {
      JsonText.parse(text);
    } catch (JsonFormatException e) {
      return e.place();
    }
    throw new AssertionError(text);
  }

  @Test
  void numbersAreEqualByTheirValue() throws JsonFormatException {
    assertThat(JsonText.parse("1")).isEqualTo(JsonText.parse("1.0"));
    assertThat(JsonText.parse("1e0").hashCode()).isEqualTo(JsonText.parse("1").hashCode());
    assertThat(JsonText.parse("-0")).isEqualTo(JsonText.parse("0"));
    assertThat(JsonText.parse("9007199254740993")).isNotEqualTo(JsonText.parse("9007199254740992"));
    assertThat(JsonText.parse("{\"a\":1,\"b\":[1.0]}"))
        .isEqualTo(JsonText.parse("{\"b\":[1],\"a\":1.00}"));
  }

  @Test
  void namesThatShareTheirHashCodeCostNoMoreThanOthers() throws JsonFormatException, IOException {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < 1 << 15; i++) {
      StringBuilder name = new StringBuilder();
      for (int bit = 0; bit < 15; bit++) {
        name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      text.append(i == 0 ? "" : ",").append('"').append(name).append("\":1");
    }
    byte[] bytes = text.append('}').toString().getBytes(StandardCharsets.UTF_8);

    JsonObject object = (JsonObject) JsonText.parse(new ByteArrayInputStream(bytes));

    assertThat(object.members()).hasSize(1 << 15);
  }

  @Property(tries = 2000)
  void printingAndParsingIsTheIdentity(@ForAll("values") JsonValue value)
      throws JsonFormatException {
    assertThat(JsonText.parse(JsonText.print(value))).isEqualTo(value);
  }

  @Provide
  Arbitrary<JsonValue> values() {
    return json(3);
  }

  private static Arbitrary<JsonValue> json(int depth) {
    Arbitrary<JsonValue> leaf =
        Arbitraries.<JsonValue>oneOf(
            Arbitraries.strings().ofMaxLength(8).map(JsonString::new),
            Arbitraries.bigDecimals().ofScale(3).map(JsonNumber::of),
            Arbitraries.longs().map(JsonNumber::of),
            Arbitraries.of(JsonBoolean.TRUE, JsonBoolean.FALSE, JsonNull.NULL));
    if (depth == 0) {
      return leaf;
    }
    Arbitrary<JsonValue> below = json(depth - 1);
    return Arbitraries.<JsonValue>oneOf(
        leaf,
        below.list().ofMaxSize(4).map(JsonArray::new),
        Arbitraries.maps(Arbitraries.strings().ofMaxLength(4), below)
            .ofMaxSize(4)
            .map(JsonObject::of));
  }
}
