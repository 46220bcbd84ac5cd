package dev.landfall.engine.document;

import dev.landfall.api.UserId;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A link under which anybody reads a document.
 *
 * @param hash of the token, lower-case hexadecimal SHA-256; the token itself is kept nowhere
 * @param expiresAtMillis when it ends, in milliseconds since the Unix epoch; never if absent
 * @param maker who has made it; empty as long as it is asked for and not made
 */
public record ShareLink(String hash, OptionalLong expiresAtMillis, Optional<UserId> maker) {
  /** A link that is asked for. */
  public ShareLink(String hash, OptionalLong expiresAtMillis) {
    this(hash, expiresAtMillis, Optional.empty());
  }

  /** The same, made. */
  ShareLink madeBy(UserId user) {
    return maker.isPresent() ? this : new ShareLink(hash, expiresAtMillis, Optional.of(user));
  }

  /** Whether it still counts at {@code millis}. */
  public boolean isValidAt(long millis) {
    return expiresAtMillis.isEmpty() || millis < expiresAtMillis.getAsLong();
  }
}
