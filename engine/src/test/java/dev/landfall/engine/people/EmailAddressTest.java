package dev.landfall.engine.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmailAddressTest {
  @Test
  void asciiLettersAreTheSameInEitherCase() {
    assertThat(new EmailAddress("Alice@Example.ORG"))
        .isEqualTo(new EmailAddress("alice@example.org"));
  }

  @Test
  void lettersOfWhichOneCouldBeMadeStayApart() {
    assertThat(new EmailAddress("mi\u212Ae@example.org"))
        .isNotEqualTo(new EmailAddress("mike@example.org"));
    assertThat(new EmailAddress("m\u0130ke@example.org"))
        .isNotEqualTo(new EmailAddress("mike@example.org"));
    assertThat(new EmailAddress("m\u0131ke@example.org"))
        .isNotEqualTo(new EmailAddress("mike@example.org"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "alice",
        "@example.org",
        "alice@",
        "a@b@c",
        "a b@example.org",
        "a@example.org\r\nBcc: b@x",
        "a\u0000@example.org",
        "<a@example.org>",
        "a,b@example.org",
        "\"a\"@example.org",
        "a@example.org\u2028",
        "a@exa\u202Emple.org",
        "a;b@example.org"
      })
  void whatCouldMeanAnythingElseInAHeaderIsRefused(String text) {
    assertThatThrownBy(() -> new EmailAddress(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
