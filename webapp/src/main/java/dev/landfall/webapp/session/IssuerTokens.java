package dev.landfall.webapp.session;

import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.webapp.http.LogText;
import dev.landfall.webapp.session.SessionException.Reason;
import java.security.PublicKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Logger;

/** Verifies the tokens of an identity provider that is not ours. Safe for concurrent use. */
public final class IssuerTokens {
  private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/at+jwt");
  private static final Logger LOG = Logger.getLogger(IssuerTokens.class.getName());

  /** How far away the end of a token may be; deleted accounts are remembered for as long. */
  static final Duration LONGEST = Duration.ofDays(30);

  private static final Duration TOLD_AGAIN = Duration.ofSeconds(10);

  /** What Keycloak and others write into tokens that are to be shown to nobody else. */
  private static final Set<String> NOT_FOR_ACCESS = Set.of("id", "refresh", "offline", "logout");

  private static final int MAX_SUBJECT = 255;
  private static final int MAX_CLOCK_AGE = 24 * 60 * 60;

  private final IssuerSettings settings;
  private final KeySource keys;
  private final InstantSource time;
  private final AtomicLong toldAt = new AtomicLong();

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
   * @throws SyncException if the issuer's keys cannot be had
   */
  Session verify(String text) {
    SignedToken token = SignedToken.parse(text, TYPES);
    if (!isGenuine(token)) {
      throw refused("its signature is by none of the issuer's keys", Optional.empty());
    }
    Claims claims = Claims.parse(token.payload());
    if (!claims.optionalString("iss").equals(Optional.of(settings.issuer()))) {
      throw refused("it is of another issuer", Optional.of(claims));
    }
    if (!isForUs(claims.audiences())) {
      throw refused("it is for another audience", Optional.of(claims));
    }
    Optional<String> type = claims.optionalString("typ").map(it -> it.toLowerCase(Locale.ROOT));
    if (type.filter(NOT_FOR_ACCESS::contains).isPresent()) {
      throw refused("it is no access token but of the type " + type.get(), Optional.of(claims));
    }
    long now = time.millis() / 1000;
    try {
      claims.checkTimes(now);
    } catch (SessionException e) {
      if (e.reason() != Reason.EXPIRED) {
        throw refused("it is not of this time", Optional.of(claims));
      }
      throw e;
    }
    long expires = claims.seconds("exp");
    if (expires > now + LONGEST.toSeconds() + Claims.SKEW) {
      throw refused("it ends in more than " + LONGEST.toDays() + " days", Optional.of(claims));
    }
    String subject = claims.optionalString("sub").orElse("");
    if (subject.isEmpty() || subject.length() > MAX_SUBJECT) {
      throw refused("it has no subject that can be used", Optional.of(claims));
    }
    long issued = claims.optionalSeconds("iat").orElse(Math.max(0, expires - MAX_CLOCK_AGE));
    return new Session(
        UserIds.of(settings.issuer(), subject),
        claims.optionalString("email"),
        claims.isTrue("email_verified"),
        List.of(settings.issuer()),
        claims.strings("groups"),
        issued,
        issued,
        expires,
        false);
  }

  private boolean isGenuine(SignedToken token) {
    try {
      for (PublicKey key : keys.candidates(Optional.ofNullable(token.header().getKeyID()))) {
        if (token.isSignedWith(key)) {
          return true;
        }
      }
      return false;
    } catch (KeysUnavailableException e) {
      throw new SyncException(SyncProblem.UNAVAILABLE, String.valueOf(e.getMessage()));
    }
  }

  /** Tells the operator why, now and then: whoever configures an issuer looks for it. */
  private SessionException refused(String why, Optional<Claims> claims) {
    long now = time.millis();
    long last = toldAt.get();
    if (now - last >= TOLD_AGAIN.toMillis() && toldAt.compareAndSet(last, now)) {
      String issuer = claims.flatMap(it -> it.optionalString("iss")).orElse(settings.issuer());
      List<String> audiences = claims.map(Claims::audiences).orElse(List.of());
      LOG.warning(
          () ->
              "A token was refused: "
                  + why
                  + ". Issuer: "
                  + LogText.of(issuer)
                  + ", audience: "
                  + LogText.of(String.join(", ", audiences)));
    }
    return new SessionException(Reason.INVALID);
  }

  private boolean isForUs(List<String> audiences) {
    return settings.audiences().isEmpty()
        || audiences.stream().anyMatch(settings.audiences()::contains);
  }
}
