package dev.landfall.engine.text;

import java.util.List;

/** How the lines of a text end, where all of them end alike. */
enum LineEnds {
  /** Not at all: the text is one line without an end, or empty. */
  NONE,
  /** At {@code \n}. */
  LF,
  /** At {@code \r\n}. */
  CRLF,
  /** Some so and some so. */
  MIXED;

  static LineEnds of(String text) {
    int newlines = 0;
    int returns = 0;
    for (int at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      newlines++;
      returns += at > 0 && text.charAt(at - 1) == '\r' ? 1 : 0;
    }
    if (newlines == 0) {
      return NONE;
    }
    return returns == 0 ? LF : returns == newlines ? CRLF : MIXED;
  }

  /**
   * What the lines of a merged text end at: as on the side that changed it, {@link #LF} where both
   * did. {@link #MIXED} if one of the texts is: the ends of lines are then merged with the lines.
   */
  static LineEnds merged(String base, String local, String remote) {
    LineEnds from = of(base);
    LineEnds ours = of(local);
    LineEnds theirs = of(remote);
    if (List.of(from, ours, theirs).contains(MIXED)) {
      return MIXED;
    }
    LineEnds left = ours == NONE ? from : ours;
    LineEnds right = theirs == NONE ? from : theirs;
    if (left == right) {
      return left;
    }
    LineEnds changed = left == from ? right : left;
    return left != from && right != from ? LF : changed;
  }

  /** A text of lines that end at {@code \n} alone, unless ends are {@link #MIXED}. */
  String removedFrom(String text) {
    return this == MIXED ? text : text.replace("\r\n", "\n");
  }

  /** The text of lines that end at {@code \n} with these ends. */
  String addedTo(String text) {
    return this == CRLF ? text.replace("\n", "\r\n") : text;
  }
}
