package dev.landfall.webapp.organisation;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.audit.AuditEntry;
import dev.landfall.engine.erasure.Erasures;
import dev.landfall.engine.organisation.Member;
import dev.landfall.engine.organisation.Membership;
import dev.landfall.engine.organisation.Memberships;
import dev.landfall.engine.organisation.OrganisationName;
import dev.landfall.engine.organisation.Organisations;
import dev.landfall.engine.organisation.Page;
import dev.landfall.engine.organisation.Role;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.webapp.audit.AuditNote;
import dev.landfall.webapp.audit.Audited;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Body;
import dev.landfall.webapp.http.Members;
import dev.landfall.webapp.http.Query;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.SessionException;
import dev.landfall.webapp.session.Sessions;
import dev.landfall.webapp.sharing.SharesPage;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** Organisations and who is in them. */
@Path("/orgs")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class OrganisationsResource {
  /** Each costs two look-ups. */
  private static final int MAX_ORGANISATIONS = 100;

  private final Organisations organisations;
  private final Memberships memberships;
  private final SharesPage shares;
  private final Erasures erasures;
  private final Sessions sessions;
  private final Body body;
  private final boolean registerable;

  /** The routes over {@code organisations}. */
  @Inject
  public OrganisationsResource(
      Organisations organisations,
      Memberships memberships,
      SyncEngine engine,
      Erasures erasures,
      Sessions sessions,
      Body body,
      OrganisationSettings settings) {
    this.organisations = organisations;
    this.memberships = memberships;
    this.shares = new SharesPage(engine);
    this.erasures = erasures;
    this.sessions = sessions;
    this.body = body;
    this.registerable = settings.registerable();
  }

  /** Founds an organisation. */
  @Audited("organisation_founded")
  @POST
  public Response create(@Context HttpServletRequest http) {
    Session session = sessions.require(http);
    if (!registerable) {
      throw new SyncException(
          SyncProblem.FORBIDDEN, "Organisations cannot be registered on this server");
    }
    OrganisationName name =
        Members.ofBody(body.read(http, session.user().value()))
            .only("name")
            .string("name", OrganisationName::new);
    sessions.requireStill(session);
    Membership made = organisations.create(session.user(), name);
    AuditNote.of(http).of(made.member().organisation());
    try {
      sessions.requireStill(session);
    } catch (SessionException e) {
      // founded while the account was deleted: it would bring the id back
      erasures.organisation(session.user(), made.member().organisation());
      throw e;
    }
    return Response.status(Response.Status.CREATED)
        .entity(Answer.of(OrganisationJson.founded(made)))
        .build();
  }

  /** The caller's organisations. */
  @GET
  public Response list(@Context HttpServletRequest http, @Context UriInfo uri) {
    Session session = sessions.require(http);
    Query query = new Query(uri);
    Page<Membership> page =
        organisations.of(
            session.user(),
            query.optional("after", OrganisationId::new),
            (int) query.whole("limit", 1, MAX_ORGANISATIONS).orElse(MAX_ORGANISATIONS));
    return ok(OrganisationJson.page("orgs", page, OrganisationJson::membership));
  }

  /** Deletes an organisation with everything in it. */
  @Audited("organisation_erased")
  @DELETE
  @Path("/{orgId}")
  public Response delete(@PathParam("orgId") String id, @Context HttpServletRequest http) {
    Session session = sessions.require(http);
    boolean complete = erasures.organisation(session.user(), OrganisationJson.id(id));
    AuditNote.of(http).on("organisation", AuditEntry.GONE);
    return (complete ? Response.noContent() : Response.accepted()).build();
  }

  /** The members of an organisation. */
  @GET
  @Path("/{orgId}/members")
  public Response members(
      @PathParam("orgId") String id, @Context HttpServletRequest http, @Context UriInfo uri) {
    Session session = sessions.require(http);
    Query query = new Query(uri);
    Page<Member> page =
        organisations.members(
            session.user(),
            OrganisationJson.id(id),
            query.optional("after", UserId::new),
            (int) query.whole("limit", 1, Organisations.MAX_PAGE).orElse(Organisations.MAX_PAGE));
    return ok(OrganisationJson.page("members", page, OrganisationJson::member));
  }

  /** Lets a user in. */
  @Audited("member_added")
  @POST
  @Path("/{orgId}/members")
  public Response add(@PathParam("orgId") String id, @Context HttpServletRequest http) {
    Session session = sessions.require(http);
    OrganisationId organisation = OrganisationJson.id(id);
    Members members =
        Members.ofBody(body.read(http, session.user().value())).only("userId", "role");
    UserId user = members.string("userId", UserId::new);
    Role role = members.isAbsent("role") ? Role.MEMBER : members.string("role", Role::parse);
    AuditNote.of(http).of(user);
    Member added = organisations.add(session.user(), organisation, user, role);
    actsFor(session, organisation);
    return changed(added);
  }

  /** Changes the role of a member. */
  @Audited("member_changed")
  @PATCH
  @Path("/{orgId}/members/{userId}")
  public Response change(
      @PathParam("orgId") String id,
      @PathParam("userId") String userId,
      @Context HttpServletRequest http) {
    Session session = sessions.require(http);
    OrganisationId organisation = OrganisationJson.id(id);
    UserId user = user(userId);
    Role role =
        Members.ofBody(body.read(http, session.user().value()))
            .only("role")
            .string("role", Role::parse);
    AuditNote.of(http).of(user);
    Member changed = organisations.changeRole(session.user(), organisation, user, role);
    if (!user.equals(session.user())) {
      actsFor(session, organisation);
    }
    return changed(changed);
  }

  /** Removes a member. */
  @Audited("member_removed")
  @DELETE
  @Path("/{orgId}/members/{userId}")
  public Response remove(
      @PathParam("orgId") String id,
      @PathParam("userId") String userId,
      @Context HttpServletRequest http) {
    Session session = sessions.require(http);
    OrganisationId organisation = OrganisationJson.id(id);
    UserId user = user(userId);
    AuditNote.of(http).of(user);
    organisations.remove(session.user(), organisation, user, erasures::abandoned);
    if (!user.equals(session.user())) {
      actsFor(session, organisation);
    }
    return ok(JsonObject.builder().put("removed", true).build());
  }

  /** Whoever decides who is in an organisation has taken their own membership up. */
  private void actsFor(Session session, OrganisationId organisation) {
    memberships.enter(session.user(), organisation);
  }

  /** What of the organisation others than its members see. */
  @GET
  @Path("/{orgId}/shares")
  public Response shares(
      @PathParam("orgId") String id, @Context HttpServletRequest http, @Context UriInfo uri) {
    Session session = sessions.require(http);
    OrganisationId organisation = OrganisationJson.id(id);
    organisations.requireAdmin(session.user(), organisation);
    Query query = new Query(uri);
    return ok(
        shares.page(
            organisation,
            query.optional("after", SharesPage.Place::parse),
            (int) query.whole("limit", 1, SharesPage.MAX).orElse(SharesPage.MAX)));
  }

  private static UserId user(String id) {
    try {
      return new UserId(id);
    } catch (IllegalArgumentException e) {
      throw new SyncException(SyncProblem.NOT_FOUND, "There is no such member");
    }
  }

  private static Response changed(Member member) {
    return ok(OrganisationJson.added(member));
  }

  private static Response ok(JsonObject json) {
    return Response.ok(Answer.of(json)).build();
  }
}
