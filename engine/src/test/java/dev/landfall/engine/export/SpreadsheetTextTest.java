package dev.landfall.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpreadsheetTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "=HYPERLINK(\"http://x\")",
        "+1",
        "-1",
        "@SUM(A1)",
        "\ttab",
        "\rreturn",
        "\n=1",
        "\nline",
        " =1",
        ";=1",
        "\"=1",
        "\",=1",
        "'=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff201",
        "\ufeff=1",
        "\u00a0=1",
        "|cmd",
        "="
      })
  void whatASpreadsheetWouldRunGetsAnApostrophe(String text) {
    assertThat(SpreadsheetText.of(text)).isEqualTo("'" + text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "milk", "1-1", "a=b", "007", "m\u00e4h", "'quoted'", "(=1)"})
  void otherTextStaysAsItIs(String text) {
    assertThat(SpreadsheetText.of(text)).isEqualTo(text);
  }

  @Test
  void aNulIsShown() {
    assertThat(SpreadsheetText.of("a\0b")).isEqualTo("a\u2400b");
    assertThat(SpreadsheetText.of("\0=1")).isEqualTo("'\u2400=1");
  }
}
