package dev.landfall.webapp.session;

import dev.landfall.api.UserId;
import dev.landfall.engine.commit.Admission;
import dev.landfall.engine.erasure.DeletedUsers;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.webapp.http.Callers;
import dev.landfall.webapp.http.RequestRate;
import dev.landfall.webapp.http.TooManyRequestsException;
import dev.landfall.webapp.session.SessionException.Reason;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
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
  private final Callers callers;
  private final DeletedUsers deleted;
  private final Arrivals arrivals;
  private final RecentlySeen<String, Session> verified = new RecentlySeen<>(MAX_CACHED);
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();

  /**
   * Sessions by our own tokens and, if configured, those of another issuer.
   *
   * @param users get a record at first sight
   * @param deleted have no session any more
   * @param rate at which each of them may call
   * @param callers count those who have no session
   * @param arrivals hear of who signs in
   */
  public Sessions(
      SessionTokens tokens,
      Optional<IssuerTokens> others,
      Users users,
      DeletedUsers deleted,
      RequestRate rate,
      Callers callers,
      Arrivals arrivals) {
    this.tokens = tokens;
    this.others = others;
    this.users = users;
    this.deleted = deleted;
    this.rate = rate;
    this.callers = callers;
    this.arrivals = arrivals;
  }

  /**
   * The session of the caller.
   *
   * @throws SessionException if there is none
   * @throws TooManyRequestsException if the caller calls too often
   */
  public Session require(HttpServletRequest request) {
    try {
      Session session = of(bearer(request));
      admit(session, request);
      request.setAttribute(PROPERTY, session);
      return session;
    } catch (SessionException e) {
      callers.countWithoutSession(request);
      throw e;
    }
  }

  /**
   * The user whose account is gone, by a token of theirs that is not over yet.
   *
   * @throws SessionException if there is no such token
   * @throws SyncException if the account is there
   */
  public UserId requireDeleted(HttpServletRequest request) {
    callers.countWithoutSession(request);
    Session session = of(bearer(request));
    try {
      requireAccount(session);
    } catch (SessionException e) {
      if (e.reason() == Reason.DELETED) {
        return session.user();
      }
      throw e;
    }
    throw new SyncException(SyncProblem.CONFLICT, "The account has not been deleted");
  }

  /**
   * Lets in whoever has been recognised, by a token of ours or otherwise.
   *
   * @throws TooManyRequestsException if the caller calls too often
   */
  public void admit(Session session, HttpServletRequest request) {
    Callers.know(request, session.user());
    callers.enter(request);
    rate.take(session.user().text());
    if (requireAccount(session).isPresent()) {
      users.lookAgain(session.user());
    }
    if (users.seen(session)) {
      try {
        requireAccount(session);
      } catch (SessionException e) {
        users.remove(session.user()); // it was deleted in between, and stays so
        throw e;
      }
    }
    if (users.learned(session)) {
      arrivals.signedIn(session.user());
    }
  }

  /**
   * Finds that the account of a session is there.
   *
   * @return when an earlier account of the same user was deleted, if one was
   */
  private OptionalLong requireAccount(Session session) {
    try {
      return deleted.check(session.user(), session.signedInAt());
    } catch (SyncException e) {
      if (e.problem() == SyncProblem.UNAUTHORIZED) {
        throw new SessionException(reason(e));
      }
      throw e;
    }
  }

  private static Reason reason(SyncException refusal) {
    if (DeletedUsers.isOfRemovedDevice(refusal)) {
      return Reason.DEVICE_REMOVED;
    }
    return DeletedUsers.isEnded(refusal) ? Reason.EXPIRED : Reason.DELETED;
  }

  /**
   * Ends those sessions of the user of {@code session} that began at some moments, but for itself.
   *
   * @param begun in seconds since the Unix epoch
   */
  public void endThoseOf(Session session, Set<Long> begun) {
    Set<Long> others = new HashSet<>(begun);
    others.remove(session.signedInAt());
    deleted.endSessions(session.user(), others, lastEnd(session));
  }

  /** Ends all sessions of the user of {@code session} but that, on every node. */
  void endOthers(Session session) {
    deleted.endOtherSessions(session.user(), session.signedInAt(), lastEnd(session));
  }

  /** Ends all sessions of the user of {@code session} that have begun, on every node. */
  void endAll(Session session) {
    deleted.endSessions(
        session.user(), Math.max(session.signedInAt(), session.issuedAt()), lastEnd(session));
  }

  /**
   * Signs somebody in whose identity has been settled.
   *
   * @param email counts as verified by the first of {@code providers}
   * @return the token
   * @throws SyncException if an earlier account of the same user is just being deleted
   */
  String signIn(
      UserId user, Optional<String> email, Optional<String> name, List<String> providers) {
    long beginning = deleted.beginning(user);
    if (deleted.check(user, beginning).isPresent()) {
      users.lookAgain(user);
    }
    users.seen(user, email, name, providers);
    if (email.isPresent()) {
      users.verified(user, providers.get(0), email.flatMap(Users::address));
    }
    deleted.check(user, beginning);
    arrivals.signedIn(user);
    return tokens.issue(user, email, providers, beginning);
  }

  /** When the last token ends that anybody may have, in seconds since the Unix epoch. */
  public long lastEndOfAnybody() {
    Duration longest =
        others.isPresent() && IssuerTokens.LONGEST.compareTo(tokens.longest()) > 0
            ? IssuerTokens.LONGEST
            : tokens.longest();
    return tokens.now() + longest.toSeconds() + Claims.SKEW;
  }

  /**
   * When the last token ends that the user of a session may have, in seconds since the Unix epoch.
   */
  public long lastEnd(Session session) {
    Duration longest = session.issuedHere() ? tokens.longest() : IssuerTokens.LONGEST;
    return Math.max(session.expiresAt(), tokens.now() + longest.toSeconds()) + Claims.SKEW;
  }

  /**
   * Whether the caller of a session may still act for an owner; to be asked inside each commit.
   *
   * @param owners who may act for whom
   */
  public Admission admission(Session session, Admission owners) {
    return (user, owner) -> {
      deleted.check(session.user(), session.signedInAt());
      owners.check(user, owner);
    };
  }

  /**
   * Finds that a session is not over yet.
   *
   * @throws SessionException if it is
   */
  public void requireStill(Session session) {
    tokens.check(session);
    requireAccount(session);
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
