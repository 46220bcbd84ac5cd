package dev.landfall.webapp.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogTextTest {
  @Test
  void aLogLineStaysOneLine() {
    assertThat(LogText.of("a\r\n[ERROR] b\u001b[31m\u2028c\u0000\\n"))
        .isEqualTo("a\\u000d\\u000a[ERROR] b\\u001b[31m\\u2028c\\u0000\\u005cn");
  }

  @Test
  void aLogLineIsCut() {
    assertThat(LogText.of("x".repeat(1_000_000))).hasSize(200);
    assertThat(LogText.of("\n".repeat(1_000))).hasSize(200);
  }

  @Test
  void aFailureTellsItsCauses() {
    assertThat(
            LogText.of(new IllegalStateException("outer", new IllegalArgumentException("inner"))))
        .startsWith("IllegalStateException: outer at ")
        .hasSizeLessThanOrEqualTo(200);
  }
}
