package dev.landfall.engine.transfer;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Names for files that are safe wherever they are unpacked: letters and digits of ASCII, dots,
 * dashes and underscores, no path, and no two that differ only in case. Not safe for concurrent
 * use.
 */
public final class FileNames {
  private static final int MAX = 100;

  private final Set<String> given = new HashSet<>();

  /** No names given yet. */
  public FileNames() {}

  /** A name like {@code wanted}, which has not been given before. */
  public String unique(String wanted, String extension) {
    String safe = safe(wanted);
    String name = safe + extension;
    for (int i = 2; !given.add(name.toLowerCase(Locale.ROOT)); i++) {
      name = safe + "-" + i + extension;
    }
    return name;
  }

  /** {@code wanted} without what could mean something to a file system, a header or a shell. */
  public static String safe(String wanted) {
    StringBuilder safe = new StringBuilder();
    for (int i = 0; i < wanted.length() && safe.length() < MAX; i++) {
      char c = wanted.charAt(i);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '-'
              || c == '_'
              || (c == '.' && safe.length() > 0 && safe.charAt(safe.length() - 1) != '.');
      safe.append(plain ? c : '_');
    }
    return safe.length() == 0 ? "_" : safe.toString();
  }

  /**
   * The header that has a browser store an answer under {@code name}, which may be any text (RFC
   * 6266, RFC 5987).
   */
  public static String disposition(String name) {
    String safe = safe(name);
    String plain = "attachment; filename=\"" + safe + "\"";
    return safe.equals(name) ? plain : plain + "; filename*=UTF-8''" + encoded(name);
  }

  private static String encoded(String name) {
    StringBuilder encoded = new StringBuilder();
    name.codePoints()
        .limit(MAX)
        .map(c -> Character.isISOControl(c) || "/\\:*?\"<>|".indexOf(c) >= 0 ? '_' : c)
        .forEach(c -> encode(c, encoded));
    return encoded.toString();
  }

  private static void encode(int c, StringBuilder out) {
    boolean plain =
        (c >= 'a' && c <= 'z')
            || (c >= 'A' && c <= 'Z')
            || (c >= '0' && c <= '9')
            || "-._".indexOf(c) >= 0;
    if (plain) {
      out.append((char) c);
      return;
    }
    for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
      out.append(String.format(Locale.ROOT, "%%%02X", b & 0xff));
    }
  }
}
