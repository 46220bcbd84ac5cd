package dev.landfall.engine.transit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The short codes for repeated keys, keywords, symbols and tags within one Transit message
 * (cognitect/transit-format, "Caching").
 */
final class TransitCache {
  private static final int DIGITS = 44;
  private static final char FIRST = '0';
  private static final int MAX = DIGITS * DIGITS;
  private static final int MIN_LENGTH = 4;

  private TransitCache() {}

  private static boolean isCacheable(String text, boolean key) {
    return text.length() >= MIN_LENGTH
        && (key || (text.charAt(0) == '~' && ":$#".indexOf(text.charAt(1)) >= 0));
  }

  /** What has been read. */
  static final class Reading {
    private final List<String> seen = new ArrayList<>();
    private final long maxChars;
    private int next;
    private long chars;

    /**
     * Of one message.
     *
     * @param maxChars what its codes may stand for, all together: a few bytes can mean much
     */
    Reading(long maxChars) {
      this.maxChars = maxChars;
    }

    /** The text that {@code text} is or is the code of. */
    String read(String text, boolean key) throws TransitException {
      if (text.startsWith("^") && !text.equals(Transit.MAP)) {
        String known = known(text);
        chars += known.length();
        if (chars > maxChars) {
          throw new TransitException("the cache codes stand for too much");
        }
        return known;
      }
      if (isCacheable(text, key)) {
        if (next == MAX) {
          next = 0;
        }
        if (next < seen.size()) {
          seen.set(next, text);
        } else {
          seen.add(text);
        }
        next++;
      }
      return text;
    }

    private String known(String code) throws TransitException {
      int index = -1;
      if (code.length() == 2) {
        index = code.charAt(1) - FIRST;
      } else if (code.length() == 3) {
        index = (code.charAt(1) - FIRST) * DIGITS + code.charAt(2) - FIRST;
      }
      if (index < 0 || index >= seen.size()) {
        throw new TransitException("a cache code of nothing that was there before");
      }
      return seen.get(index);
    }
  }

  /** What has been written. */
  static final class Writing {
    private final Map<String, Integer> codes = new HashMap<>();

    /** {@code text} or its code. */
    String write(String text, boolean key) {
      if (!isCacheable(text, key)) {
        return text;
      }
      Integer known = codes.get(text);
      if (known != null) {
        return code(known);
      }
      if (codes.size() == MAX) {
        codes.clear();
      }
      codes.put(text, codes.size());
      return text;
    }

    private static String code(int index) {
      char low = (char) (index % DIGITS + FIRST);
      return index < DIGITS ? "^" + low : "^" + (char) (index / DIGITS + FIRST) + low;
    }
  }
}
