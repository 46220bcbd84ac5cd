package dev.landfall.engine.text;

import dev.landfall.engine.text.LineDiff.Hunk;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The three-way line merge of two concurrent edits of one text.
 *
 * <p>It merges only what can be read in one way. A hunk reaches over all the places it could slide
 * to among repeated lines ({@link LineDiff}), and hunks of the two sides must either be identical
 * (they count once) or have at least one line between them that both sides kept. So neither the
 * choice of a diff nor the order of the hunks can matter; the result has every line both sides kept
 * or one side added, and no other.
 *
 * <p>What holds for every {@code base}, {@code a} and {@code b}:
 *
 * <ul>
 *   <li>{@code merge(base, a, b)} equals {@code merge(base, b, a)};
 *   <li>an unchanged side yields the other, {@code merge(base, a, a)} yields {@code a}; whatever
 *       the size;
 *   <li>if the result is {@code m}, then {@code merge(base, a, m)} and {@code merge(base, b, m)}
 *       are {@code m} too. The same is so for any merge by longest common subsequences that settles
 *       ties by the lines before and after alone, as existing clients do, which merge the answer
 *       again: theirs is {@code m} or a conflict. (A shortest script of {@code base} to {@code m}
 *       is one of each side put together; where the lines between kept ones are the same, so is the
 *       tie.)
 * </ul>
 *
 * <p>Cost: texts of at most {@value Lines#MAX_LENGTH} {@code char}s and {@value Lines#MAX_COUNT}
 * lines, the result included, and three diffs, each of at most {@value LineDiff#MAX_EDITS} inserted
 * and deleted lines and {@value LineDiff#MAX_STEPS} steps; beyond these there is no merge. That is
 * below 30 ms of one processor and 16 MiB in the worst cases known (18 ms and 13 MiB, once
 * compiled), lines of equal hash codes included.
 */
public final class TextMerge {

  private static final Hunk END =
      new Hunk(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

  private TextMerge() {}

  /**
   * Merges the edits {@code local} and {@code remote} of {@code base}. Lines end at {@code \n}
   * only; whether the last line has one is merged by itself, and all else of a line, {@code \r}
   * included, is its content.
   *
   * @return the merged text; empty if the edits overlap, touch, or differ at one place, if their
   *     place among repeated lines is ambiguous, if one side cleared the text or both began it, if
   *     the removal of the last line's {@code \n} is all that one side did (an existing client
   *     would put it back), or if the texts are too large or too different
   */
  public static Optional<String> merge(String base, String local, String remote) {
    if (local.equals(remote) || remote.equals(base)) {
      return Optional.of(local);
    }
    if (local.equals(base)) {
      return Optional.of(remote);
    }
    if (!mergeable(base) || !mergeable(local) || !mergeable(remote)) {
      return Optional.empty();
    }
    boolean newline = mergedNewline(base, local, remote);
    Lines lines = new Lines();
    int[] baseLines = lines.of(base);
    LineDiff localEdit = new LineDiff(baseLines, lines.of(local));
    if (!localEdit.found()) {
      return Optional.empty();
    }
    LineDiff remoteEdit = new LineDiff(baseLines, lines.of(remote));
    if (!remoteEdit.found() || unfit(base, localEdit, remoteEdit, newline)) {
      return Optional.empty();
    }
    return combine(baseLines, localEdit, remoteEdit)
        .filter(merged -> remains(merged, baseLines, localEdit, remoteEdit))
        .flatMap(merged -> lines.text(merged, newline));
  }

  /** An empty text has no line that could tell where the other side's lines belong. */
  private static boolean mergeable(String text) {
    return !text.isEmpty()
        && text.length() <= Lines.MAX_LENGTH
        && Lines.count(text) <= Lines.MAX_COUNT;
  }

  /**
   * Existing clients keep the last newline of the base unless they see both sides' edits conflict.
   */
  private static boolean unfit(
      String base, LineDiff localEdit, LineDiff remoteEdit, boolean newline) {
    return Lines.endInNewline(base)
        && !newline
        && (localEdit.hunks().isEmpty() || remoteEdit.hunks().isEmpty());
  }

  /** Whether either side, merging the result again, comes to it again. */
  private static boolean remains(
      int[] merged, int[] base, LineDiff localEdit, LineDiff remoteEdit) {
    if (merged.length > Lines.MAX_COUNT) {
      return false;
    }
    LineDiff mergedEdit = new LineDiff(base, merged);
    return mergedEdit.found()
        && combine(base, localEdit, mergedEdit).filter(m -> Arrays.equals(m, merged)).isPresent()
        && combine(base, remoteEdit, mergedEdit).filter(m -> Arrays.equals(m, merged)).isPresent();
  }

  private static boolean mergedNewline(String base, String local, String remote) {
    return Lines.endInNewline(local) == Lines.endInNewline(base)
        ? Lines.endInNewline(remote)
        : Lines.endInNewline(local);
  }

  /** The base with the hunks of both edits, if no hunk meets another one of the other edit. */
  private static Optional<int[]> combine(int[] base, LineDiff one, LineDiff other) {
    IntStream.Builder merged = IntStream.builder();
    int kept = 0;
    int i = 0;
    int j = 0;
    while (i < one.hunks().size() || j < other.hunks().size()) {
      Hunk a = i < one.hunks().size() ? one.hunks().get(i) : END;
      Hunk b = j < other.hunks().size() ? other.hunks().get(j) : END;
      boolean aFirst = a.baseTo() < b.baseFrom();
      boolean bFirst = b.baseTo() < a.baseFrom();
      int[] lines = bFirst ? other.lines(b) : one.lines(a);
      if (!aFirst && !bFirst && !(samePlace(a, b) && Arrays.equals(lines, other.lines(b)))) {
        return Optional.empty();
      }
      Hunk next = bFirst ? b : a;
      Arrays.stream(base, kept, next.baseFrom()).forEach(merged);
      Arrays.stream(lines).forEach(merged);
      kept = next.baseTo();
      i += bFirst ? 0 : 1;
      j += aFirst ? 0 : 1;
    }
    Arrays.stream(base, kept, base.length).forEach(merged);
    return Optional.of(merged.build().toArray());
  }

  private static boolean samePlace(Hunk a, Hunk b) {
    return a.baseFrom() == b.baseFrom() && a.baseTo() == b.baseTo();
  }
}
