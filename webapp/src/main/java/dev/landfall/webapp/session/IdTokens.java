package dev.landfall.webapp.session;

import dev.landfall.webapp.session.SessionException.Reason;
import java.security.PublicKey;
import java.util.Optional;
import java.util.Set;

/**
 * Verifies who has signed the ID tokens of an OpenID Connect provider: RS256 or ES256, with one of
 * its keys. What they say has then to be looked at by whom they are for. Safe for concurrent use.
 */
public final class IdTokens {
  private static final Set<String> TYPES = Set.of("jwt");

  /** Some providers put a user's groups in. */
  private static final int MAX_LENGTH = 64 * 1024;

  private final KeySource keys;

  /** ID tokens that are signed with one of {@code keys}. */
  public IdTokens(KeySource keys) {
    this.keys = keys;
  }

  /**
   * What a token says.
   *
   * @throws SessionException if the provider has not signed it
   * @throws KeysUnavailableException if that cannot be found out
   */
  public Claims verify(String text) {
    SignedToken token = SignedToken.parse(text, TYPES, MAX_LENGTH);
    for (PublicKey key : keys.candidates(Optional.ofNullable(token.header().getKeyID()))) {
      if (token.isSignedWith(key)) {
        return Claims.parse(token.payload());
      }
    }
    throw new SessionException(Reason.INVALID);
  }
}
