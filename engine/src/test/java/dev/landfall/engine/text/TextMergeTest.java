package dev.landfall.engine.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.landfall.engine.text.TextMerge.Detail;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TextMergeTest {

  private static final String LIST = "milk\neggs\nbread\nrice\n";

  @ParameterizedTest
  @MethodSource("mergeVectors")
  void everyVectorOfDisjointEditsMergesExactly(Map<String, String> vector) {
    String base = vector.get("base");
    String local = vector.get("local");
    String remote = vector.get("remote");

    assertThat(merge(base, local, remote)).contains(vector.get("merged"));
    assertThat(merge(base, remote, local)).contains(vector.get("merged"));
  }

  @ParameterizedTest
  @MethodSource("overlapVectors")
  void everyVectorOfOverlappingEditsFallsThrough(Map<String, String> vector) {
    String base = vector.get("base");
    String local = vector.get("local");
    String remote = vector.get("remote");

    assertThat(merge(base, local, remote)).isEmpty();
    assertThat(merge(base, remote, local)).isEmpty();
  }

  @Test
  void theVectorsAreAllThere() throws IOException {
    assertThat(mergeVectors()).hasSize(120);
    assertThat(overlapVectors()).hasSize(30);
  }

  @Test
  void bothSidesEditsOfDifferentLinesAreKept() {
    assertThat(merge(LIST, "milk 2 l\neggs\nbread\nrice\n", "milk\neggs\nbread\nrice\ntea\n"))
        .contains("milk 2 l\neggs\nbread\nrice\ntea\n");
  }

  @Test
  void twoDifferentInsertionsAtOnePlaceFallThrough() {
    assertThat(merge(LIST, "milk\ntea\neggs\nbread\nrice\n", "milk\noil\neggs\nbread\nrice\n"))
        .isEmpty();
  }

  @Test
  void anInsertionNextToAReplacementFallsThrough() {
    String tea = "milk\ntea\neggs\nbread\nrice\n";

    assertThat(merge(LIST, tea, "milk\nsix eggs\nbread\nrice\n")).isEmpty();
    assertThat(merge(LIST, tea, "2 l milk\neggs\nbread\nrice\n")).isEmpty();
  }

  @Test
  void changesOfNeighbouringLinesAreBothKept() {
    assertThat(merge(LIST, "2 l milk\neggs\nbread\nrice\n", "milk\nsix eggs\nbread\nrice\n"))
        .contains("2 l milk\nsix eggs\nbread\nrice\n");
    assertThat(
            merge(LIST, "[x] milk\neggs\n[x] bread\nrice\n", "milk\n[x] eggs\nbread\n[x] rice\n"))
        .contains("[x] milk\n[x] eggs\n[x] bread\n[x] rice\n");
  }

  @Test
  void neighbouringLinesThatOneSideChangesAndTheOtherRemovesMerge() {
    assertThat(merge(LIST, "milk\nbread\nrice\n", "milk\neggs\nwhite bread\nrice\n"))
        .contains("milk\nwhite bread\nrice\n");
    assertThat(merge(LIST, "bread\nrice\n", "milk\neggs\n")).contains("");
  }

  @Test
  void anItemThatBothTickedCountsOnceBesideOneThatOneTicked() {
    assertThat(merge(LIST, "[x] milk\neggs\nbread\nrice\n", "[x] milk\n[x] eggs\nbread\nrice\n"))
        .contains("[x] milk\n[x] eggs\nbread\nrice\n");
  }

  @Test
  void aSideThatOnlyChangedTheLineEndsHasEditedNoLine() {
    String windows = LIST.replace("\n", "\r\n");

    assertThat(merge(LIST, windows, "milk\nsix eggs\nbread\nrice\n"))
        .contains("milk\r\nsix eggs\r\nbread\r\nrice\r\n");
    assertThat(merge(windows, LIST, "milk\r\nsix eggs\r\nbread\r\nrice\r\n"))
        .contains("milk\nsix eggs\nbread\nrice\n");
    assertThat(words(LIST, windows, "milk\neggs\nbread\nrice\ntea\n"))
        .contains("milk\r\neggs\r\nbread\r\nrice\r\ntea\r\n");
    assertThat(merge("milk", "milk\r\neggs", "milk\n")).isEmpty();
  }

  @Test
  void whatAnExistingClientWouldMergeTwiceFallsThrough() {
    String windows = LIST.replace("\n", "\r\n");

    assertThat(merge(LIST, windows, LIST + "tea\n")).isEmpty();
  }

  @Test
  void theLongestTextWithOtherLineEndsMerges() {
    String base = numbered(Lines.MAX_COUNT, "x".repeat(50));

    assertThat(merge(base, base.replace("\n", "\r\n"), base.replaceFirst("x\n", "tea\n")))
        .contains(base.replaceFirst("x\n", "tea\n").replace("\n", "\r\n"));
  }

  @Test
  void aSideThatOnlyChangedWhiteSpaceAtLineEndsHasEditedNoLine() {
    assertThat(merge(LIST, "milk  \neggs\t\nbread \nrice\n", "milk\nsix eggs\nbread\nrice\n"))
        .contains("milk  \nsix eggs\nbread \nrice\n");
    assertThat(words("milk \neggs \n", "milk\neggs\n", "milk \neggs \nbread \n"))
        .contains("milk\neggs\nbread \n");
  }

  @Test
  void aSideThatOnlyChangedTheNormalFormHasEditedNoLine() {
    String base = "caf\u00e9\ncr\u00e8me\nth\u00e9\n";
    String decomposed = "cafe\u0301\ncre\u0300me\nthe\u0301\n";

    assertThat(merge(base, decomposed, "caf\u00e9\ncr\u00e8me\nth\u00e9 vert\n"))
        .contains("cafe\u0301\ncre\u0300me\nth\u00e9 vert\n");
    assertThat(merge(decomposed, base, "cafe\u0301\ncre\u0300me br\u00fbl\u00e9e\nthe\u0301\n"))
        .contains("caf\u00e9\ncre\u0300me br\u00fbl\u00e9e\nth\u00e9\n");
  }

  @Test
  void whatBothChangedInTheWritingOfALineIsMergedPartByPart() {
    assertThat(merge("th\u00e9\nrice\n", "the\u0301\nrice\n", "th\u00e9  \nrice\n"))
        .contains("the\u0301  \nrice\n");
  }

  @Test
  void rowsOfCombiningMarksThatAreTooLongAreTakenAsTheyStand() {
    String marks = "e" + "\u0301\u0323".repeat(100_000);

    assertThat(merge(marks + "\nrice\nsalt", marks + "\nrice\noil", "tea\nrice\nsalt"))
        .contains("tea\nrice\noil");
  }

  @Test
  void wordsOfOneLineMergeIfTheFieldIsAText() {
    String base = "buy milk and eggs today";

    assertThat(merge(base, "buy oat milk and eggs today", "buy milk and eggs tomorrow")).isEmpty();
    assertThat(words(base, "buy oat milk and eggs today", "buy milk and eggs tomorrow"))
        .contains("buy oat milk and eggs tomorrow");
    assertThat(words(base, "buy tea and eggs today", "buy milk and six eggs today"))
        .contains("buy tea and six eggs today");
    assertThat(words("milk: 1, eggs: 2", "milk: 3, eggs: 2", "milk: 1, eggs: 4"))
        .contains("milk: 3, eggs: 4");
  }

  @Test
  void oneWordThatBothChangedIsAConflict() {
    assertThat(words("buy milk today", "buy tea today", "buy oil today")).isEmpty();
    assertThat(words("buy milk", "buy milk now", "buy milk soon")).isEmpty();
    assertThat(words("milk 1\neggs 2\n", "tea 1\neggs 3\n", "milk 4\neggs 5\n")).isEmpty();
  }

  @Test
  void wordsOfAParagraphMergeUpToItsLargestLength() {
    String word = "milk ";
    String longest = word.repeat(TextMerge.MAX_WORDS_LENGTH / 16 / word.length()) + "end";
    String tooLong = word.repeat(TextMerge.MAX_WORDS_LENGTH / word.length()) + "end";

    assertThat(words("a " + longest, "b " + longest, "a " + longest + "ing"))
        .contains("b " + longest + "ing");
    assertThat(words("a " + tooLong, "b " + tooLong, "a " + tooLong + "ing")).isEmpty();
  }

  @Test
  void insertionsBesideOtherChangesStayIfTheFieldIsAText() {
    String appended = LIST + "tea\n";
    String ticked = "milk\neggs\nbread\n[x] rice\n";

    assertThat(merge(LIST, appended, ticked)).isEmpty();
    assertThat(words(LIST, appended, ticked)).contains("milk\neggs\nbread\n[x] rice\ntea\n");
    assertThat(words(LIST, "tea\n" + LIST, "[x] milk\neggs\nbread\nrice\n"))
        .contains("tea\n[x] milk\neggs\nbread\nrice\n");
  }

  @Test
  void insertionsAtOnePlaceStandInTheOrderOfTheirTextIfTheFieldIsAText() {
    assertThat(words(LIST, LIST + "tea\n", LIST + "oil\nsalt\n"))
        .contains(LIST + "oil\nsalt\ntea\n");
    assertThat(words(LIST, LIST + "tea\n", LIST + "tea\nsalt\n")).contains(LIST + "tea\nsalt\n");
  }

  @Test
  void theSameChangeOnBothSidesCountsOnce() {
    assertThat(merge(LIST, "milk\ntea\neggs\nbread\n", "milk\ntea\neggs\nbread\nrice\n"))
        .contains("milk\ntea\neggs\nbread\n");
    assertThat(
            merge(
                "milk\neggs\nbread\nrice\nsalt\nfigs\n",
                "oat milk\neggs\nbread\nrice\nsalt\nplum\n",
                "oat milk\neggs\nwhite bread\nrice\nsalt\nfigs\n"))
        .contains("oat milk\neggs\nwhite bread\nrice\nsalt\nplum\n");
  }

  @Test
  void aDeletionThatMayHaveHitTheEditedLineFallsThrough() {
    String base = "soup\nsalt\nsalt\nsalt\nrice\n";

    assertThat(merge(base, "soup\nsalt\nsalt\nrice\n", "soup\nsalt\nsalt\nsea salt\nrice\n"))
        .isEmpty();
    assertThat(merge(base, "soup\nsalt\nsalt\nrice\n", "soup\nsea salt\nsalt\nsalt\nrice\n"))
        .isEmpty();
  }

  @Test
  void aClearedTextAgainstAnEditFallsThrough() {
    assertThat(merge(LIST, "", LIST + "tea\n")).isEmpty();
    assertThat(merge(LIST, "milk\n", "")).isEmpty();
    assertThat(merge("\nmilk\neggs", "", "tea\n\nmilk\neggs")).isEmpty();
    assertThat(merge(LIST, "", LIST)).contains("");
  }

  @Test
  void twoTextsBegunAtOnceFallThrough() {
    assertThat(merge("", "milk\n", "\nmilk")).isEmpty();
  }

  @Test
  void anEmptyLineThatBothSidesKeptStays() {
    assertThat(merge("milk\n\neggs\n", "\neggs\n", "milk\n\n")).contains("\n");
  }

  @Test
  void anEmptyLineAtTheEndOfATextThatLosesItsLastNewlineFallsThrough() {
    assertThat(merge("milk\n", "milk\n\n", "tea\nmilk")).isEmpty();
  }

  @Test
  void theLastNewlineFollowsTheSideThatChangedIt() {
    assertThat(merge("milk\neggs\nrice", "tea\neggs\nrice", "milk\neggs\nrice\n"))
        .contains("tea\neggs\nrice\n");
    assertThat(merge(LIST, "tea\neggs\nbread\nrice\n", "milk\neggs\nbread\nsalt"))
        .contains("tea\neggs\nbread\nsalt");
  }

  @Test
  void theRemovalOfTheLastNewlineAloneFallsThrough() {
    assertThat(merge(LIST, "tea\neggs\nbread\nrice\n", "milk\neggs\nbread\nrice")).isEmpty();
  }

  @Test
  void aCarriageReturnAloneEndsNoLine() {
    assertThat(merge("milk\reggs\rrice", "tea\reggs\rrice", "milk\reggs\rtea")).isEmpty();
  }

  @Test
  void linesOfOneHashCodeAreToldApart() {
    List<String> lines = linesOfOneHashCode(12);
    String base = String.join("\n", lines);
    String local = base.replaceFirst(lines.get(3), "tea");
    String remote = base.replaceFirst(lines.get(4_000), lines.get(1) + lines.get(2));

    assertThat(lines).extracting(String::hashCode).containsOnly(lines.get(0).hashCode());
    assertThat(merge(base, local, remote))
        .contains(local.replaceFirst(lines.get(4_000), lines.get(1) + lines.get(2)));
  }

  @Test
  void theLargestTextMerges() {
    String base = numbered(Lines.MAX_COUNT, "x".repeat(50));
    String local = base.replaceFirst("x\n", "tea\n");
    String remote = base.substring(0, base.length() - 2) + "a\n";

    assertThat(merge(base, local, remote)).contains(local.substring(0, local.length() - 2) + "a\n");
  }

  @Test
  void oneLineOrOneCharacterMoreThanTheLargestFallsThrough() {
    String tooManyLines = numbered(Lines.MAX_COUNT + 1, "");
    String tooLong = LIST + "x".repeat(Lines.MAX_LENGTH + 1 - LIST.length());

    assertThat(merge(tooManyLines, "a" + tooManyLines, tooManyLines + "z")).isEmpty();
    assertThat(merge(tooLong, "a" + tooLong, tooLong + "z")).isEmpty();
    assertThat(merge(LIST, "a" + LIST, tooLong)).isEmpty();
    assertThat(merge(tooLong, tooLong, tooLong + "z")).contains(tooLong + "z");
  }

  @Test
  void aResultTooLargeToBeMergedAgainFallsThrough() {
    String base = numbered(Lines.MAX_COUNT - 1, "");

    assertThat(merge(base, "tea\n" + base, base + "oil\n")).isEmpty();
    assertThat(merge(base, "tea\n" + base, base.replaceFirst("9\n", "oil\n"))).isPresent();
  }

  @Test
  void aResultLongerThanTheLargestTextFallsThrough() {
    String base = numbered(100, "x".repeat(5_000));
    String half = "y".repeat((Lines.MAX_LENGTH - base.length()) / 2 - 1);

    assertThat(merge(base, half + "\n" + base, base + half + "\n")).isPresent();
    assertThat(merge(base, half + "\n" + base, base + half + "yyy\n")).isEmpty();
  }

  @Test
  void eightThousandDifferentLinesOnEitherSideFallThrough() {
    String base = numbered(8_000, "");
    String local = numbered(8_000, "L");
    String remote = numbered(8_000, "R");

    assertThat(merge(base, local, remote)).isEmpty();
  }

  private static String numbered(int count, String end) {
    return IntStream.range(0, count)
        .mapToObj(i -> String.format("%05d%s\n", i, end))
        .collect(Collectors.joining());
  }

  /** "Aa" and "BB" have one hash code, and so have all strings made of so many of them. */
  private static List<String> linesOfOneHashCode(int pairs) {
    return IntStream.range(0, 1 << pairs)
        .mapToObj(
            number ->
                IntStream.range(0, pairs)
                    .mapToObj(bit -> (number >> bit & 1) == 0 ? "Aa" : "BB")
                    .collect(Collectors.joining()))
        .toList();
  }

  private static Optional<String> merge(String base, String local, String remote) {
    return TextMerge.merge(base, local, remote, Detail.LINES);
  }

  private static Optional<String> words(String base, String local, String remote) {
    Optional<String> merged = TextMerge.merge(base, local, remote, Detail.WORDS);

    assertThat(TextMerge.merge(base, remote, local, Detail.WORDS)).isEqualTo(merged);
    return merged;
  }

  static Stream<Map<String, String>> mergeVectors() throws IOException {
    return vectors("/vectors/text-merge.json");
  }

  static Stream<Map<String, String>> overlapVectors() throws IOException {
    return vectors("/vectors/text-overlap.json");
  }

  private static Stream<Map<String, String>> vectors(String resource) throws IOException {
    List<Map<String, String>> vectors = new ArrayList<>();
    try (InputStream file = TextMergeTest.class.getResourceAsStream(resource);
        JsonParser parser = new JsonFactory().createParser(Objects.requireNonNull(file))) {
      Map<String, String> vector = new HashMap<>();
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.VALUE_STRING) {
          vector.put(parser.currentName(), parser.getText());
        } else if (token == JsonToken.END_OBJECT) {
          vectors.add(Map.copyOf(vector));
          vector.clear();
        }
      }
    }
    return vectors.stream();
  }
}
