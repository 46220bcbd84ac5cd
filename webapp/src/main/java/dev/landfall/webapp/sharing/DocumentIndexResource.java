package dev.landfall.webapp.sharing;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Grant;
import dev.landfall.engine.document.ShareLink;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.organisation.Memberships;
import dev.landfall.engine.organisation.Organisations;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sharing.SharingGuard;
import dev.landfall.engine.sharing.SharingPatch;
import dev.landfall.webapp.audit.AuditNote;
import dev.landfall.webapp.audit.Audited;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Body;
import dev.landfall.webapp.http.Members;
import dev.landfall.webapp.http.Query;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import dev.landfall.webapp.sync.Applications;
import dev.landfall.webapp.sync.RequestOwners;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
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
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Who reads a document. Whoever wrote it first sees that and changes it, and of an organisation's
 * documents its administrators. The key of the document is in the path or, where a proxy on the way
 * might write that differently, the parameter {@code key}, which counts if both are there.
 */
@Path("/docIndex/{app}")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class DocumentIndexResource {
  private static final String KEY = "/{docKey: .+}";
  private static final String LINK = "/shareToken";
  private static final String ACCESS = "/access";

  private final SyncEngine engine;
  private final ShareLinks links;
  private final AddressGrants addresses;
  private final Organisations organisations;
  private final SharingRules rules;
  private final RequestOwners owners;
  private final SharingGuard guard;
  private final Sessions sessions;
  private final Body body;

  /** The routes over {@code engine}. */
  @Inject
  public DocumentIndexResource(
      SyncEngine engine,
      ShareLinks links,
      AddressGrants addresses,
      Organisations organisations,
      Memberships memberships,
      RequestOwners owners,
      SharingGuard guard,
      Sessions sessions,
      Body body) {
    this.engine = engine;
    this.links = links;
    this.addresses = addresses;
    this.organisations = organisations;
    this.rules = new SharingRules(memberships);
    this.owners = owners;
    this.guard = guard;
    this.sessions = sessions;
    this.body = body;
  }

  /** What a request says of the document that it is about. */
  public static final class Address {
    // JAX-RS fills them in.
    @PathParam("app")
    private String app = "";

    /** The key, empty where the path has none. */
    @PathParam("docKey")
    @DefaultValue("")
    private String inPath = "";

    @SuppressWarnings("NullAway.Init")
    @Context
    private HttpServletRequest http;

    @SuppressWarnings("NullAway.Init")
    @Context
    private UriInfo uri;

    /** For JAX-RS. */
    public Address() {}

    /** The same with a key that the path has, and takes for something else. */
    private Address called(String key) {
      inPath = key;
      return this;
    }

    private DocumentKey key(Query query) {
      Optional<DocumentKey> named = query.optional("key", DocumentKey::new);
      if (named.isEmpty() && inPath.isEmpty()) {
        throw SyncException.badRequest("key", "is missing");
      }
      try {
        return named.orElseGet(() -> new DocumentKey(inPath));
      } catch (IllegalArgumentException e) {
        throw notFound();
      }
    }
  }

  /** The document that an address means, and the engine as the caller may use it. */
  private record Place(
      SyncEngine engine,
      ApplicationName application,
      UserId caller,
      Owner owner,
      Document document) {
    DocumentId id() {
      return document.id();
    }
  }

  /** The entry of a document. */
  @GET
  @Path(KEY)
  public Response get(@BeanParam Address address) {
    Place place = find(address);
    return entry(place.application(), place.document());
  }

  /** The entry of the document that the parameter names. */
  @GET
  public Response getNamed(@BeanParam Address address) {
    return get(address);
  }

  /** The entry of a document that is called like a route. */
  @GET
  @Path(LINK)
  @Operation(hidden = true)
  public Response getLikeRoute(@BeanParam Address address) {
    return get(address.called(LINK.substring(1)));
  }

  /** Changes who reads a document: all that is said, or nothing. */
  @Audited("access_changed")
  @PATCH
  @Path(KEY)
  public Response change(@BeanParam Address address) {
    Place place = find(address);
    SharingPatch patch = SharingJson.patch(body.read(address.http, place.caller().value()));
    for (Grant grant : patch.grants()) {
      AuditNote.of(address.http).concerning(grant.user());
    }
    for (SharingPatch.Withdrawn withdrawn : patch.withdrawn()) {
      AuditNote.of(address.http).concerning(withdrawn.user());
    }
    Optional<OrganisationId> implied = implied(place);
    addresses.note(place.application(), place.id(), patch.pending());
    AtomicReference<@Nullable ShareLink> until = new AtomicReference<>();
    Document shared =
        place
            .engine()
            .share(
                place.application(),
                place.caller(),
                place.owner(),
                place.id(),
                guard,
                sharing -> {
                  until.set(sharing.link().orElse(null));
                  return apply(patch, implied, sharing, place);
                });
    // once more: whoever has just signed in has found nothing, and removed the note of it
    addresses.note(place.application(), place.id(), patch.pending());
    ShareLink link = until.get();
    if (link != null && shared.index().sharing().link().isEmpty()) {
      links.forget(link);
    }
    return entry(place.application(), shared);
  }

  /** The same for the document that the parameter names. */
  @Audited("access_changed")
  @PATCH
  public Response changeNamed(@BeanParam Address address) {
    return change(address);
  }

  /** The same for a document that is called like a route. */
  @Audited("access_changed")
  @PATCH
  @Path(LINK)
  @Operation(hidden = true)
  public Response changeLikeRoute(@BeanParam Address address) {
    return change(address.called(LINK.substring(1)));
  }

  /** The organisation that is meant if none is named: the owner's only one. */
  private Optional<OrganisationId> implied(Place place) {
    if (place.owner() instanceof OrganisationId organisation) {
      return Optional.of(organisation);
    }
    return organisations.only(place.caller());
  }

  private Sharing apply(
      SharingPatch patch, Optional<OrganisationId> implied, Sharing sharing, Place place) {
    boolean toOrganisation = patch.visibility().equals(Optional.of(Visibility.ORG));
    SharingPatch complete =
        toOrganisation && patch.organisation().isEmpty() ? patch.of(implied) : patch;
    return rules.apply(complete, sharing, place.caller(), place.owner());
  }

  /** Makes a link in place of the one there may be. */
  @Audited("link_made")
  @POST
  @Path(KEY + LINK)
  public Response makeLink(@BeanParam Address address) {
    Place place = find(address);
    OptionalLong expires = OptionalLong.empty();
    Optional<ShareLink.Redeemable> redeemable = Optional.empty();
    if (address.http.getContentLengthLong() > 0
        || address.http.getHeader("Transfer-Encoding") != null) {
      Members asked =
          Members.ofBody(body.read(address.http, place.caller().value()))
              .only("expiresAt", "redeem", "access", "uses");
      expires = asked.moment("expiresAt");
      redeemable = SharingJson.redeemable(asked);
    }
    String token =
        links.make(
            place.engine(),
            place.application(),
            place.caller(),
            place.owner(),
            place.id(),
            guard,
            expires,
            redeemable);
    return Response.ok(Answer.of(JsonObject.builder().put("shareToken", token).build())).build();
  }

  /** Makes a link to the document that the parameter names. */
  @Audited("link_made")
  @POST
  @Path(LINK)
  public Response makeLinkNamed(@BeanParam Address address) {
    return makeLink(address);
  }

  /** Ends the link; without one this changes nothing. */
  @Audited("link_ended")
  @DELETE
  @Path(KEY + LINK)
  public Response endLink(@BeanParam Address address) {
    Place place = find(address);
    links.end(
        place.engine(), place.application(), place.caller(), place.owner(), place.id(), guard);
    return Response.ok(Answer.of(JsonObject.builder().put("shareToken", JsonNull.NULL).build()))
        .build();
  }

  /** Ends the link to the document that the parameter names. */
  @Audited("link_ended")
  @DELETE
  @Path(LINK)
  public Response endLinkNamed(@BeanParam Address address) {
    return endLink(address);
  }

  /** The caller lets go of a document that somebody shares with them. */
  @Audited("access_left")
  @DELETE
  @Path(KEY + ACCESS)
  public Response leave(@BeanParam Address address) {
    Session session = sessions.require(address.http);
    ApplicationName application = Applications.named(address.app);
    Query query = new Query(address.uri);
    UserId owner = query.required("owner", UserId::new);
    engine
        .admitting(sessions.admission(session, owners::check))
        .leave(
            application,
            session.user(),
            owner.value(),
            address.key(query),
            query.optional("collection", CollectionName::new));
    return Response.noContent().build();
  }

  /** The caller lets go of the document that the parameter names. */
  @Audited("access_left")
  @DELETE
  @Path(ACCESS)
  public Response leaveNamed(@BeanParam Address address) {
    return leave(address);
  }

  /** The entry of a document that is called like that route. */
  @GET
  @Path(ACCESS)
  @Operation(hidden = true)
  public Response getLikeAccess(@BeanParam Address address) {
    return get(address.called(ACCESS.substring(1)));
  }

  /** Changes who reads a document that is called like that route. */
  @Audited("access_changed")
  @PATCH
  @Path(ACCESS)
  @Operation(hidden = true)
  public Response changeLikeAccess(@BeanParam Address address) {
    return change(address.called(ACCESS.substring(1)));
  }

  private Place find(Address address) {
    Session session = sessions.require(address.http);
    ApplicationName application = Applications.named(address.app);
    Owner owner = owners.of(address.http, session);
    Query query = new Query(address.uri);
    Optional<CollectionName> collection = query.optional("collection", CollectionName::new);
    boolean administers =
        owner instanceof OrganisationId organisation
            && guard.administers(session.user(), organisation);
    List<Document> written =
        engine.indexed(application, owner, address.key(query), collection).stream()
            .filter(document -> administers || document.index().creator().equals(session.user()))
            .toList();
    List<Document> living = written.stream().filter(document -> !document.isDeleted()).toList();
    List<Document> found = living.isEmpty() ? written : living;
    if (found.isEmpty()) {
      throw notFound();
    }
    if (found.size() > 1) {
      throw new SyncException(
          SyncProblem.AMBIGUOUS,
          "documents of this key are in several collections: say which with ?collection=");
    }
    SyncEngine callers = engine.admitting(sessions.admission(session, owners::check));
    AuditNote.of(address.http)
        .of(owner)
        .on("application", application.value())
        .on("collection", found.get(0).id().collection().value())
        .on("key", found.get(0).id().key().value());
    return new Place(callers, application, session.user(), owner, found.get(0));
  }

  private static SyncException notFound() {
    return new SyncException(SyncProblem.NOT_FOUND, "There is no such document of yours");
  }

  private static Response entry(ApplicationName application, Document document) {
    return Response.ok(Answer.of(SharingJson.entry(application, document))).build();
  }
}
