package dev.landfall.engine.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A three-way line merge by the textbook: a table of longest common subsequences, quadratic in time
 * and space. It reads an edit in one of its shortest scripts, or lists all of them; {@link
 * TextMerge} may merge only what comes out the same for each reading.
 */
final class ReferenceMerge {

  /** The lines {@code from} to {@code to} of the base have become {@code lines}. */
  record Change(int from, int to, List<String> lines) {}

  private final List<String> base;
  private final List<String> edited;

  /** The length of the longest common subsequence of the first i and the first j lines. */
  private final int[][] common;

  private ReferenceMerge(List<String> base, List<String> edited) {
    this.base = base;
    this.edited = edited;
    this.common = new int[base.size() + 1][edited.size() + 1];
    for (int i = 1; i <= base.size(); i++) {
      for (int j = 1; j <= edited.size(); j++) {
        common[i][j] =
            equal(i, j) ? common[i - 1][j - 1] + 1 : Math.max(common[i - 1][j], common[i][j - 1]);
      }
    }
  }

  static List<String> lines(String text) {
    if (text.isEmpty()) {
      return List.of();
    }
    String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    return List.of(body.split("\n", -1));
  }

  /** How many lines a shortest script deletes and inserts. */
  static int distance(List<String> base, List<String> edited) {
    ReferenceMerge table = new ReferenceMerge(base, edited);
    return base.size() + edited.size() - 2 * table.common[base.size()][edited.size()];
  }

  /** The shortest script that, seen from the end, inserts (or else deletes) as soon as it can. */
  static List<Change> script(List<String> base, List<String> edited, boolean insertionsFirst) {
    ReferenceMerge table = new ReferenceMerge(base, edited);
    boolean[] kept = new boolean[base.size()];
    int[] partner = new int[base.size()];
    int i = base.size();
    int j = edited.size();
    while (i > 0 && j > 0) {
      int afterDeletion = table.common[i - 1][j];
      int afterInsertion = table.common[i][j - 1];
      if (table.equal(i, j)) {
        i--;
        j--;
        kept[i] = true;
        partner[i] = j;
      } else if (insertionsFirst
          ? afterInsertion >= afterDeletion
          : afterInsertion > afterDeletion) {
        j--;
      } else {
        i--;
      }
    }
    return changes(edited, kept, partner);
  }

  /** Every shortest script; for short lists. */
  static Set<List<Change>> scripts(List<String> base, List<String> edited) {
    ReferenceMerge table = new ReferenceMerge(base, edited);
    Set<List<Change>> scripts = new LinkedHashSet<>();
    table.walk(base.size(), edited.size(), new boolean[base.size()], new int[base.size()], scripts);
    return scripts;
  }

  private void walk(int i, int j, boolean[] kept, int[] partner, Set<List<Change>> found) {
    if (common[i][j] == 0) {
      found.add(changes(edited, kept, partner));
      return;
    }
    if (equal(i, j) && common[i][j] == common[i - 1][j - 1] + 1) {
      kept[i - 1] = true;
      partner[i - 1] = j - 1;
      walk(i - 1, j - 1, kept, partner, found);
      kept[i - 1] = false;
    }
    if (common[i - 1][j] == common[i][j]) {
      walk(i - 1, j, kept, partner, found);
    }
    if (common[i][j - 1] == common[i][j]) {
      walk(i, j - 1, kept, partner, found);
    }
  }

  private boolean equal(int i, int j) {
    return base.get(i - 1).equals(edited.get(j - 1));
  }

  private static List<Change> changes(List<String> edited, boolean[] kept, int[] partner) {
    List<Change> changes = new ArrayList<>();
    int from = 0;
    int at = 0;
    for (int i = 0; i <= kept.length; i++) {
      if (i == kept.length || kept[i]) {
        int to = i == kept.length ? edited.size() : partner[i];
        if (from < i || at < to) {
          changes.add(new Change(from, i, List.copyOf(edited.subList(at, to))));
        }
        from = i + 1;
        at = to + 1;
      }
    }
    return changes;
  }

  /**
   * Both scripts applied; empty if a line is touched by unequal changes of both, or if one of them
   * inserts where the other one changes something.
   */
  static Optional<List<String>> apply(List<String> base, List<Change> one, List<Change> other) {
    List<Change> ones = lineByLine(base, one);
    Set<Change> all = new LinkedHashSet<>(ones);
    for (Change change : lineByLine(base, other)) {
      for (Change against : ones) {
        boolean inserts = change.from() == change.to() || against.from() == against.to();
        boolean apart =
            inserts
                ? change.to() < against.from() || against.to() < change.from()
                : change.to() <= against.from() || against.to() <= change.from();
        if (!apart && !change.equals(against)) {
          return Optional.empty();
        }
      }
      all.add(change);
    }
    return Optional.of(applied(base, all));
  }

  /** Changes of as many lines into as many others are changes of each line. */
  private static List<Change> lineByLine(List<String> base, List<Change> changes) {
    List<Change> lines = new ArrayList<>();
    for (Change change : changes) {
      int count = change.to() - change.from();
      boolean common =
          !Collections.disjoint(base.subList(change.from(), change.to()), change.lines());
      if (count != change.lines().size() || common) {
        lines.add(change);
        continue;
      }
      for (int i = 0; i < count; i++) {
        int at = change.from() + i;
        lines.add(new Change(at, at + 1, List.of(change.lines().get(i))));
      }
    }
    return lines;
  }

  /**
   * What an existing client makes of the three texts: equal changes of both sides are a conflict to
   * it, touching ones are not, and the last newline stays if one of the three texts has it.
   */
  static Optional<String> existingClient(String base, String local, String remote) {
    if (local.equals(remote) || remote.equals(base)) {
      return Optional.of(local);
    }
    if (local.equals(base)) {
      return Optional.of(remote);
    }
    List<Change> all = new ArrayList<>(script(lines(base), lines(local), true));
    for (Change change : script(lines(base), lines(remote), true)) {
      for (Change against : script(lines(base), lines(local), true)) {
        boolean bothInsert = change.from() == change.to() && against.from() == against.to();
        if (bothInsert
            ? change.from() == against.from()
            : change.from() < against.to() && against.from() < change.to()) {
          return Optional.empty();
        }
      }
      all.add(change);
    }
    boolean newline = (base + "|" + local + "|" + remote + "|").contains("\n|");
    return Optional.of(String.join("\n", applied(lines(base), all)) + (newline ? "\n" : ""));
  }

  private static List<String> applied(List<String> base, Iterable<Change> changes) {
    List<Change> ordered = new ArrayList<>();
    changes.forEach(ordered::add);
    ordered.sort((a, b) -> Integer.compare(b.from(), a.from()));
    List<String> result = new ArrayList<>(base);
    for (Change change : ordered) {
      List<String> place = result.subList(change.from(), change.to());
      place.clear();
      place.addAll(change.lines());
    }
    return result;
  }
}
