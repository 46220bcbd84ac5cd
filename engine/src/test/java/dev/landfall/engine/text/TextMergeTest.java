package dev.landfall.engine.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    assertThat(TextMerge.merge(base, local, remote)).contains(vector.get("merged"));
    assertThat(TextMerge.merge(base, remote, local)).contains(vector.get("merged"));
  }

  @ParameterizedTest
  @MethodSource("overlapVectors")
  void everyVectorOfOverlappingEditsFallsThrough(Map<String, String> vector) {
    String base = vector.get("base");
    String local = vector.get("local");
    String remote = vector.get("remote");

    assertThat(TextMerge.merge(base, local, remote)).isEmpty();
    assertThat(TextMerge.merge(base, remote, local)).isEmpty();
  }

  @Test
  void theVectorsAreAllThere() throws IOException {
    assertThat(mergeVectors()).hasSize(120);
    assertThat(overlapVectors()).hasSize(30);
  }

  @Test
  void bothSidesEditsOfDifferentLinesAreKept() {
    assertThat(
            TextMerge.merge(
                LIST, "milk 2 l\neggs\nbread\nrice\n", "milk\neggs\nbread\nrice\ntea\n"))
        .contains("milk 2 l\neggs\nbread\nrice\ntea\n");
  }

  @Test
  void twoDifferentInsertionsAtOnePlaceFallThrough() {
    assertThat(
            TextMerge.merge(
                LIST, "milk\ntea\neggs\nbread\nrice\n", "milk\noil\neggs\nbread\nrice\n"))
        .isEmpty();
  }

  @Test
  void anInsertionNextToAReplacementFallsThrough() {
    String tea = "milk\ntea\neggs\nbread\nrice\n";

    assertThat(TextMerge.merge(LIST, tea, "milk\nsix eggs\nbread\nrice\n")).isEmpty();
    assertThat(TextMerge.merge(LIST, tea, "2 l milk\neggs\nbread\nrice\n")).isEmpty();
  }

  @Test
  void replacementsOfNeighbouringLinesFallThrough() {
    assertThat(
            TextMerge.merge(LIST, "2 l milk\neggs\nbread\nrice\n", "milk\nsix eggs\nbread\nrice\n"))
        .isEmpty();
  }

  @Test
  void theSameChangeOnBothSidesCountsOnce() {
    assertThat(TextMerge.merge(LIST, "milk\ntea\neggs\nbread\n", "milk\ntea\neggs\nbread\nrice\n"))
        .contains("milk\ntea\neggs\nbread\n");
    assertThat(
            TextMerge.merge(
                "milk\neggs\nbread\nrice\nsalt\nfigs\n",
                "oat milk\neggs\nbread\nrice\nsalt\nplum\n",
                "oat milk\neggs\nwhite bread\nrice\nsalt\nfigs\n"))
        .contains("oat milk\neggs\nwhite bread\nrice\nsalt\nplum\n");
  }

  @Test
  void aDeletionThatMayHaveHitTheEditedLineFallsThrough() {
    String base = "soup\nsalt\nsalt\nsalt\nrice\n";

    assertThat(
            TextMerge.merge(base, "soup\nsalt\nsalt\nrice\n", "soup\nsalt\nsalt\nsea salt\nrice\n"))
        .isEmpty();
    assertThat(
            TextMerge.merge(base, "soup\nsalt\nsalt\nrice\n", "soup\nsea salt\nsalt\nsalt\nrice\n"))
        .isEmpty();
  }

  @Test
  void aClearedTextAgainstAnEditFallsThrough() {
    assertThat(TextMerge.merge(LIST, "", LIST + "tea\n")).isEmpty();
    assertThat(TextMerge.merge(LIST, "milk\n", "")).isEmpty();
    assertThat(TextMerge.merge("\nmilk\neggs", "", "tea\n\nmilk\neggs")).isEmpty();
    assertThat(TextMerge.merge(LIST, "", LIST)).contains("");
  }

  @Test
  void twoTextsBegunAtOnceFallThrough() {
    assertThat(TextMerge.merge("", "milk\n", "\nmilk")).isEmpty();
  }

  @Test
  void anEmptyLineThatBothSidesKeptStays() {
    assertThat(TextMerge.merge("milk\n\neggs\n", "\neggs\n", "milk\n\n")).contains("\n");
  }

  @Test
  void anEmptyLineAtTheEndOfATextThatLosesItsLastNewlineFallsThrough() {
    assertThat(TextMerge.merge("milk\n", "milk\n\n", "tea\nmilk")).isEmpty();
  }

  @Test
  void theLastNewlineFollowsTheSideThatChangedIt() {
    assertThat(TextMerge.merge("milk\neggs\nrice", "tea\neggs\nrice", "milk\neggs\nrice\n"))
        .contains("tea\neggs\nrice\n");
    assertThat(TextMerge.merge(LIST, "tea\neggs\nbread\nrice\n", "milk\neggs\nbread\nsalt"))
        .contains("tea\neggs\nbread\nsalt");
  }

  @Test
  void theRemovalOfTheLastNewlineAloneFallsThrough() {
    assertThat(TextMerge.merge(LIST, "tea\neggs\nbread\nrice\n", "milk\neggs\nbread\nrice"))
        .isEmpty();
  }

  @Test
  void aCarriageReturnIsContent() {
    String base = "milk\r\neggs\r\nbread\r\nrice\r\n";

    assertThat(
            TextMerge.merge(
                base, "oat milk\r\neggs\r\nbread\r\nrice\r\n", "milk\r\neggs\r\nbread\r\nrice\n"))
        .contains("oat milk\r\neggs\r\nbread\r\nrice\n");
    assertThat(TextMerge.merge("milk\reggs\rrice", "tea\reggs\rrice", "milk\reggs\rtea")).isEmpty();
  }

  @Test
  void linesOfOneHashCodeAreToldApart() {
    List<String> lines = linesOfOneHashCode(12);
    String base = String.join("\n", lines);
    String local = base.replaceFirst(lines.get(3), "tea");
    String remote = base.replaceFirst(lines.get(4_000), lines.get(1) + lines.get(2));

    assertThat(lines).extracting(String::hashCode).containsOnly(lines.get(0).hashCode());
    assertThat(TextMerge.merge(base, local, remote))
        .contains(local.replaceFirst(lines.get(4_000), lines.get(1) + lines.get(2)));
  }

  @Test
  void theLargestTextMerges() {
    String base = numbered(Lines.MAX_COUNT, "x".repeat(50));
    String local = base.replaceFirst("x\n", "tea\n");
    String remote = base.substring(0, base.length() - 2) + "a\n";

    assertThat(TextMerge.merge(base, local, remote))
        .contains(local.substring(0, local.length() - 2) + "a\n");
  }

  @Test
  void oneLineOrOneCharacterMoreThanTheLargestFallsThrough() {
    String tooManyLines = numbered(Lines.MAX_COUNT + 1, "");
    String tooLong = LIST + "x".repeat(Lines.MAX_LENGTH + 1 - LIST.length());

    assertThat(TextMerge.merge(tooManyLines, "a" + tooManyLines, tooManyLines + "z")).isEmpty();
    assertThat(TextMerge.merge(tooLong, "a" + tooLong, tooLong + "z")).isEmpty();
    assertThat(TextMerge.merge(LIST, "a" + LIST, tooLong)).isEmpty();
    assertThat(TextMerge.merge(tooLong, tooLong, tooLong + "z")).contains(tooLong + "z");
  }

  @Test
  void aResultTooLargeToBeMergedAgainFallsThrough() {
    String base = numbered(Lines.MAX_COUNT - 1, "");

    assertThat(TextMerge.merge(base, "tea\n" + base, base + "oil\n")).isEmpty();
    assertThat(TextMerge.merge(base, "tea\n" + base, base.replaceFirst("9\n", "oil\n")))
        .isPresent();
  }

  @Test
  void aResultLongerThanTheLargestTextFallsThrough() {
    String base = numbered(100, "x".repeat(5_000));
    String half = "y".repeat((Lines.MAX_LENGTH - base.length()) / 2 - 1);

    assertThat(TextMerge.merge(base, half + "\n" + base, base + half + "\n")).isPresent();
    assertThat(TextMerge.merge(base, half + "\n" + base, base + half + "yyy\n")).isEmpty();
  }

  @Test
  void eightThousandDifferentLinesOnEitherSideFallThrough() {
    String base = numbered(8_000, "");
    String local = numbered(8_000, "L");
    String remote = numbered(8_000, "R");

    assertThat(TextMerge.merge(base, local, remote)).isEmpty();
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
