package dev.landfall.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the words of a text are. */
class WordsTest {
  private static List<String> indexed(String text) {
    List<String> words = new ArrayList<>();
    Words.index(text, words::add);
    return words;
  }

  @Test
  void wordsAreRunsOfLettersAndDigits() {
    assertThat(indexed("Milk, bread & 2 eggs (don't forget)!"))
        .containsExactly("milk", "bread", "2", "eggs", "don", "t", "forget");
  }

  @ParameterizedTest
  @CsvSource({
    "Crème brûlée, creme brulee",
    "STRASSE, straße",
    "ŁÓDŹ, lodz",
    "İstanbul, ISTANBUL",
    "ΟΔΟΣ, οδος",
    "ﬁne, FINE",
    "ｆｕｌｌ, full",
    "Ǆ, dz",
    "ёлка, ЕЛКА",
    "שָׁלוֹם, שלום",
    "مَرْحَبًا, مرحبا",
    "ẞ, ss",
    "co\u00adop, coop",
  })
  void caseAccentsAndFormsOfLettersMakeNoDifference(String one, String other) {
    assertThat(indexed(one)).isEqualTo(indexed(other)).isNotEmpty();
  }

  /** To order such a row in one piece takes a minute. */
  @Test
  void aRowOfAHundredThousandAccentsIsTakenInPieces() {
    assertThat(indexed("cr" + "e\u0300".repeat(3) + "\u0301\u0323".repeat(150_000) + "me"))
        .containsExactly("creeeme");
  }

  @Test
  void vowelSignsOfIndianScriptsMakeADifference() {
    assertThat(indexed("कि")).isNotEqualTo(indexed("का")).hasSize(1);
  }

  @Test
  void textWithoutSpacesIsFoundByAnyTwoCharactersThatStandTogether() {
    assertThat(indexed("東京都 is")).containsExactly("東", "東京", "京", "京都", "都", "is");
    assertThat(Words.query("京都")).containsExactly("京都");
    assertThat(Words.query("都")).containsExactly("都");
  }

  @Test
  void anEmojiIsAWord() {
    assertThat(indexed("party🎉time 👍🏽")).containsExactly("party", "🎉", "time", "👍");
  }

  @Test
  void thereMayBeNoWords() {
    assertThat(Words.query(" .,!? \u200f")).isEmpty();
  }
}
