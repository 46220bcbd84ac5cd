package dev.landfall.webapp.audit;

import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a request does, as far as its address does not say so. Kept with the request until it is
 * answered.
 */
public final class AuditNote {
  private static final String ATTRIBUTE = AuditNote.class.getName();

  private final Map<String, String> on = new TreeMap<>();
  private final Set<Owner> concerns = new LinkedHashSet<>();
  private Optional<UserId> who = Optional.empty();
  private Optional<String> what = Optional.empty();
  private boolean anonymous;

  private AuditNote() {}

  /** The note of a request. */
  public static AuditNote of(HttpServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof AuditNote note) {
      return note;
    }
    AuditNote note = new AuditNote();
    request.setAttribute(ATTRIBUTE, note);
    return note;
  }

  /** It is done to that, too. */
  public AuditNote on(String kind, String id) {
    on.put(kind, id);
    return this;
  }

  /** It is done to documents of that owner. */
  public AuditNote of(Owner owner) {
    on.put(owner instanceof UserId ? "user" : "organisation", owner.value());
    return concerning(owner);
  }

  /** They may read of it. */
  public AuditNote concerning(Owner owner) {
    concerns.add(owner);
    return this;
  }

  /** By somebody who has no session yet. */
  public AuditNote by(UserId user) {
    who = Optional.of(user);
    return this;
  }

  /** It is something else than the route says. */
  public AuditNote as(String done) {
    what = Optional.of(done);
    return this;
  }

  /** Whoever does it is gone by now: nothing says who it was. */
  public AuditNote anonymous() {
    anonymous = true;
    return this;
  }

  Map<String, String> on() {
    return on;
  }

  Set<Owner> concerns() {
    return concerns;
  }

  Optional<UserId> who() {
    return who;
  }

  Optional<String> what() {
    return what;
  }

  boolean isAnonymous() {
    return anonymous;
  }
}
