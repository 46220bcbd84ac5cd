package dev.landfall.engine.text;

import dev.landfall.engine.text.Combination.Insertions;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The three-way merge of two concurrent edits of one text: a line that one side changed is as that
 * side has it.
 *
 * <p>It merges only what can be read in one way. A change reaches over all the places it could
 * slide to among repeated lines ({@link LineDiff}), and no line may have been changed by both sides
 * unless they made the same change ({@link Combination}). So neither the choice of a diff nor the
 * side can matter; the result has every line both sides kept or one side added, and no other.
 *
 * <p>How lines are written is merged apart from what they say: whether they end at {@code \n} or
 * {@code \r\n} ({@link LineEnds}), white space at their ends and the Unicode normal form ({@link
 * Writing}). A side that changed only these has edited no line.
 *
 * <p>What holds for every {@code base}, {@code a} and {@code b}:
 *
 * <ul>
 *   <li>{@code merge(base, a, b)} equals {@code merge(base, b, a)};
 *   <li>an unchanged side yields the other, {@code merge(base, a, a)} yields {@code a}; whatever
 *       the size;
 *   <li>if the result is {@code m}, then {@code merge(base, a, m)} and {@code merge(base, b, m)}
 *       are {@code m} too, or there is no merge and the later clock wins, which is that of {@code
 *       m};
 *   <li>by {@link Detail#LINES} the same is so for existing clients, which merge the answer again
 *       ({@link ExistingClient}).
 * </ul>
 *
 * <p>Cost: texts of at most {@value Lines#MAX_LENGTH} {@code char}s and {@value Lines#MAX_COUNT}
 * lines, the result included, and at most seven diffs, each of at most {@value LineDiff#MAX_EDITS}
 * inserted and deleted lines and {@value LineDiff#MAX_STEPS} steps; beyond these there is no merge.
 * Lines that both sides changed are merged word by word up to {@value #MAX_WORDS_LENGTH} {@code
 * char}s in all.
 */
public final class TextMerge {

  /** The most that is merged word by word in one text, in {@code char}s of the longest side. */
  static final int MAX_WORDS_LENGTH = 1 << 15;

  /** How far a merge goes. */
  public enum Detail {
    /**
     * Whole lines. An insertion at whose place the other side made another change is no merge:
     * existing clients would merge it twice.
     */
    LINES,
    /**
     * Words inside of a line that both sides changed, too, and insertions stay beside any other
     * change. For texts that no existing client edits.
     */
    WORDS
  }

  private final String base;
  private final String local;
  private final String remote;
  private final Detail detail;
  private final LineEnds ends;

  private TextMerge(String base, String local, String remote, Detail detail) {
    this.ends = LineEnds.merged(base, local, remote);
    this.base = ends.removedFrom(base);
    this.local = ends.removedFrom(local);
    this.remote = ends.removedFrom(remote);
    this.detail = detail;
  }

  /**
   * Merges the edits {@code local} and {@code remote} of {@code base}. Whether the last line ends
   * in a line end is merged by itself.
   *
   * @return the merged text; empty if both edits changed a line (by {@link Detail#WORDS}: a word,
   *     or inserted words at one place), if their place among repeated lines is ambiguous, if one
   *     side cleared the text or both began it, if the texts are too large or too different, or, by
   *     {@link Detail#LINES}, if an existing client would not come to the same text
   */
  public static Optional<String> merge(String base, String local, String remote, Detail detail) {
    if (local.equals(remote) || remote.equals(base)) {
      return Optional.of(local);
    }
    if (local.equals(base)) {
      return Optional.of(remote);
    }
    if (!mergeable(base) || !mergeable(local) || !mergeable(remote)) {
      return Optional.empty();
    }
    return new TextMerge(base, local, remote, detail)
        .merge()
        .filter(merged -> merged.length() <= Lines.MAX_LENGTH)
        .filter(
            merged ->
                detail == Detail.WORDS
                    || (ExistingClient.takes(base, local, merged)
                        && ExistingClient.takes(base, remote, merged)));
  }

  /** An empty text has no line that could tell where the other side's lines belong. */
  private static boolean mergeable(String text) {
    return !text.isEmpty()
        && text.length() <= Lines.MAX_LENGTH
        && Lines.count(text) <= Lines.MAX_COUNT;
  }

  private Optional<String> merge() {
    Lines lines = new Lines();
    int[] from = lines.of(base);
    Edit ours = new Edit(lines, from, lines.of(local));
    if (!ours.diff.found()) {
      return Optional.empty();
    }
    Edit theirs = new Edit(lines, from, lines.of(remote));
    if (!theirs.diff.found()) {
      return Optional.empty();
    }
    return combine(lines, from, ours, theirs)
        .filter(merged -> remains(lines, from, ours, theirs, merged))
        .flatMap(merged -> lines.text(merged, mergedNewline()))
        .map(ends::addedTo);
  }

  private boolean mergedNewline() {
    return Lines.endInNewline(local) == Lines.endInNewline(base)
        ? Lines.endInNewline(remote)
        : Lines.endInNewline(local);
  }

  /** Whether either side, merging the result again, comes to it again or to nothing. */
  private boolean remains(Lines lines, int[] from, Edit ours, Edit theirs, int[] merged) {
    if (merged.length > Lines.MAX_COUNT) {
      return false;
    }
    Edit again = new Edit(lines, from, merged);
    return again.diff.found()
        && combine(lines, from, ours, again).filter(m -> !Arrays.equals(m, merged)).isEmpty()
        && combine(lines, from, theirs, again).filter(m -> !Arrays.equals(m, merged)).isEmpty();
  }

  private Optional<int[]> combine(Lines lines, int[] from, Edit one, Edit other) {
    Result result = new Result(lines, from, one.lines, other.lines, detail);
    boolean combined =
        Combination.combine(
            lines.wordings(from),
            one.diff,
            other.diff,
            detail == Detail.WORDS ? Insertions.KEPT : Insertions.REFUSED,
            result);
    return combined ? Optional.of(result.merged.build().toArray()) : Optional.empty();
  }

  /** The lines of one side, and how what they say differs from the base. */
  private static final class Edit {
    private final int[] lines;
    private final LineDiff diff;

    Edit(Lines all, int[] base, int[] lines) {
      this.lines = lines;
      this.diff = new LineDiff(all.wordings(base), all.wordings(lines));
    }
  }

  /** The merged lines. */
  private static final class Result implements Combination.Output {
    private final Lines lines;
    private final int[] base;
    private final int[] one;
    private final int[] other;
    private final Detail detail;
    private final IntStream.Builder merged = IntStream.builder();
    private int wordsLength;

    Result(Lines lines, int[] base, int[] one, int[] other, Detail detail) {
      this.lines = lines;
      this.base = base;
      this.one = one;
      this.other = other;
      this.detail = detail;
    }

    @Override
    public void kept(int x, int ofOne, int ofOther) {
      merged.add(lines.rewritten(base[x], one[ofOne], other[ofOther]));
    }

    @Override
    public void taken(boolean fromOne, int from, int to) {
      Arrays.stream(fromOne ? one : other, from, to).forEach(merged);
    }

    @Override
    public void both(int ofOne, int ofOther) {
      merged.add(lines.written(one[ofOne], other[ofOther]));
    }

    @Override
    public boolean changedByBoth(int x, int ofOne, int ofOther) {
      String from = lines.line(base[x]);
      String ours = lines.line(one[ofOne]);
      String theirs = lines.line(other[ofOther]);
      wordsLength += Math.max(from.length(), Math.max(ours.length(), theirs.length()));
      if (detail == Detail.LINES || wordsLength > MAX_WORDS_LENGTH) {
        return false;
      }
      Optional<String> line = WordMerge.merge(from, ours, theirs);
      line.ifPresent(merge -> merged.add(lines.number(merge)));
      return line.isPresent();
    }

    @Override
    public boolean isLess(int oneFrom, int oneTo, int otherFrom, int otherTo) {
      return Arrays.compare(
              text(one, oneFrom, oneTo), text(other, otherFrom, otherTo), String::compareTo)
          < 0;
    }

    private String[] text(int[] numbered, int from, int to) {
      return Arrays.stream(numbered, from, to).mapToObj(lines::line).toArray(String[]::new);
    }
  }
}
