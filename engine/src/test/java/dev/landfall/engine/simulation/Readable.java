package dev.landfall.engine.simulation;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lines of a trace as people can read them: clocks by their distance from the start. */
final class Readable {
  private static final Pattern CLOCK =
      Pattern.compile("([0-9a-f]{13})-([0-9a-f]{6})-([A-Za-z0-9._~-]*)");
  private static final Pattern EMPTY = Pattern.compile(", [a-zA-Z]+=Optional(Int|Long)?\\.empty");
  private static final Pattern WRAPPED =
      Pattern.compile("(DocumentKey|CollectionName|LeafPath)\\[(value|text)=([^\\]]*)]");

  private Readable() {}

  static String line(String line) {
    String shorter = WRAPPED.matcher(EMPTY.matcher(line).replaceAll("")).replaceAll("$3");
    return CLOCK.matcher(shorter).replaceAll(clock -> Matcher.quoteReplacement(clock(clock)));
  }

  private static String clock(MatchResult clock) {
    long millis = Long.parseLong(clock.group(1), 16);
    int sequence = Integer.parseInt(clock.group(2), 16);
    String node = clock.group(3);
    if (millis == 0) {
      return "@zero";
    }
    return "@"
        + (millis - World.START)
        + (sequence == 0 ? "" : "+" + sequence)
        + "/"
        + (node.startsWith("s") && node.indexOf('.') > 0 ? "server" : node);
  }
}
