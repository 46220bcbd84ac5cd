package dev.landfall.engine.text;

import java.util.Arrays;
import java.util.Optional;

/**
 * The three-way merge of two edits of one line, word by word: letters, marks, digits and {@code _}
 * in a row are a word, white space in a row is one, and every other character is one.
 */
final class WordMerge implements Combination.Output {

  private final Lines words = new Lines();
  private final int[] base;
  private final int[] local;
  private final int[] remote;
  private final StringBuilder merged = new StringBuilder();

  private WordMerge(String base, String local, String remote) {
    this.base = words(base);
    this.local = words(local);
    this.remote = words(remote);
  }

  /** The line with the changes of both sides; empty if they changed, or inserted at, one place. */
  static Optional<String> merge(String base, String local, String remote) {
    return new WordMerge(base, local, remote).merge();
  }

  private Optional<String> merge() {
    int most = Math.max(base.length, Math.max(local.length, remote.length));
    if (most > Lines.MAX_COUNT) {
      return Optional.empty();
    }
    LineDiff localEdit = new LineDiff(base, local);
    if (!localEdit.found()) {
      return Optional.empty();
    }
    LineDiff remoteEdit = new LineDiff(base, remote);
    boolean combined =
        remoteEdit.found()
            && Combination.combine(
                base, localEdit, remoteEdit, Combination.Insertions.REFUSED, this);
    return combined ? Optional.of(merged.toString()) : Optional.empty();
  }

  @Override
  public void kept(int x, int ours, int theirs) {
    merged.append(words.line(base[x]));
  }

  @Override
  public void taken(boolean fromLocal, int from, int to) {
    Arrays.stream(fromLocal ? local : remote, from, to)
        .mapToObj(words::line)
        .forEach(merged::append);
  }

  @Override
  public void both(int ours, int theirs) {
    merged.append(words.line(local[ours]));
  }

  @Override
  public boolean changedByBoth(int x, int ours, int theirs) {
    return false;
  }

  @Override
  public boolean isLess(int localFrom, int localTo, int remoteFrom, int remoteTo) {
    return Arrays.compare(local, localFrom, localTo, remote, remoteFrom, remoteTo) < 0;
  }

  private int[] words(String line) {
    int[] found = new int[Math.min(line.length(), Lines.MAX_COUNT + 1)];
    int count = 0;
    for (int from = 0; from < line.length() && count < found.length; count++) {
      int to = endOfWord(line, from);
      found[count] = words.number(line.substring(from, to));
      from = to;
    }
    return Arrays.copyOf(found, count);
  }

  private static int endOfWord(String line, int from) {
    int kind = kind(line.codePointAt(from));
    int to = from;
    do {
      to += Character.charCount(line.codePointAt(to));
    } while (kind != OTHER && to < line.length() && kind(line.codePointAt(to)) == kind);
    return to;
  }

  private static final int OTHER = 0;
  private static final int WORD = 1;
  private static final int SPACE = 2;

  private static int kind(int character) {
    if (Character.isWhitespace(character) || Character.isSpaceChar(character)) {
      return SPACE;
    }
    return Writing.isMark(character) || character == '_' || Character.isLetterOrDigit(character)
        ? WORD
        : OTHER;
  }
}
