package dev.landfall.webapp.operator;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.json.JsonObject;
import dev.landfall.webapp.audit.Audited;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Query;
import dev.landfall.webapp.people.PeopleSettings;
import dev.landfall.webapp.session.Sessions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** What there is on the server, for its operators; that they have looked is in the audit trail. */
@Path("/operator")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class OperatorListsResource {
  private static final int MAX_PAGE = 500;

  /** Each is counted in each application. */
  private static final int MAX_USAGE = 50;

  private final OperatorPages pages;
  private final PeopleSettings people;
  private final Sessions sessions;

  /** The routes over {@code pages}. */
  @Inject
  public OperatorListsResource(OperatorPages pages, PeopleSettings people, Sessions sessions) {
    this.pages = pages;
    this.people = people;
    this.sessions = sessions;
  }

  /** The applications of which there may be documents. */
  @Audited("applications_listed")
  @GET
  @Path("/applications")
  public Response applications(@Context HttpServletRequest http) {
    people.requireOperator(sessions.require(http));
    return ok(pages.applications());
  }

  /** Users. */
  @Audited("users_listed")
  @GET
  @Path("/users")
  public Response users(@Context HttpServletRequest http, @Context UriInfo uri) {
    people.requireOperator(sessions.require(http));
    Query query = new Query(uri);
    return ok(
        pages.users(
            wanted(query),
            query.optional("after", after -> after).orElse(""),
            limit(query, MAX_PAGE)));
  }

  /** Organisations. */
  @Audited("organisations_listed")
  @GET
  @Path("/orgs")
  public Response organisations(@Context HttpServletRequest http, @Context UriInfo uri) {
    people.requireOperator(sessions.require(http));
    Query query = new Query(uri);
    return ok(
        pages.organisations(
            wanted(query), query.optional("after", OrganisationId::new), limit(query, MAX_PAGE)));
  }

  /** How much everybody has. */
  @Audited("usage_listed")
  @GET
  @Path("/usage")
  public Response usage(@Context HttpServletRequest http, @Context UriInfo uri) {
    people.requireOperator(sessions.require(http));
    Query query = new Query(uri);
    return ok(pages.usage(query.optional("after", Owner::parse), limit(query, MAX_USAGE)));
  }

  private static String wanted(Query query) {
    return query.optional("query", text -> text.strip()).orElse("");
  }

  private static int limit(Query query, int max) {
    return (int) query.whole("limit", 1, max).orElse(max);
  }

  private static Response ok(JsonObject json) {
    return Response.ok(Answer.of(json)).build();
  }
}
