package dev.landfall.engine.sharing;

import java.util.OptionalLong;

/**
 * A link under which anybody reads a document.
 *
 * @param hash of the token, lower-case hexadecimal SHA-256; the token itself is kept nowhere
 * @param expiresAtMillis when it ends, in milliseconds since the Unix epoch; never if absent
 */
public record ShareLink(String hash, OptionalLong expiresAtMillis) {
  /** Whether it still counts at {@code millis}. */
  public boolean isValidAt(long millis) {
    return expiresAtMillis.isEmpty() || millis < expiresAtMillis.getAsLong();
  }
}
