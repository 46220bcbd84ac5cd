package dev.landfall.webapp.sync;

import dev.landfall.api.Owner;
import dev.landfall.engine.sync.SyncException;
import dev.landfall.engine.sync.SyncProblem;
import dev.landfall.webapp.session.Session;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;

/**
 * Whose documents a request is about: the caller's own, or with the header {@code X-Org-Id} an
 * organisation's. There are no organisations yet, so nobody is a member of one; the answer is the
 * same as it will be for those that do not exist.
 */
final class RequestOwner {
  private static final String HEADER = "X-Org-Id";

  private RequestOwner() {}

  static Owner of(HttpServletRequest request, Session session) {
    Enumeration<String> given = request.getHeaders(HEADER);
    if (given == null || !given.hasMoreElements()) {
      return session.user();
    }
    String organisation = given.nextElement();
    if (given.hasMoreElements()) {
      throw SyncException.badRequest(HEADER, "is given more than once");
    }
    if (organisation.isBlank()) {
      throw SyncException.badRequest(HEADER, "is empty");
    }
    throw new SyncException(SyncProblem.FORBIDDEN, "You are not a member of this organisation");
  }
}
