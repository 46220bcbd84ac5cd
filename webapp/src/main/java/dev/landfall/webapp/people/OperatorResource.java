package dev.landfall.webapp.people;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.sharing.TakenDown;
import dev.landfall.webapp.audit.Audited;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Body;
import dev.landfall.webapp.http.Members;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import dev.landfall.webapp.sharing.ShareLinks;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** What operators of the server may do to what others share. Nothing is told of its content. */
@Path("/operator/sharing")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class OperatorResource {
  private final ShareLinks links;
  private final PeopleSettings people;
  private final Sessions sessions;
  private final Body body;

  /** The routes over {@code links}. */
  @Inject
  public OperatorResource(ShareLinks links, PeopleSettings people, Sessions sessions, Body body) {
    this.links = links;
    this.people = people;
    this.sessions = sessions;
    this.body = body;
  }

  /** Ends that everybody reads a document, or its link, or both. */
  @Audited("taken_down")
  @POST
  @Path("/end")
  public Response end(@Context HttpServletRequest http) {
    Session session = sessions.require(http);
    people.requireOperator(session);
    Members members =
        Members.ofBody(body.read(http, session.user().value()))
            .only("shareToken", "app", "owner", "collection", "key", "visibility", "link");
    TakenDown ended =
        members.isAbsent("shareToken") ? document(members) : links.takeDown(token(members));
    return Response.ok(
            Answer.of(
                JsonObject.builder()
                    .put(
                        "ended",
                        JsonObject.builder()
                            .put("visibility", ended.visibility())
                            .put("link", ended.link())
                            .build())
                    .build()))
        .build();
  }

  private static String token(Members members) {
    return members.only("shareToken").string("shareToken");
  }

  private TakenDown document(Members members) {
    DocumentId id =
        new DocumentId(
            members.string("owner", UserId::new),
            members.string("collection", CollectionName::new),
            members.string("key", DocumentKey::new));
    TakenDown what =
        new TakenDown(
            members.isAbsent("visibility") || members.flag("visibility"),
            members.isAbsent("link") || members.flag("link"));
    return links.takeDown(members.string("app", ApplicationName::new), id, what);
  }
}
