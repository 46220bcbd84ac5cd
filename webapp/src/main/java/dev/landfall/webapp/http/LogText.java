package dev.landfall.webapp.http;

/**
 * Text from outside, made fit for a log: on one line, without control characters, cut at 200
 * characters.
 */
public final class LogText {
  /** The most characters. */
  public static final int MAX = 200;

  private LogText() {}

  /** {@code text} for a log. */
  public static String of(String text) {
    StringBuilder line = new StringBuilder(Math.min(text.length(), MAX));
    for (int i = 0; i < text.length() && line.length() < MAX; i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c < 0x7f && c != '\\') {
        line.append(c);
      } else {
        line.append(String.format("\\u%04x", (int) c));
      }
    }
    if (line.length() > MAX) {
      line.setLength(MAX);
    }
    return line.toString();
  }

  /** What {@code failure} is and says, and what caused it, for a log. */
  public static String of(Throwable failure) {
    StringBuilder text = new StringBuilder();
    Throwable at = failure;
    for (int i = 0; at != null && i < 4; i++) {
      text.append(i == 0 ? "" : " <- ").append(at.getClass().getSimpleName());
      if (at.getMessage() != null) {
        text.append(": ").append(at.getMessage());
      }
      StackTraceElement[] trace = at.getStackTrace();
      if (trace.length > 0) {
        text.append(" at ")
            .append(trace[0].getClassName())
            .append(':')
            .append(trace[0].getLineNumber());
      }
      at = at.getCause() == at ? null : at.getCause();
    }
    return of(text.toString());
  }
}
