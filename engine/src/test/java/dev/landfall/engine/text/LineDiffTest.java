package dev.landfall.engine.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.engine.text.LineDiff.Hunk;
import dev.landfall.store.tck.FreshSeed;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class LineDiffTest {

  private static final int MOST_STEPS = LineDiff.MAX_STEPS + Lines.MAX_COUNT + 1;

  @Test
  void anInsertionAmongEqualLinesIsAHunkOverAllItsPlaces() {
    LineDiff diff = new LineDiff(new int[] {1, 7, 7, 2}, new int[] {1, 7, 7, 7, 2});

    assertThat(diff.hunks()).containsExactly(new Hunk(1, 3, 1, 4));
  }

  @Test
  void aDeletionThatCanSlideOverAPatternIsAHunkOverThePattern() {
    LineDiff diff = new LineDiff(new int[] {1, 7, 8, 7, 8, 2}, new int[] {1, 7, 8, 2});

    assertThat(diff.hunks()).containsExactly(new Hunk(1, 5, 1, 3));
  }

  @Test
  void aHunkSlidesIntoACommonPrefixAndSuffix() {
    LineDiff prefix = new LineDiff(new int[] {7, 7, 1}, new int[] {7, 7, 7, 1});
    LineDiff suffix = new LineDiff(new int[] {1, 7, 7}, new int[] {1, 7});

    assertThat(prefix.hunks()).containsExactly(new Hunk(0, 2, 0, 3));
    assertThat(suffix.hunks()).containsExactly(new Hunk(1, 3, 1, 2));
  }

  @Test
  void uniqueLinesGiveTheBareChanges() {
    LineDiff diff = new LineDiff(new int[] {1, 2, 3, 4, 5}, new int[] {9, 1, 2, 8, 4});

    assertThat(diff.hunks())
        .containsExactly(new Hunk(0, 0, 0, 1), new Hunk(2, 3, 3, 4), new Hunk(4, 5, 5, 5));
  }

  @Test
  void equalListsHaveNoHunk() {
    assertThat(new LineDiff(new int[] {1, 1, 1}, new int[] {1, 1, 1}).hunks()).isEmpty();
    assertThat(new LineDiff(new int[0], new int[0]).hunks()).isEmpty();
  }

  @Test
  void entirelyDifferentListsAreGivenUpAtTheCapOnEdits() {
    LineDiff diff =
        new LineDiff(IntStream.range(0, 8_000).toArray(), IntStream.range(8_000, 16_000).toArray());

    assertThat(diff.found()).isFalse();
    assertThat(diff.hunks()).isEmpty();
    assertThat(diff.steps()).isLessThan((LineDiff.MAX_EDITS + 2) * (LineDiff.MAX_EDITS + 2) / 2);
  }

  @Test
  void asManyEditsAsTheCapAreFoundAndOneMoreIsNot() {
    int[] none = {};

    assertThat(new LineDiff(none, new int[LineDiff.MAX_EDITS]).found()).isTrue();
    assertThat(new LineDiff(none, new int[LineDiff.MAX_EDITS + 1]).found()).isFalse();
  }

  @Test
  void longListsOfFewDifferentLinesAreGivenUpAtTheCapOnSteps() {
    Random random = new Random(FreshSeed.of(LineDiffTest.class));
    int[] base = random.ints(Lines.MAX_COUNT, 0, 2).toArray();
    int[] edited = random.ints(Lines.MAX_COUNT, 0, 2).toArray();

    LineDiff diff = new LineDiff(base, edited);

    assertThat(diff.found()).isFalse();
    assertThat(diff.steps()).isBetween(LineDiff.MAX_STEPS, MOST_STEPS);
  }

  @Property(tries = 200)
  void noTextsCostMoreThanTheCap(
      @ForAll("longLists") int[] base, @ForAll("longLists") int[] edited) {
    assertThat(new LineDiff(base, edited).steps()).isLessThanOrEqualTo(MOST_STEPS);
  }

  @Provide
  Arbitrary<int[]> longLists() {
    return Arbitraries.randoms().map(LineDiffTest::longList);
  }

  /** As long as can be: of one to 512 different lines, with or without a pattern. */
  private static int[] longList(Random random) {
    int alphabet = 1 << random.nextInt(10);
    int period = 1 + random.nextInt(100);
    boolean pattern = random.nextBoolean();
    int[] lines = random.ints(Lines.MAX_COUNT, 0, alphabet).toArray();
    for (int i = period; pattern && i < lines.length; i++) {
      lines[i] = random.nextInt(500) == 0 ? lines[i] : lines[i - period];
    }
    return lines;
  }
}
