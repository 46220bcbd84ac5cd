package dev.landfall.webapp.session;

import dev.landfall.webapp.http.RequestRate;
import dev.landfall.webapp.http.TooManyRequestsException;
import dev.landfall.webapp.session.SessionException.Reason;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * Finds out who is calling. A token that has been verified of late is looked up instead. Safe for
 * concurrent use.
 */
public final class Sessions {
  /** The attribute of a request under which its session is kept. */
  public static final String PROPERTY = "dev.landfall.session";

  private static final int MAX_CACHED = 20_000;
  private static final String SCHEME = "Bearer ";

  private final SessionTokens tokens;
  private final Optional<IssuerTokens> others;
  private final Users users;
  private final RequestRate rate;
  private final RecentlySeen<String, Session> verified = new RecentlySeen<>(MAX_CACHED);
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();

  /**
   * Sessions by our own tokens and, if configured, those of another issuer.
   *
   * @param users get a record at first sight
   * @param rate at which each of them may call
   */
  public Sessions(
      SessionTokens tokens, Optional<IssuerTokens> others, Users users, RequestRate rate) {
    this.tokens = tokens;
    this.others = others;
    this.users = users;
    this.rate = rate;
  }

  /**
   * The session of the caller.
   *
   * @throws SessionException if there is none
   * @throws TooManyRequestsException if the caller calls too often
   */
  public Session require(HttpServletRequest request) {
    Session session = of(bearer(request));
    admit(session);
    request.setAttribute(PROPERTY, session);
    return session;
  }

  /**
   * Lets in whoever has been recognised, by a token of ours or otherwise.
   *
   * @throws TooManyRequestsException if the caller calls too often
   */
  public void admit(Session session) {
    rate.take(session.user());
    users.seen(session);
  }

  /**
   * Finds that a session is not over yet.
   *
   * @throws SessionException if it is
   */
  public void requireStill(Session session) {
    tokens.check(session);
  }

  private Session of(String token) {
    Session known = verified.get(token);
    if (known != null) {
      hits.increment();
      tokens.check(known);
      return known;
    }
    misses.increment();
    Session session = verify(token);
    verified.put(token, session);
    return session;
  }

  private Session verify(String token) {
    if (others.isPresent() && others.get().isMeant(token)) {
      return others.get().verify(token);
    }
    return tokens.verify(token);
  }

  /**
   * The token that comes with {@code request}.
   *
   * @throws SessionException if there is none
   */
  public static String bearer(HttpServletRequest request) {
    Enumeration<String> headers = request.getHeaders("Authorization");
    if (headers == null || !headers.hasMoreElements()) {
      throw new SessionException(Reason.MISSING);
    }
    String header = headers.nextElement();
    if (headers.hasMoreElements()
        || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        || header.length() == SCHEME.length()) {
      throw new SessionException(Reason.MISSING);
    }
    return header.substring(SCHEME.length()).strip();
  }

  /** A fresh token for a session whose token is not fresh any more. */
  public Optional<String> refresh(Session session) {
    return tokens.refresh(session);
  }

  /** How many requests came with a token that was known. */
  public long cacheHits() {
    return hits.sum();
  }

  /** How many requests came with a token that had to be verified. */
  public long cacheMisses() {
    return misses.sum();
  }

  /** How many verified tokens are remembered. */
  public int cacheSize() {
    return verified.size();
  }
}
