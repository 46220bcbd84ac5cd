package dev.landfall.webapp.sync;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.engine.organisation.Memberships;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.webapp.session.Session;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;

/**
 * Whose documents a request is about: the caller's own, or with the header {@code X-Org-Id} those
 * of an organisation the caller is in. Whether there is such an organisation is not told to others.
 */
public final class RequestOwners {
  private static final String HEADER = "X-Org-Id";

  private final Memberships memberships;

  /** Owners by {@code memberships}. */
  public RequestOwners(Memberships memberships) {
    this.memberships = memberships;
  }

  /**
   * Whose documents {@code request} is about.
   *
   * @throws SyncException if the caller is not in the organisation
   */
  public Owner of(HttpServletRequest request, Session session) {
    Enumeration<String> given = request.getHeaders(HEADER);
    if (given == null || !given.hasMoreElements()) {
      return session.user();
    }
    String text = given.nextElement();
    if (given.hasMoreElements()) {
      throw SyncException.badRequest(HEADER, "is given more than once");
    }
    if (text.isBlank()) {
      throw SyncException.badRequest(HEADER, "is empty");
    }
    Owner organisation = organisation(text);
    memberships.enter(session.user(), organisation);
    return organisation;
  }

  /**
   * Finds that {@code caller} may act for {@code owner}.
   *
   * @throws SyncException if not
   */
  public void check(UserId caller, Owner owner) {
    memberships.check(caller, owner);
  }

  private static OrganisationId organisation(String text) {
    try {
      return new OrganisationId(text);
    } catch (IllegalArgumentException e) {
      throw Memberships.notAMember();
    }
  }
}
