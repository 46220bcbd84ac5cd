package dev.landfall.engine.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What every shortest edit script from one list of lines to another agrees on.
 *
 * <p>With repeated lines a difference has several shortest scripts: an inserted blank line may
 * stand before or after the blank line that was there. This diff does not choose. A line counts as
 * kept only if <em>every</em> shortest script keeps it and pairs it with the same line; whatever
 * lies between two kept lines is one {@link Hunk}. An insertion or deletion that may slide is
 * thereby a hunk over all the places it may slide to.
 *
 * <p>Lines are numbers, equal where the lines are equal. The search is the greedy one of E. W.
 * Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), section 4, with all its rounds
 * kept. From these the two outermost shortest paths through the edit graph are walked; the graph is
 * planar, so every other shortest path lies between them, and a step common to both is common to
 * all. A common prefix or suffix is not cut off beforehand (the search crosses it in one run):
 * cutting it would hide the places to which a hunk may slide.
 *
 * <p>Bounds: at most {@link #MAX_EDITS} inserted and deleted lines and {@link #MAX_STEPS} steps of
 * the search, then it gives up; the rounds take at most {@code 2 * MAX_EDITS * MAX_EDITS} bytes.
 */
final class LineDiff {

  /** The longest shortest script that is looked for, in inserted plus deleted lines. */
  static final int MAX_EDITS = 1_000;

  /** When the search gives up, in visited diagonals plus compared pairs of lines. */
  static final int MAX_STEPS = 1 << 19;

  /**
   * A change: the lines {@code baseFrom} to {@code baseTo} of the base (exclusive) have become the
   * lines {@code from} to {@code to} of the edited text. Either range may be empty. Between two
   * hunks of one diff there is at least one kept line.
   */
  record Hunk(int baseFrom, int baseTo, int from, int to) {
    /** Behind every hunk of a diff. */
    static final Hunk END =
        new Hunk(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

    boolean isInsertion() {
      return baseFrom == baseTo;
    }

    /** Whether it begins earlier in the base, or ends earlier if both begin at one line. */
    boolean isBefore(Hunk other) {
      return baseFrom < other.baseFrom || (baseFrom == other.baseFrom && baseTo < other.baseTo);
    }

    boolean isAtPlaceOf(Hunk other) {
      return baseFrom == other.baseFrom && baseTo == other.baseTo;
    }
  }

  private final int[] base;
  private final int[] edited;

  /**
   * For each number of edits {@code d} and each diagonal {@code k = x - y}, at index {@code (k + d)
   * / 2}: the furthest {@code x} that {@code d} edits can reach. It may lie outside of the texts;
   * every point of the diagonal inside of them is then reachable.
   */
  private final List<int[]> rounds = new ArrayList<>();

  private final boolean found;
  private final List<Hunk> hunks;
  private int steps;

  LineDiff(int[] base, int[] edited) {
    this.base = base;
    this.edited = edited;
    this.found = Math.abs(base.length - edited.length) <= MAX_EDITS && search();
    this.hunks = found ? between(partners(Walk.UPPER), partners(Walk.LOWER)) : List.of();
  }

  /** Whether the search ended within its bounds. */
  boolean found() {
    return found;
  }

  /** The changes, in the order of the base; none if the search gave up. */
  List<Hunk> hunks() {
    return hunks;
  }

  /**
   * The changes as an existing client reads them, from a table of longest common subsequences: seen
   * from the end, equal lines are kept as soon as they meet, and insertions come before deletions.
   * None if the search gave up.
   */
  List<Hunk> script() {
    int[] partners = found ? partners(Walk.EXISTING) : new int[0];
    return found ? between(partners, partners) : List.of();
  }

  /** The steps the search has taken: at most {@link #MAX_STEPS} and one run of equal lines more. */
  int steps() {
    return steps;
  }

  /** The edited lines that stand in the place of the hunk's base lines. */
  int[] lines(Hunk hunk) {
    return Arrays.copyOfRange(edited, hunk.from(), hunk.to());
  }

  /** The hunks between the lines to which both paths give the same partner. */
  private List<Hunk> between(int[] one, int[] other) {
    List<Hunk> between = new ArrayList<>();
    int baseFrom = 0;
    int from = 0;
    for (int x = 0; x <= base.length; x++) {
      boolean end = x == base.length;
      if (!end && (one[x] < 0 || one[x] != other[x])) {
        continue;
      }
      int y = end ? edited.length : one[x];
      if (baseFrom < x || from < y) {
        between.add(new Hunk(baseFrom, x, from, y));
      }
      baseFrom = x + 1;
      from = y + 1;
    }
    return List.copyOf(between);
  }

  private boolean search() {
    int goal = base.length - edited.length;
    for (int d = 0; d <= MAX_EDITS; d++) {
      int[] round = new int[d + 1];
      rounds.add(round);
      for (int i = 0; i <= d; i++) {
        int k = 2 * i - d;
        int x = start(d, i);
        int run = run(x, x - k);
        round[i] = x + run;
        steps += 1 + run;
        if (k == goal && round[i] >= base.length) {
          return true;
        }
        if (steps > MAX_STEPS) {
          return false;
        }
      }
    }
    return false;
  }

  /**
   * Where the {@code d}-th edit lands on the {@code i}-th diagonal: by a deletion or an insertion.
   */
  private int start(int d, int i) {
    if (d == 0) {
      return 0;
    }
    int[] previous = rounds.get(d - 1);
    int deleted = i > 0 ? previous[i - 1] + 1 : -1;
    int inserted = i < d ? previous[i] : -1;
    return Math.max(deleted, inserted);
  }

  /** How many lines are equal from {@code x} in the base and {@code y} in the edited text on. */
  private int run(int x, int y) {
    if (x >= base.length || y >= edited.length) {
      return 0;
    }
    int mismatch = Arrays.mismatch(base, x, base.length, edited, y, edited.length);
    return mismatch < 0 ? base.length - x : mismatch;
  }

  /** Which of the shortest paths is walked back from the end. */
  private enum Walk {
    /** Insertions before equal lines before deletions: one of the two outermost paths. */
    UPPER,
    /** Deletions before equal lines before insertions: the other. */
    LOWER,
    /** Equal lines before insertions before deletions. */
    EXISTING
  }

  /**
   * Walks a shortest path back from the end: for each line of the base its partner in the edited
   * text, or -1 if this path deletes it.
   */
  private int[] partners(Walk walk) {
    int[] partners = new int[base.length];
    Arrays.fill(partners, -1);
    int x = base.length;
    int y = edited.length;
    int d = rounds.size() - 1;
    while (x > 0 || y > 0) {
      boolean equal = x > 0 && y > 0 && base[x - 1] == edited[y - 1];
      boolean inserted = y > 0 && reachable(d - 1, x, y - 1);
      boolean deleted = x > 0 && reachable(d - 1, x - 1, y);
      boolean keeps =
          equal && (walk == Walk.EXISTING || !(walk == Walk.UPPER ? inserted : deleted));
      if (keeps) {
        x--;
        y--;
        partners[x] = y;
      } else if (inserted && !(walk == Walk.LOWER && deleted)) {
        y--;
        d--;
      } else {
        x--;
        d--;
      }
    }
    return partners;
  }

  /** Whether {@code d} edits lead to this point. */
  private boolean reachable(int d, int x, int y) {
    int k = x - y;
    return Math.abs(k) <= d && rounds.get(d)[(k + d) / 2] >= x;
  }
}
