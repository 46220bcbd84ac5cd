package dev.landfall.webapp.account;

import dev.landfall.api.CollectionName;
import dev.landfall.api.Owner;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.Usage;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Query;
import dev.landfall.webapp.people.PeopleSettings;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import dev.landfall.webapp.sharing.SharesPage;
import dev.landfall.webapp.sync.RequestOwners;
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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** What the caller has, and what of it others see. */
@Path("/account")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class HoldingsResource {
  private final SyncEngine engine;
  private final SharesPage shares;
  private final Sessions sessions;
  private final RequestOwners owners;
  private final PeopleSettings people;

  /** The routes over {@code engine}. */
  @Inject
  public HoldingsResource(
      SyncEngine engine, Sessions sessions, RequestOwners owners, PeopleSettings people) {
    this.engine = engine;
    this.shares = new SharesPage(engine);
    this.sessions = sessions;
    this.owners = owners;
    this.people = people;
  }

  /**
   * {@code {applications: [{app, description?, documents, bytes, collections: [{name, schema?,
   * indexes?}]}], operator}}: the configured applications, and what the caller, or with {@code
   * X-Org-Id} the organisation, has in each.
   */
  @GET
  @Path("/applications")
  public Response applications(@Context HttpServletRequest http) {
    Session session = sessions.require(http);
    Owner owner = owners.of(http, session);
    Map<?, Usage> usage = engine.usage(owner);
    List<JsonValue> applications =
        engine.applications().stream()
            .sorted(Comparator.comparing(one -> one.name().value()))
            .<JsonValue>map(
                one -> application(one, owner, usage.getOrDefault(one.name(), Usage.NONE)))
            .toList();
    return Response.ok(
            Answer.of(
                JsonObject.builder()
                    .put("applications", new JsonArray(applications))
                    .put("operator", people.isOperator(session))
                    .build()))
        .build();
  }

  private JsonObject application(ApplicationDefinition definition, Owner owner, Usage usage) {
    JsonObject.Builder json = JsonObject.builder().put("app", definition.name().value());
    if (!definition.description().isEmpty()) {
      json.put("description", definition.description());
    }
    SortedSet<String> names = new TreeSet<>();
    definition.collections().keySet().forEach(name -> names.add(name.value()));
    engine.owned(definition.name(), owner).collections().forEach(name -> names.add(name.value()));
    List<JsonValue> collections = new ArrayList<>();
    for (String name : names) {
      collections.add(collection(name, definition.collection(new CollectionName(name))));
    }
    return json.put("documents", usage.documents())
        .put("bytes", usage.bytes())
        .put("collections", new JsonArray(collections))
        .build();
  }

  private static JsonObject collection(String name, CollectionDefinition definition) {
    JsonObject.Builder json = JsonObject.builder().put("name", name);
    definition.schema().source().ifPresent(schema -> json.put("schema", schema));
    List<JsonValue> indexes =
        definition.indexes().paths().stream()
            .<JsonValue>map(path -> new JsonString(path.text()))
            .toList();
    if (!indexes.isEmpty()) {
      json.put("indexes", new JsonArray(indexes));
    }
    return json.build();
  }

  /** What of the caller's documents others see. */
  @GET
  @Path("/shares")
  public Response shares(@Context HttpServletRequest http, @Context UriInfo uri) {
    Session session = sessions.require(http);
    Query query = new Query(uri);
    return Response.ok(
            Answer.of(
                shares.page(
                    session.user(),
                    query.optional("after", SharesPage.OwnPlace::parse),
                    (int) query.whole("limit", 1, SharesPage.MAX).orElse(SharesPage.MAX))))
        .build();
  }
}
