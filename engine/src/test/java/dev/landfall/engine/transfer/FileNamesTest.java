package dev.landfall.engine.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileNamesTest {
  @ParameterizedTest
  @CsvSource({
    "todo-tasks,todo-tasks",
    "../../etc/passwd,_._.__etc_passwd",
    "C:\\x,C__x",
    ".hidden,_hidden",
    "a..b,a._b",
    "m\u00e4h,m_h"
  })
  void aNameHasNoPathAndNothingThatMeansSomething(String wanted, String safe) {
    assertThat(FileNames.safe(wanted)).isEqualTo(safe);
    assertThat(FileNames.safe(wanted)).matches("[A-Za-z0-9_-][A-Za-z0-9._-]*").doesNotContain("..");
  }

  @Test
  void namesThatBecomeAlikeAreToldApart() {
    FileNames names = new FileNames();

    assertThat(names.unique("a/b", ".csv")).isEqualTo("a_b.csv");
    assertThat(names.unique("a:b", ".csv")).isEqualTo("a_b-2.csv");
    assertThat(names.unique("A?B", ".csv")).isEqualTo("A_B-3.csv");
    assertThat(names.unique("a_b-2", ".csv")).isEqualTo("a_b-2-2.csv");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"x\",=1+1", "a\r\nSet-Cookie: b", "../../etc", "\u0000", "m\u00e4h \ud83d\ude00"})
  void aHeaderStaysOneHeader(String name) {
    String header = FileNames.disposition(name);

    assertThat(header)
        .matches("attachment; filename=\"[A-Za-z0-9._-]+\"; filename\\*=UTF-8''[A-Za-z0-9._%-]+");
    assertThat(header).doesNotContain("%2F").doesNotContain("%0D").doesNotContain("%22");
  }

  @Test
  void aPlainNameIsGivenOnce() {
    assertThat(FileNames.disposition("landfall-export-2026-11-22.json"))
        .isEqualTo("attachment; filename=\"landfall-export-2026-11-22.json\"");
  }
}
