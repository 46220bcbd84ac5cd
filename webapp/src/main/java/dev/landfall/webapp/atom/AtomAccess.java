package dev.landfall.webapp.atom;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.Sha256;
import dev.landfall.engine.commit.Admission;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/** Finds out who is calling: somebody with a session, or with a token from configuration. */
public final class AtomAccess {
  private final List<AtomUser> configured;
  private final Sessions sessions;

  /** Access for {@code configured} users and those with sessions. */
  public AtomAccess(List<AtomUser> configured, Sessions sessions) {
    this.configured = List.copyOf(configured);
    this.sessions = sessions;
  }

  /**
   * Who is calling.
   *
   * @param limits of the caller, if there are any
   */
  record Visitor(Session session, Optional<AtomUser> limits) {
    /**
     * Finds that the caller may do anything in {@code application}.
     *
     * @throws SyncException if not
     */
    void require(ApplicationName application) {
      if (limits.isPresent() && !limits.get().applications().contains(application)) {
        throw new SyncException(SyncProblem.FORBIDDEN, "the application is not one of yours");
      }
    }

    /**
     * Finds that the caller may see and write {@code group}.
     *
     * @throws SyncException if not
     */
    void require(CollectionName group) {
      if (limits.isPresent() && !limits.get().groups().contains(group)) {
        throw new SyncException(SyncProblem.FORBIDDEN, "the group is not one of yours");
      }
    }
  }

  /**
   * Who makes {@code request}.
   *
   * @throws dev.landfall.webapp.session.SessionException if nobody that is known
   */
  Visitor require(HttpServletRequest request) {
    if (!configured.isEmpty()) {
      Optional<AtomUser> known = known(hash(Sessions.bearer(request)));
      if (known.isPresent()) {
        Session session =
            new Session(
                known.get().id(),
                Optional.empty(),
                false,
                List.of("atom"),
                List.of(),
                0,
                0,
                Long.MAX_VALUE,
                false);
        sessions.admit(session, request);
        return new Visitor(session, known);
      }
    }
    return new Visitor(sessions.require(request), Optional.empty());
  }

  /**
   * Whether a visitor may still act for an owner; to be asked inside each commit.
   *
   * @param owners who may act for whom
   */
  Admission admission(Visitor visitor, Admission owners) {
    return sessions.admission(visitor.session(), owners);
  }

  /** Looks at all of them, and at all of each, whatever it finds: time tells nothing. */
  private Optional<AtomUser> known(byte[] hash) {
    Optional<AtomUser> found = Optional.empty();
    for (AtomUser user : configured) {
      if (MessageDigest.isEqual(user.hash().getBytes(StandardCharsets.US_ASCII), hash)) {
        found = Optional.of(user);
      }
    }
    return found;
  }

  private static byte[] hash(String token) {
    return Sha256.hex(token).getBytes(StandardCharsets.US_ASCII);
  }
}
