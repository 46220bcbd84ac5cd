package dev.landfall.webapp.session;

import dev.landfall.webapp.session.SessionException.Reason;
import java.security.PublicKey;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Verifies the tokens of an identity provider that is not ours. Safe for concurrent use. */
public final class IssuerTokens {
  private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/at+jwt");
  private static final int MAX_SUBJECT = 255;
  private static final int MAX_CLOCK_AGE = 24 * 60 * 60;

  private final IssuerSettings settings;
  private final KeySource keys;
  private final InstantSource time;

  /**
   * Tokens of one issuer.
   *
   * @throws IllegalArgumentException if an inline key cannot be read
   */
  public IssuerTokens(IssuerSettings settings, InstantSource time) {
    this(settings, source(settings, time), time);
  }

  IssuerTokens(IssuerSettings settings, KeySource keys, InstantSource time) {
    this.settings = settings;
    this.keys = keys;
    this.time = time;
  }

  private static KeySource source(IssuerSettings settings, InstantSource time) {
    if (settings.inlineKey().isPresent()) {
      PublicKeys.parse(settings.inlineKey().get());
      return new KeySource(settings.inlineKey()::get, time);
    }
    return KeySource.at(settings.keyLocation().orElseThrow(), time);
  }

  /** Whether a token is signed in a way that only the other issuer uses. */
  boolean isMeant(String text) {
    return settings
        .algorithms()
        .contains(SignedToken.parse(text, TYPES).header().getAlgorithm().getName());
  }

  /**
   * The session that a token stands for. The user is the one whom the issuer calls by the token's
   * subject.
   *
   * @throws SessionException if it stands for none
   */
  Session verify(String text) {
    SignedToken token = SignedToken.parse(text, TYPES);
    Optional<String> keyId = Optional.ofNullable(token.header().getKeyID());
    boolean genuine = false;
    for (PublicKey key : keys.candidates(keyId)) {
      genuine = genuine || token.isSignedWith(key);
    }
    if (!genuine) {
      throw new SessionException(Reason.INVALID);
    }
    Claims claims = Claims.parse(token.payload());
    if (!claims.string("iss").equals(settings.issuer()) || !isForUs(claims.audiences())) {
      throw new SessionException(Reason.INVALID);
    }
    claims.checkTimes(time.millis() / 1000);
    String subject = claims.string("sub");
    if (subject.isEmpty() || subject.length() > MAX_SUBJECT) {
      throw new SessionException(Reason.INVALID);
    }
    long expires = claims.seconds("exp");
    long issued = claims.optionalSeconds("iat").orElse(Math.max(0, expires - MAX_CLOCK_AGE));
    return new Session(
        UserIds.of(settings.issuer(), subject),
        claims.optionalString("email"),
        List.of(settings.issuer()),
        issued,
        issued,
        expires,
        false);
  }

  private boolean isForUs(List<String> audiences) {
    return settings.audiences().isEmpty()
        || audiences.stream().anyMatch(settings.audiences()::contains);
  }
}
