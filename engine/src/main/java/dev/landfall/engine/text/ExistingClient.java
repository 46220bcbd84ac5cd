package dev.landfall.engine.text;

import dev.landfall.engine.text.LineDiff.Hunk;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The line merge of an existing client, which merges the server's answer with its own edit again.
 *
 * <p>Its edit scripts come from a table of longest common subsequences ({@link LineDiff#script}).
 * Changes that share a line of the base, equal ones included, and insertions at one place are a
 * conflict to it; all others it applies one after the other from the end of the base, its own first
 * where two begin at one line. The last {@code \n} stays if one of the texts has it. To an existing
 * client a carriage return is content.
 */
final class ExistingClient {

  private ExistingClient() {}

  /**
   * Whether an existing client that made {@code own} of {@code base} has {@code merged} in the end:
   * its merge gives the same, or a conflict, in which the later clock wins, which is that of the
   * merged text. False if that cannot be told within the bounds of {@link LineDiff}.
   */
  static boolean takes(String base, String own, String merged) {
    if (own.equals(merged) || own.equals(base)) {
      return true;
    }
    if (merged.equals(base)) {
      return false;
    }
    Lines lines = new Lines();
    int[] baseLines = lines.of(base);
    int[] mergedLines = lines.of(merged);
    Optional<List<Hunk>> edit = script(baseLines, lines.of(own));
    Optional<List<Hunk>> news = edit.flatMap(found -> script(baseLines, mergedLines));
    if (news.isEmpty()) {
      return false;
    }
    if (conflict(edit.get(), news.get())) {
      return true;
    }
    boolean newline =
        Lines.endInNewline(base) || Lines.endInNewline(own) || Lines.endInNewline(merged);
    return newline == Lines.endInNewline(merged)
        && applied(baseLines, lines.of(own), edit.get(), mergedLines, news.get())
            .filter(again -> Arrays.equals(again, mergedLines))
            .isPresent();
  }

  /** Without a common line but for those at the end, there is one script however long it is. */
  private static Optional<List<Hunk>> script(int[] base, int[] edited) {
    int end = base.length;
    int editedEnd = edited.length;
    while (end > 0 && editedEnd > 0 && base[end - 1] == edited[editedEnd - 1]) {
      end--;
      editedEnd--;
    }
    int[] sorted = Arrays.copyOf(base, end);
    Arrays.sort(sorted);
    if (Arrays.stream(edited, 0, editedEnd)
        .noneMatch(line -> Arrays.binarySearch(sorted, line) >= 0)) {
      return Optional.of(
          end == 0 && editedEnd == 0 ? List.of() : List.of(new Hunk(0, end, 0, editedEnd)));
    }
    LineDiff diff = new LineDiff(base, edited);
    return diff.found() ? Optional.of(diff.script()) : Optional.empty();
  }

  /** Both lists are in the order of the base. */
  private static boolean conflict(List<Hunk> own, List<Hunk> news) {
    int i = 0;
    int j = 0;
    while (i < own.size() && j < news.size()) {
      Hunk a = own.get(i);
      Hunk b = news.get(j);
      if ((a.isInsertion() && b.isInsertion())
          ? a.baseFrom() == b.baseFrom()
          : a.baseFrom() < b.baseTo() && b.baseFrom() < a.baseTo()) {
        return true;
      }
      boolean aFirst =
          a.baseTo() < b.baseTo() || (a.baseTo() == b.baseTo() && a.baseFrom() < b.baseFrom());
      i += aFirst ? 1 : 0;
      j += aFirst ? 0 : 1;
    }
    return false;
  }

  /**
   * Both scripts applied; empty if the client inserted where the news begin to replace: it would
   * replace its own insertion.
   */
  private static Optional<int[]> applied(
      int[] base, int[] own, List<Hunk> edit, int[] merged, List<Hunk> news) {
    IntStream.Builder applied = IntStream.builder();
    int kept = 0;
    int i = 0;
    int j = 0;
    while (i < edit.size() || j < news.size()) {
      Hunk a = i < edit.size() ? edit.get(i) : Hunk.END;
      Hunk b = j < news.size() ? news.get(j) : Hunk.END;
      if (a.baseFrom() == b.baseFrom() && a.isInsertion()) {
        return Optional.empty();
      }
      boolean aFirst = a.isBefore(b);
      Hunk next = aFirst ? a : b;
      Arrays.stream(base, kept, next.baseFrom()).forEach(applied);
      Arrays.stream(aFirst ? own : merged, next.from(), next.to()).forEach(applied);
      kept = next.baseTo();
      i += aFirst ? 1 : 0;
      j += aFirst ? 0 : 1;
    }
    Arrays.stream(base, kept, base.length).forEach(applied);
    return Optional.of(applied.build().toArray());
  }
}
