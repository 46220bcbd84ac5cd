package dev.landfall.engine.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.engine.text.ReferenceMerge.Change;
import dev.landfall.engine.text.TextMerge.Detail;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/**
 * The laws of {@link TextMerge}, for any three texts.
 *
 * <p>Two oracles. With unique lines an edit has one shortest script, so two generated scripts that
 * leave a line between them must merge to exactly the application of both. With repeated lines the
 * texts do not tell which script was meant, so a merge may fall through; if it does not, the result
 * must be what the textbook merge makes of <em>every</em> pair of shortest scripts, or, where both
 * sides made the same change and it counts once, of both sides read in the same way.
 */
class TextMergeLawsTest {

  private static final int TRIES = 50_000;

  /** Kept lines and then a change by one side or, equally, both. */
  record Segment(List<String> kept, List<String> deleted, List<String> inserted, By by) {}

  enum By {
    LOCAL,
    REMOTE,
    BOTH
  }

  record Edits(String base, String local, String remote, String both) {}

  record Triple(String base, String local, String remote) {}

  @Property(tries = TRIES)
  void editsOfDifferentLinesMergeToExactlyBoth(@ForAll("editsOfUniqueLines") Edits edits) {
    assertThat(merge(edits.base(), edits.local(), edits.remote())).contains(edits.both());
  }

  @Property(tries = TRIES)
  void editsOfRepeatedLinesMergeToWhatAnyReadingOfThemGivesOrNotAtAll(
      @ForAll("editsOfThreeLines") Edits edits) {
    requireSoundness(edits.base(), edits.local(), edits.remote());
  }

  @Property(tries = TRIES)
  void anyTextsMergeToWhatAnyReadingOfThemGivesOrNotAtAll(@ForAll("triples") Triple texts) {
    requireSoundness(texts.base(), texts.local(), texts.remote());
  }

  @Test
  void allShortTextsMergeToWhatAnyReadingOfThemGivesOrNotAtAll() {
    int merged = 0;
    for (List<String> texts : List.of(allTexts(List.of("a", "b"), 4), allTexts(ABC, 3))) {
      for (String base : texts) {
        for (String local : texts) {
          for (String remote : texts) {
            merged += requireSoundness(base, local, remote) ? 1 : 0;
          }
        }
      }
    }

    assertThat(merged).isGreaterThan(1_000);
  }

  @Property(tries = TRIES)
  void theMergeDoesNotDependOnTheSide(@ForAll("triples") Triple texts) {
    requireSymmetry(texts.base(), texts.local(), texts.remote());
  }

  @Property(tries = TRIES)
  void theMergeOfEditsDoesNotDependOnTheSide(@ForAll("editsOfThreeLines") Edits edits) {
    requireSymmetry(edits.base(), edits.local(), edits.remote());
  }

  @Property(tries = TRIES)
  void mergingTheResultAgainChangesNothing(@ForAll("triples") Triple texts) {
    requireStability(texts.base(), texts.local(), texts.remote());
  }

  @Property(tries = TRIES)
  void mergingTheResultOfEditsAgainChangesNothing(@ForAll("editsOfThreeLines") Edits edits) {
    requireStability(edits.base(), edits.local(), edits.remote());
  }

  @Property(tries = TRIES)
  void anExistingClientIsSaidToTakeWhatItTakes(@ForAll("triples") Triple texts) {
    boolean takes =
        ReferenceMerge.existingClient(texts.base(), texts.local(), texts.remote())
            .orElse(texts.remote())
            .equals(texts.remote());

    if (ExistingClient.takes(texts.base(), texts.local(), texts.remote())) {
      assertThat(takes).isTrue();
    }
  }

  @Property(tries = TRIES)
  void mergingByWordsHoldsToTheSameLaws(@ForAll("phrases") Triple texts) {
    Optional<String> result = words(texts.base(), texts.local(), texts.remote());

    assertThat(words(texts.base(), texts.remote(), texts.local())).isEqualTo(result);
    if (result.isPresent()) {
      String merged = result.get();
      assertThat(words(texts.base(), texts.local(), merged).orElse(merged)).isEqualTo(merged);
      assertThat(words(texts.base(), texts.remote(), merged).orElse(merged)).isEqualTo(merged);
      assertThat(wordsOf(texts.local() + " " + texts.remote())).containsAll(wordsOf(merged));
      Set<String> kept = new TreeSet<>(wordsOf(texts.local()));
      kept.removeAll(wordsOf(texts.base()));
      assertThat(wordsOf(merged)).containsAll(kept);
    }
  }

  /** Each line is written in a way of its own, and each side writes them in another way. */
  @Property(tries = TRIES)
  void theWritingOfLinesMakesNoDifferenceToWhatTheyMergeTo(
      @ForAll("editsOfUniqueLines") Edits edits,
      @ForAll("writings") List<String> writings,
      @ForAll By by) {
    String local = by == By.REMOTE ? edits.local() : written(edits.local(), writings);
    String remote = by == By.LOCAL ? edits.remote() : written(edits.remote(), writings);

    Assume.that(!edits.base().isEmpty() && !local.isEmpty() && !remote.isEmpty());

    Optional<String> merged = words(edits.base(), local, remote);

    assertThat(merged.map(text -> text.replaceAll("(?md)[ \t\r]+$", ""))).contains(edits.both());
  }

  @Provide
  Arbitrary<List<String>> writings() {
    return Arbitraries.of("", " ", "\t", "\r", "  ").list().ofSize(7);
  }

  private static String written(String text, List<String> writings) {
    StringBuilder written = new StringBuilder();
    int line = 0;
    for (char character : text.toCharArray()) {
      written.append(character == '\n' ? writings.get(line++ % writings.size()) : "");
      written.append(character);
    }
    return written.toString();
  }

  private static Optional<String> words(String base, String local, String remote) {
    return TextMerge.merge(base, local, remote, Detail.WORDS);
  }

  private static List<String> wordsOf(String text) {
    return Stream.of(text.split("\\s+")).filter(word -> !word.isEmpty()).toList();
  }

  /** Lines of up to four words that occur again and again. */
  @Provide
  Arbitrary<Triple> phrases() {
    Arbitrary<String> line =
        Arbitraries.of("a", "b", "c", "d")
            .list()
            .ofMaxSize(4)
            .map(words -> String.join(" ", words));
    Arbitrary<String> text = line.list().ofMaxSize(4).map(lines -> String.join("\n", lines));
    return Combinators.combine(text, text, text).as(Triple::new);
  }

  @Property(tries = TRIES)
  void aSideWithoutAnEditYieldsTheOther(@ForAll("triples") Triple texts) {
    String base = texts.base();
    String edited = texts.local();

    assertThat(merge(base, base, edited)).contains(edited);
    assertThat(merge(base, edited, base)).contains(edited);
    assertThat(merge(base, edited, edited)).contains(edited);
  }

  @Property(tries = TRIES)
  void aClearedTextIsNeverMergedWithAnEdit(@ForAll("triples") Triple texts) {
    String base = texts.base() + "milk";
    String edited = texts.local() + "eggs";

    assertThat(merge(base, "", edited)).isEmpty();
    assertThat(merge("", base, edited)).isEmpty();
  }

  private static void requireSymmetry(String base, String local, String remote) {
    assertThat(merge(base, local, remote)).isEqualTo(merge(base, remote, local));
  }

  private static void requireStability(String base, String local, String remote) {
    Optional<String> result = merge(base, local, remote);

    if (result.isPresent()) {
      String merged = result.get();
      for (String side : List.of(local, remote)) {
        assertThat(merge(base, side, merged).orElse(merged)).isEqualTo(merged);
        assertThat(ReferenceMerge.existingClient(base, side, merged).orElse(merged))
            .isEqualTo(merged);
      }
    }
  }

  private static Optional<String> merge(String base, String local, String remote) {
    return TextMerge.merge(base, local, remote, Detail.LINES);
  }

  /** Returns whether two edits were merged. */
  private static boolean requireSoundness(String base, String local, String remote) {
    Optional<String> result = merge(base, local, remote);
    if (result.isEmpty() || local.equals(remote) || local.equals(base) || remote.equals(base)) {
      return false;
    }
    List<String> b = ReferenceMerge.lines(base);
    List<String> l = ReferenceMerge.lines(local);
    List<String> r = ReferenceMerge.lines(remote);
    List<String> m = ReferenceMerge.lines(result.get());

    for (boolean insertionsFirst : List.of(true, false)) {
      List<Change> localChanges = ReferenceMerge.script(b, l, insertionsFirst);
      List<Change> remoteChanges = ReferenceMerge.script(b, r, insertionsFirst);
      assertThat(ReferenceMerge.apply(b, localChanges, remoteChanges)).contains(m);
    }
    boolean nothingShared =
        ReferenceMerge.distance(b, m)
            == ReferenceMerge.distance(b, l) + ReferenceMerge.distance(b, r);
    if (nothingShared) {
      for (List<Change> localChanges : ReferenceMerge.scripts(b, l)) {
        for (List<Change> remoteChanges : ReferenceMerge.scripts(b, r)) {
          assertThat(ReferenceMerge.apply(b, localChanges, remoteChanges)).contains(m);
        }
      }
    }
    boolean newline = result.get().endsWith("\n");
    if (!result.get().isEmpty()) {
      assertThat(List.of(local.endsWith("\n"), remote.endsWith("\n"))).contains(newline);
    }
    return true;
  }

  private static final List<String> ABC = List.of("a", "b", "c");

  private static List<String> allTexts(List<String> alphabet, int longest) {
    List<String> texts = new ArrayList<>(List.of(""));
    List<String> last = texts;
    for (int length = 1; length <= longest; length++) {
      List<String> next = new ArrayList<>();
      for (String text : last) {
        alphabet.forEach(line -> next.add(text + line + "\n"));
      }
      texts.addAll(next);
      last = next;
    }
    return texts;
  }

  @Provide
  Arbitrary<Triple> triples() {
    Arbitrary<String> line = Arbitraries.of("a", "b", "");
    Arbitrary<String> text =
        Combinators.combine(line.list().ofMaxSize(7), Arbitraries.of("", "\n"))
            .as((lines, end) -> String.join("\n", lines) + end);
    return Combinators.combine(text, text, text).as(Triple::new);
  }

  @Provide
  Arbitrary<Edits> editsOfThreeLines() {
    return segments().map(segments -> edits(segments, false));
  }

  @Provide
  Arbitrary<Edits> editsOfUniqueLines() {
    return segments().map(segments -> edits(segments, true));
  }

  private static Arbitrary<List<Segment>> segments() {
    Arbitrary<String> line = Arbitraries.of(ABC);
    return Combinators.combine(
            line.list().ofMinSize(1).ofMaxSize(4),
            line.list().ofMaxSize(2),
            line.list().ofMaxSize(2),
            Arbitraries.of(By.class))
        .as(Segment::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(5);
  }

  /** Every change has a kept line before it, but for the first change of every other text. */
  private static Edits edits(List<Segment> segments, boolean unique) {
    List<String> base = new ArrayList<>();
    List<String> local = new ArrayList<>();
    List<String> remote = new ArrayList<>();
    List<String> both = new ArrayList<>();
    boolean startsWithAChange = segments.size() > 1 && segments.get(0).kept().size() % 2 == 0;
    int number = 0;
    for (Segment segment : segments) {
      boolean first = number == 0;
      for (String line : first && startsWithAChange ? List.<String>of() : segment.kept()) {
        String kept = unique ? line + number : line;
        number++;
        List.of(base, local, remote, both).forEach(text -> text.add(kept));
      }
      for (String line : segment.deleted()) {
        String deleted = unique ? line + number : line;
        number++;
        base.add(deleted);
        if (segment.by() == By.LOCAL) {
          remote.add(deleted);
        } else if (segment.by() == By.REMOTE) {
          local.add(deleted);
        }
      }
      for (String line : segment.inserted()) {
        String inserted = unique ? line + number : line;
        number++;
        both.add(inserted);
        if (segment.by() != By.LOCAL) {
          remote.add(inserted);
        }
        if (segment.by() != By.REMOTE) {
          local.add(inserted);
        }
      }
    }
    String end = segments.size() % 2 == 0 ? "\n" : "";
    return new Edits(text(base, end), text(local, end), text(remote, end), text(both, end));
  }

  private static String text(List<String> lines, String end) {
    return lines.isEmpty() ? "" : String.join("\n", lines) + end;
  }
}
