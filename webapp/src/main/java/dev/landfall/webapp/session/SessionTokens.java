package dev.landfall.webapp.session;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.webapp.session.SessionException.Reason;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes and verifies the tokens of our own sessions: HS256 with the configured secret and nothing
 * else. Safe for concurrent use.
 */
public final class SessionTokens {
  /** A token older than this is renewed, if it lasts long enough. */
  public static final Duration FRESH = Duration.ofHours(1);

  /** The fewest bytes of a secret. */
  public static final int MIN_SECRET = 32;

  private static final Set<String> TYPES = Set.of("jwt");
  private static final int MAX_EMAIL = 320;

  private final JWSSigner signer;
  private final JWSVerifier verifier;
  private final String issuer;
  private final SessionLimits limits;
  private final InstantSource time;

  /** Tokens of one issuer, for sessions of the usual length. */
  public SessionTokens(byte[] secret, String issuer, InstantSource time) {
    this(secret, issuer, SessionLimits.DEFAULT, time);
  }

  /**
   * Tokens of one issuer.
   *
   * @param secret at least {@link #MIN_SECRET} bytes
   */
  public SessionTokens(byte[] secret, String issuer, SessionLimits limits, InstantSource time) {
    if (secret.length < MIN_SECRET) {
      throw new IllegalArgumentException("the secret is too short");
    }
    try {
      this.signer = new MACSigner(secret);
      this.verifier = new MACVerifier(secret);
    } catch (JOSEException e) {
      throw new IllegalArgumentException("the secret cannot be used", e);
    }
    this.issuer = issuer;
    this.limits = limits;
    this.time = time;
  }

  /** A token for a user who has just signed in. */
  public String issue(UserId user, Optional<String> email, List<String> providers) {
    return issue(user, email, providers, now());
  }

  /** A token for a session that begins at a time, in seconds since the Unix epoch. */
  public String issue(
      UserId user, Optional<String> email, List<String> providers, long signedInAt) {
    return sign(user, email, providers, now(), signedInAt);
  }

  /**
   * A fresh token for a session whose token is not fresh any more; the end of the session stays
   * where it is.
   */
  public Optional<String> refresh(Session session) {
    long now = now();
    return session.issuedHere() && now - session.issuedAt() > limits.fresh().toSeconds()
        ? Optional.of(
            sign(session.user(), session.email(), session.providers(), now, session.signedInAt()))
        : Optional.empty();
  }

  private String sign(
      UserId user, Optional<String> email, List<String> providers, long now, long signedInAt) {
    JsonObject claims =
        JsonObject.builder()
            .put("iss", issuer)
            .put("sub", user.value())
            .put("email", email.<JsonValue>map(JsonString::new).orElse(JsonNull.NULL))
            .put(
                "providers",
                new JsonArray(providers.stream().<JsonValue>map(JsonString::new).toList()))
            .put("iat", now)
            .put("iat_session", signedInAt)
            .put(
                "exp",
                Math.min(
                    now + limits.idle().toSeconds(), signedInAt + limits.longest().toSeconds()))
            .build();
    JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.HS256).type(JOSEObjectType.JWT).build();
    JWSObject jws = new JWSObject(header, new Payload(JsonText.bytes(claims).toArray()));
    try {
      jws.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("HS256 failed", e);
    }
    return jws.serialize();
  }

  /**
   * The session that a token stands for.
   *
   * @throws SessionException if it stands for none
   */
  public Session verify(String text) {
    SignedToken token = SignedToken.parse(text, TYPES);
    if (!JWSAlgorithm.HS256.equals(token.header().getAlgorithm())) {
      throw new SessionException(Reason.INVALID);
    }
    try {
      if (!token.jws().verify(verifier)) {
        throw new SessionException(Reason.INVALID);
      }
    } catch (JOSEException | IllegalStateException e) {
      throw new SessionException(Reason.INVALID);
    }
    Claims claims = Claims.parse(token.payload());
    List<String> audiences = claims.audiences();
    if (!claims.string("iss").equals(issuer)
        || !(audiences.isEmpty() || audiences.contains(issuer))) {
      throw new SessionException(Reason.INVALID);
    }
    Session session =
        new Session(
            claims.user(),
            claims.optionalString("email").filter(email -> email.length() <= MAX_EMAIL),
            false,
            claims.strings("providers"),
            List.of(),
            claims.seconds("iat"),
            claims.seconds("iat_session"),
            claims.seconds("exp"),
            true);
    long now = now();
    claims.checkTimes(now);
    if (session.signedInAt() > now + Claims.SKEW) {
      throw new SessionException(Reason.INVALID);
    }
    check(session);
    return session;
  }

  /**
   * Checks again that a session is not over.
   *
   * @throws SessionException if it is
   */
  public void check(Session session) {
    long now = now();
    boolean over =
        now > session.expiresAt() + Claims.SKEW
            || (session.issuedHere()
                && (now > session.issuedAt() + limits.idle().toSeconds()
                    || now > session.signedInAt() + limits.longest().toSeconds()));
    if (over) {
      throw new SessionException(Reason.EXPIRED);
    }
  }

  /** The longest that a token of ours lasts. */
  Duration longest() {
    return limits.longest();
  }

  /** Now, in seconds since the Unix epoch. */
  long now() {
    return time.millis() / 1000;
  }
}
