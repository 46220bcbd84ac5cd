package dev.landfall.engine.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The lines of some texts as numbers, equal where the lines are equal.
 *
 * <p>A line ends at {@code \n} or with the text; an empty text has none. Whether the last line ends
 * at {@code \n} is no part of it. Lines are told apart by value; that many have one hash code costs
 * a search in a tree (they are {@link Comparable}), not in a list.
 *
 * <p>Lines that differ in how they are written alone ({@link Writing}) have the same wording.
 */
final class Lines {

  /** The longest text that is merged line by line, in {@code char}s. */
  static final int MAX_LENGTH = 1 << 19;

  /** The longest text that is merged line by line, in lines. */
  static final int MAX_COUNT = 1 << 13;

  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> lines = new ArrayList<>();
  private final Map<String, Integer> wordings = new HashMap<>();
  private final List<Integer> wordingOf = new ArrayList<>();

  /** How many lines the text has; of more than {@link #MAX_COUNT}, any number above it. */
  static int count(String text) {
    int count = text.isEmpty() || endInNewline(text) ? 0 : 1;
    int at = text.indexOf('\n');
    while (at >= 0 && count <= MAX_COUNT) {
      count++;
      at = text.indexOf('\n', at + 1);
    }
    return count;
  }

  static boolean endInNewline(String text) {
    return text.endsWith("\n");
  }

  /** The numbers of the lines of {@code text}, which has at most {@link #MAX_COUNT}. */
  int[] of(String text) {
    int[] result = new int[count(text)];
    int from = 0;
    for (int i = 0; i < result.length; i++) {
      int newline = text.indexOf('\n', from);
      int to = newline < 0 ? text.length() : newline;
      result[i] = number(text.substring(from, to));
      from = to + 1;
    }
    return result;
  }

  String line(int number) {
    return lines.get(number);
  }

  /** The wordings of these lines as numbers, equal where the wordings are equal. */
  int[] wordings(int[] numbered) {
    int[] result = new int[numbered.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = wordingOf.get(numbered[i]);
    }
    return result;
  }

  /** The three-way merge of one line whose wording is the same in all texts. */
  int rewritten(int base, int local, int remote) {
    return local == remote ? local : number(Writing.merge(line(base), line(local), line(remote)));
  }

  /** The merge of one line that two sides put there with the same wording. */
  int written(int local, int remote) {
    return local == remote ? local : number(Writing.merge(line(local), line(remote)));
  }

  /**
   * The text of these lines; empty if it is longer than {@link #MAX_LENGTH}, or if it would be read
   * as other lines: an empty last line needs its {@code \n}.
   */
  Optional<String> text(int[] numbered, boolean newline) {
    if (numbered.length == 0) {
      return Optional.of("");
    }
    boolean lastIsEmpty = lines.get(numbered[numbered.length - 1]).isEmpty();
    long length = (long) numbered.length - (newline ? 0 : 1);
    for (int number : numbered) {
      length += lines.get(number).length();
    }
    if (length > MAX_LENGTH || (lastIsEmpty && !newline)) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder((int) length);
    for (int number : numbered) {
      text.append(lines.get(number)).append('\n');
    }
    text.setLength((int) length);
    return Optional.of(text.toString());
  }

  /** The number of this line, which contains no {@code \n}. */
  int number(String line) {
    Integer known = numbers.putIfAbsent(line, lines.size());
    if (known != null) {
      return known;
    }
    lines.add(line);
    String wording = Writing.wording(line);
    Integer knownWording = wordings.putIfAbsent(wording, wordings.size());
    wordingOf.add(knownWording == null ? wordings.size() - 1 : knownWording);
    return lines.size() - 1;
  }
}
