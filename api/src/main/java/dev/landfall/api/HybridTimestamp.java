package dev.landfall.api;

/**
 * A point in time of a hybrid logical clock (Kulkarni et al., "Logical Physical Clocks", 2014): the
 * order of two of them is compatible with cause and effect, and their text forms sort like they do.
 *
 * @param millis milliseconds since the Unix epoch, 0 to 2^52 - 1 (13 hex digits on the wire)
 * @param sequence the count within the millisecond, 0 to 2^24 - 1 (6 hex digits on the wire)
 * @param node who issued it, 1 to 128 characters of printable ASCII, the space included; those sort
 *     alike in every store. It may hold quotation marks: on the wire it is a string like any other
 */
public record HybridTimestamp(long millis, int sequence, String node)
    implements Comparable<HybridTimestamp> {

  /** The largest value of {@link #millis()}. */
  public static final long MAX_MILLIS = (1L << 52) - 1;

  /** The largest value of {@link #sequence()}. */
  public static final int MAX_SEQUENCE = (1 << 24) - 1;

  /** The largest number of characters of {@link #node()}. */
  public static final int MAX_NODE_LENGTH = 128;

  /** Before everything: the clock of somebody who has seen nothing yet. */
  public static final HybridTimestamp ZERO = new HybridTimestamp(0, 0, "00000000");

  private static final int MILLIS_DIGITS = 13;
  private static final int SEQUENCE_DIGITS = 6;
  private static final int NODE_START = MILLIS_DIGITS + 1 + SEQUENCE_DIGITS + 1;
  private static final String ZERO_WITHOUT_NODE = "0000000000000-000000-";
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  public HybridTimestamp {
    if (millis < 0 || millis > MAX_MILLIS) {
      throw new IllegalArgumentException("milliseconds out of range");
    }
    if (sequence < 0 || sequence > MAX_SEQUENCE) {
      throw new IllegalArgumentException("sequence out of range");
    }
    if (node.isEmpty() || node.length() > MAX_NODE_LENGTH || !isNode(node, 0)) {
      throw new IllegalArgumentException(
          "the node of a clock is 1 to 128 characters of printable ASCII");
    }
  }

  /**
   * Reads the text form. {@code 0000000000000-000000-} is read as {@link #ZERO}.
   *
   * @throws IllegalArgumentException if {@code text} is anything but a well-formed clock
   */
  public static HybridTimestamp parse(String text) {
    if (text.equals(ZERO_WITHOUT_NODE)) {
      return ZERO;
    }
    int length = text.length();
    if (length <= NODE_START
        || length > NODE_START + MAX_NODE_LENGTH
        || text.charAt(MILLIS_DIGITS) != '-'
        || text.charAt(NODE_START - 1) != '-') {
      throw malformed();
    }
    long millis = hex(text, 0, MILLIS_DIGITS);
    int sequence = (int) hex(text, MILLIS_DIGITS + 1, SEQUENCE_DIGITS);
    return new HybridTimestamp(millis, sequence, text.substring(NODE_START));
  }

  /** The same instant, issued by {@code node}. */
  public HybridTimestamp withNode(String node) {
    return node.equals(this.node) ? this : new HybridTimestamp(millis, sequence, node);
  }

  /** Whether this is strictly later than {@code other}. */
  public boolean isAfter(HybridTimestamp other) {
    return compareTo(other) > 0;
  }

  /** Whether nothing has been seen at this time; every node's zero counts. */
  public boolean isZero() {
    return millis == 0 && sequence == 0;
  }

  /** The later of two, the first if they are equal. */
  public static HybridTimestamp later(HybridTimestamp a, HybridTimestamp b) {
    return b.isAfter(a) ? b : a;
  }

  @Override
  public int compareTo(HybridTimestamp other) {
    int byMillis = Long.compare(millis, other.millis);
    if (byMillis != 0) {
      return byMillis;
    }
    int bySequence = Integer.compare(sequence, other.sequence);
    return bySequence != 0 ? bySequence : node.compareTo(other.node);
  }

  /** The text form, {@code <13 hex digits>-<6 hex digits>-<node>}. */
  @Override
  public String toString() {
    char[] text = new char[NODE_START + node.length()];
    for (int i = 0; i < MILLIS_DIGITS; i++) {
      text[i] = HEX[(int) (millis >>> (4 * (MILLIS_DIGITS - 1 - i))) & 15];
    }
    text[MILLIS_DIGITS] = '-';
    for (int i = 0; i < SEQUENCE_DIGITS; i++) {
      text[MILLIS_DIGITS + 1 + i] = HEX[(sequence >>> (4 * (SEQUENCE_DIGITS - 1 - i))) & 15];
    }
    text[NODE_START - 1] = '-';
    node.getChars(0, node.length(), text, NODE_START);
    return new String(text);
  }

  private static long hex(String text, int start, int digits) {
    long value = 0;
    for (int i = start; i < start + digits; i++) {
      char c = text.charAt(i);
      int digit;
      if (c >= '0' && c <= '9') {
        digit = c - '0';
      } else if (c >= 'a' && c <= 'f') {
        digit = c - 'a' + 10;
      } else {
        throw malformed();
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private static boolean isNode(String text, int start) {
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~') {
        return false;
      }
    }
    return true;
  }

  private static IllegalArgumentException malformed() {
    return new IllegalArgumentException(
        "a clock is <13 lower-case hex digits>-<6 lower-case hex digits>-<node>");
  }
}
