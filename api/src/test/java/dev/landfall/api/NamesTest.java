package dev.landfall.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"__proto__", "constructor", "../../x", "docIndex:u:a:k", "%3A", ":", "a\nb", "😀"})
  void unusualKeysAreKeys(String text) {
    assertThat(new DocumentKey(text).value()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\u0000b", "\ud800", "x\udfff", "\udc00\ud800"})
  void keysWithNulOrLoneSurrogatesAreRefused(String text) {
    assertThatThrownBy(() -> new DocumentKey(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void lengthsAreInCodePoints() {
    assertThat(new DocumentKey("😀".repeat(512)).value()).hasSize(1024);
    assertThatThrownBy(() -> new DocumentKey("a".repeat(513)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new DocumentKey("😀".repeat(513)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new CollectionName("a".repeat(129)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"auth", "sync", "health", "_x", ".x", "", "a b", "a/b"})
  void namesThatCannotBeAnApplicationAreRefused(String text) {
    assertThatThrownBy(() -> new ApplicationName(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "org:x", "a/b", "a\u0000", "a b", "é"})
  void namesThatCannotBeAUserAreRefused(String text) {
    assertThatThrownBy(() -> new UserId(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Property(tries = 5000)
  void differentNamespacesHaveDifferentTexts(
      @ForAll @Chars({'%', ':', '3', 'A'}) @StringLength(min = 1, max = 6) String one,
      @ForAll @Chars({'%', ':', '3', 'A'}) @StringLength(min = 1, max = 6) String other,
      @ForAll @CharRange(from = 'a', to = 'b') @StringLength(min = 1, max = 2) String user) {
    ApplicationName todo = new ApplicationName("todo");
    Namespace first = new Namespace(new UserId(user), todo, new CollectionName(one));
    Namespace second = new Namespace(new UserId("a"), todo, new CollectionName(other));

    assertThat(first.toString().equals(second.toString())).isEqualTo(first.equals(second));
  }

  @Test
  void aUserAndAnOrganisationOfOneNameAreDifferent() {
    assertThat(new UserId("x").text()).isNotEqualTo(new OrganisationId("x").text());
    assertThat(Principal.parse("org:x")).isEqualTo(new OrganisationId("x"));
    assertThat(Principal.parse("user:x")).isEqualTo(new UserId("x"));
    assertThat(Principal.parse("everybody:")).isEqualTo(Everybody.EVERYBODY);
  }
}
