package dev.landfall.engine.organisation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrganisationNameTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "acme inc",
        "ACME INC",
        "  Acme Inc\t",
        "Acme   Inc",
        "Acme\u00a0Inc",
        "\u3000Acme\u2003Inc\u3000",
        "\uff21cme Inc",
        "Ac\u00adme \u200bInc\u200d"
      })
  void variantsOfANameAreTheSame(String variant) {
    assertThat(new OrganisationName(variant).key())
        .isEqualTo(new OrganisationName("Acme Inc").key());
  }

  @ParameterizedTest
  @CsvSource({
    "Straße, STRASSE",
    "ΟΔΥΣΣΕΥΣ, οδυσσευς",
    "οδυσσευσ, οδυσσευς",
    "Café, Cafe\u0301",
    "ﬁnance, FINANCE",
    "İzmir, i\u0307zmir",
    "①, 1"
  })
  void otherSpellingsOfTheSameLettersAreTheSame(String one, String other) {
    assertThat(new OrganisationName(one).key()).isEqualTo(new OrganisationName(other).key());
  }

  @ParameterizedTest
  @CsvSource({"a:b, a%3Ab", "Acme, Acmé", "Acme Inc, AcmeInc", "a/b, a-b", "Асме, Acme"})
  void namesThatDifferAreDifferent(String one, String other) {
    assertThat(new OrganisationName(one).key()).isNotEqualTo(new OrganisationName(other).key());
  }

  @Test
  void aNameIsShownAsItWasGivenWithoutTheSpaceAround() {
    assertThat(new OrganisationName(" \u00a0ACME  Straße\u3000").text()).isEqualTo("ACME  Straße");
  }

  @Test
  void aNameHasAtMostAHundredCharacters() {
    assertThat(new OrganisationName("😀".repeat(100)).key()).hasSize(200);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OrganisationName("😀".repeat(101)))
        .withMessage("must be a name of 1 to 100 characters");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\u3000\t", "\u200b", "a\nb", "a\u0000", "\u007f", "a\ud800"})
  void whatIsNotANameIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> new OrganisationName(text));
  }

  @Test
  void aNameThatBecomesTooLongForTheDirectoryIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OrganisationName("\ufdfa".repeat(100)));
  }

  @Property
  void whateverIsTakenForANameHasAKeyThatTheDirectoryTakes(@ForAll String text) {
    OrganisationName name;
    try {
      name = new OrganisationName(text);
    } catch (IllegalArgumentException e) {
      return;
    }

    assertThat(name.key()).isNotEmpty().hasSizeLessThanOrEqualTo(512);
    assertThat(new OrganisationName(name.text())).isEqualTo(name);
  }
}
