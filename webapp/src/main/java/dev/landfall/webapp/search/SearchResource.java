package dev.landfall.webapp.search;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.Owner;
import dev.landfall.api.json.JsonWriter;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.query.SearchRequest;
import dev.landfall.engine.search.SearchPage;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Body;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import dev.landfall.webapp.sync.Applications;
import dev.landfall.webapp.sync.RequestOwners;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;

/** Finding documents. */
@Path("/{application}/search")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class SearchResource {
  private final SyncEngine engine;
  private final Sessions sessions;
  private final RequestOwners owners;
  private final Body body;

  /** The route over {@code engine}. */
  @Inject
  public SearchResource(SyncEngine engine, Sessions sessions, RequestOwners owners, Body body) {
    this.engine = engine;
    this.sessions = sessions;
    this.owners = owners;
    this.body = body;
  }

  /** A page of what a pull from zero would bring, narrowed by a filter and a text. */
  @POST
  public Response search(@PathParam("application") String name, @Context HttpServletRequest http) {
    Session session = sessions.require(http);
    ApplicationName application = Applications.named(name);
    Owner owner = owners.of(http, session);
    SearchRequest request = SearchRequestJson.read(body.read(http, session.user().value()));
    SearchPage page = engine.search(application, session.user(), owner, request);
    return Response.ok((Answer) out -> write(page, out)).build();
  }

  private static void write(SearchPage page, Answer.Sink out) throws IOException {
    JsonWriter json = out.json();
    json.raw("{\"results\":[");
    boolean first = true;
    for (Bytes result : page.results()) {
      if (!first) {
        json.raw(',');
      }
      first = false;
      json.raw(result);
      out.endOfPiece();
    }
    json.raw(']');
    page.after().ifPresent(after -> json.raw(",\"after\":").string(after));
    json.raw('}');
  }
}
