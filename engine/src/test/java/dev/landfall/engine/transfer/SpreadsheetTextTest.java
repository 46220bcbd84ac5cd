package dev.landfall.engine.transfer;

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

  @ParameterizedTest
  @ValueSource(strings = {"00742", "1e5", "2026-01-02", "12:30", "1/2", ".5", "1,5", "7 %"})
  void whatAProgramWouldTakeForANumberIsLikeOne(String text) {
    assertThat(SpreadsheetText.isLikeNumber(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "milk", "e", "7 up", "001a2-srv", "...", "+49 30"})
  void otherTextIsNot(String text) {
    assertThat(SpreadsheetText.isLikeNumber(text)).isFalse();
  }

  @Test
  void aNulIsShown() {
    assertThat(SpreadsheetText.of("a\0b")).isEqualTo("a\u2400b");
    assertThat(SpreadsheetText.of("\0=1")).isEqualTo("'\u2400=1");
  }
}
