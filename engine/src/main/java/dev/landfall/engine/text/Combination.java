package dev.landfall.engine.text;

import dev.landfall.engine.text.LineDiff.Hunk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What two edits of one list make of it together: each line of the base that one side alone changed
 * is as that side has it.
 *
 * <p>A hunk is the lines of the base it replaces and what stands in their place. If it replaces as
 * many lines by as many others and has none in common with them, it is read as one change for each
 * line, so two sides may tick neighbouring items, or one of them the same item as the other.
 *
 * <p>Two changes of the same lines that are equal count once. An insertion has a place between two
 * lines but touches none. If the other side changed one of these two, or inserted there too, there
 * is no combination, nor if a change can be read as such an insertion because it slides; unless
 * {@link Insertions#KEPT} is asked for: then it stands before the line that follows its place and
 * after the one before, and of two insertions at one place the lesser is first, compared line by
 * line. What already stands there on the other side is not inserted again.
 */
final class Combination {

  /** What becomes of an insertion at whose place the other side made a change too. */
  enum Insertions {
    REFUSED,
    KEPT
  }

  private final int[] base;
  private final Side one;
  private final Side other;
  private final Insertions insertions;
  private final Output output;

  /** Where the parts of the combination go, in their order. */
  interface Output {
    /** A line that both sides kept. */
    void kept(int base, int one, int other);

    /** Lines that one side put there. */
    void taken(boolean fromOne, int from, int to);

    /** A line that both sides put there in the same place. */
    void both(int one, int other);

    /** A line that both sides changed; false if it cannot be merged. */
    boolean changedByBoth(int base, int one, int other);

    /** Whether these lines of the one side are less than these of the other side. */
    boolean isLess(int oneFrom, int oneTo, int otherFrom, int otherTo);
  }

  /** The edit of one side, and how far it has been read. */
  private static final class Side {
    private final boolean isOne;
    private final LineDiff edit;
    private final List<Hunk> hunks;
    private int next;

    /** The index of a kept line on this side, less its index in the base. */
    private int offset;

    Side(boolean isOne, LineDiff edit, int[] base) {
      this.isOne = isOne;
      this.edit = edit;
      this.hunks = split(edit, base);
    }

    boolean hasNext() {
      return next < hunks.size();
    }

    Hunk hunk() {
      return hasNext() ? hunks.get(next) : Hunk.END;
    }

    void pass() {
      offset = hunk().to() - hunk().baseTo();
      next++;
    }
  }

  private Combination(
      int[] base, LineDiff one, LineDiff other, Insertions insertions, Output output) {
    this.base = base;
    this.one = new Side(true, one, base);
    this.other = new Side(false, other, base);
    this.insertions = insertions;
    this.output = output;
  }

  /** Whether there is a combination; only then is the output whole. */
  static boolean combine(
      int[] base, LineDiff one, LineDiff other, Insertions insertions, Output output) {
    return new Combination(base, one, other, insertions, output).combine();
  }

  private boolean combine() {
    int kept = 0;
    while (one.hasNext() || other.hasNext()) {
      Hunk a = one.hunk();
      Hunk b = other.hunk();
      Side first = b.isBefore(a) ? other : one;
      keep(kept, first.hunk().baseFrom());
      kept = first.hunk().baseTo();
      boolean combined = a.isAtPlaceOf(b) ? meet(a, b) : pass(first);
      if (!combined) {
        return false;
      }
    }
    keep(kept, base.length);
    return true;
  }

  private void keep(int from, int to) {
    for (int x = from; x < to; x++) {
      output.kept(x, x + one.offset, x + other.offset);
    }
  }

  /** The first of two hunks at different places goes to the output. */
  private boolean pass(Side side) {
    boolean fromOne = side.isOne;
    Hunk first = side.hunk();
    Side rest = fromOne ? other : one;
    Hunk second = rest.hunk();
    boolean touching = first.baseTo() == second.baseFrom();
    if (second.baseFrom() < first.baseTo()
        || (touching
            && insertions == Insertions.REFUSED
            && !(replaces(side, first) && replaces(rest, second)))) {
      return false;
    }
    if (!touching || !first.isInsertion() || !beginsWith(rest, second, side, first)) {
      output.taken(fromOne, first.from(), first.to());
    }
    side.pass();
    if (touching && second.isInsertion() && endsWith(side, first, rest, second)) {
      rest.pass();
    }
    return true;
  }

  /** Whether no shortest script keeps a line of it, so that it cannot be read as an insertion. */
  private boolean replaces(Side side, Hunk hunk) {
    return !hunk.isInsertion()
        && !haveCommon(
            Arrays.copyOfRange(base, hunk.baseFrom(), hunk.baseTo()), side.edit.lines(hunk));
  }

  private static boolean beginsWith(Side side, Hunk hunk, Side inserting, Hunk insertion) {
    return isAt(side.edit.lines(hunk), 0, inserting.edit.lines(insertion));
  }

  private static boolean endsWith(Side side, Hunk hunk, Side inserting, Hunk insertion) {
    int[] lines = side.edit.lines(hunk);
    int[] inserted = inserting.edit.lines(insertion);
    return isAt(lines, lines.length - inserted.length, inserted);
  }

  /** Both sides changed the same lines, or inserted at the same place. */
  private boolean meet(Hunk a, Hunk b) {
    int[] ours = one.edit.lines(a);
    int[] theirs = other.edit.lines(b);
    one.pass();
    other.pass();
    if (Arrays.equals(ours, theirs)) {
      IntStream.range(0, ours.length).forEach(i -> output.both(a.from() + i, b.from() + i));
      return true;
    }
    if (insertions == Insertions.KEPT && contains(ours, theirs)) {
      output.taken(true, a.from(), a.to());
      return true;
    }
    if (insertions == Insertions.KEPT && contains(theirs, ours)) {
      output.taken(false, b.from(), b.to());
      return true;
    }
    if (a.isInsertion() && insertions == Insertions.KEPT) {
      boolean oursFirst = output.isLess(a.from(), a.to(), b.from(), b.to());
      output.taken(oursFirst, oursFirst ? a.from() : b.from(), oursFirst ? a.to() : b.to());
      output.taken(!oursFirst, oursFirst ? b.from() : a.from(), oursFirst ? b.to() : a.to());
      return true;
    }
    boolean oneLine = a.baseTo() - a.baseFrom() == 1 && ours.length == 1 && theirs.length == 1;
    return oneLine && output.changedByBoth(a.baseFrom(), a.from(), b.from());
  }

  /** The hunks, those that change line by line divided into lines. */
  private static List<Hunk> split(LineDiff edit, int[] base) {
    List<Hunk> split = new ArrayList<>();
    for (Hunk hunk : edit.hunks()) {
      int count = hunk.baseTo() - hunk.baseFrom();
      int[] removed = Arrays.copyOfRange(base, hunk.baseFrom(), hunk.baseTo());
      if (count < 2 || count != hunk.to() - hunk.from() || haveCommon(removed, edit.lines(hunk))) {
        split.add(hunk);
        continue;
      }
      for (int i = 0; i < count; i++) {
        int x = hunk.baseFrom() + i;
        int y = hunk.from() + i;
        split.add(new Hunk(x, x + 1, y, y + 1));
      }
    }
    return split;
  }

  private static boolean haveCommon(int[] some, int[] others) {
    int[] sorted = some.clone();
    Arrays.sort(sorted);
    return Arrays.stream(others).anyMatch(line -> Arrays.binarySearch(sorted, line) >= 0);
  }

  private static boolean contains(int[] lines, int[] part) {
    return IntStream.rangeClosed(0, lines.length - part.length)
        .anyMatch(at -> isAt(lines, at, part));
  }

  private static boolean isAt(int[] lines, int at, int[] part) {
    return at >= 0
        && at + part.length <= lines.length
        && Arrays.equals(lines, at, at + part.length, part, 0, part.length);
  }
}
