package dev.landfall.webapp.operator;

import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.directory.Kept;
import dev.landfall.webapp.audit.AuditNote;
import dev.landfall.webapp.audit.Audited;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Body;
import dev.landfall.webapp.http.Members;
import dev.landfall.webapp.http.Query;
import dev.landfall.webapp.people.PeopleSettings;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Optional;

/** Work on the whole server that its operators start and watch. */
@Path("/operator/jobs")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class OperatorJobsResource {
  private static final int MAX_PAGE = 100;

  private final Jobs jobs;
  private final PeopleSettings people;
  private final Sessions sessions;
  private final Body body;

  /** The routes over {@code jobs}. */
  @Inject
  public OperatorJobsResource(Jobs jobs, PeopleSettings people, Sessions sessions, Body body) {
    this.jobs = jobs;
    this.people = people;
    this.sessions = sessions;
    this.body = body;
  }

  /** What was started, and what became of it. */
  @Audited("jobs_listed")
  @GET
  public Response list(@Context HttpServletRequest http, @Context UriInfo uri) {
    people.requireOperator(sessions.require(http));
    Query query = new Query(uri);
    int limit = (int) query.whole("limit", 1, MAX_PAGE).orElse(MAX_PAGE);
    List<Kept> page = jobs.list(query.optional("after", after -> after).orElse(""), limit);
    return Response.ok(
            Answer.of(
                OperatorPages.page(
                    "jobs",
                    page.stream().map(jobs::json).toList(),
                    page.size() < limit
                        ? Optional.empty()
                        : Optional.of(page.get(limit - 1).name()))))
        .build();
  }

  /** Starts one. */
  @Audited("job_started")
  @POST
  public Response start(@Context HttpServletRequest http) {
    Session session = sessions.require(http);
    people.requireOperator(session);
    String kind =
        Members.ofBody(body.read(http, session.user().value())).only("kind").string("kind");
    String id = jobs.start(kind);
    AuditNote.of(http).on("job", kind);
    return Response.accepted(Answer.of(JsonObject.builder().put("jobId", id).build())).build();
  }
}
