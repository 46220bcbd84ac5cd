package dev.landfall.webapp.audit;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.engine.audit.AuditEntry;
import dev.landfall.webapp.http.Callers;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Notes the use of routes that are {@link Audited}, and tokens that were refused. */
@Provider
@Singleton
public class AuditFilter implements ContainerResponseFilter {
  private static final int UNAUTHORIZED = 401;
  private static final int MAX_TEXT = 512;

  /** What the parts of addresses are called in an entry. */
  private static final Map<String, String> KINDS =
      Map.of(
          "orgId", "organisation",
          "userId", "user",
          "app", "application",
          "docKey", "key",
          "key", "key",
          "collection", "collection",
          "owner", "user",
          "provider", "provider");

  private static final InstantSource TIME = InstantSource.system();

  // RESTEasy wants providers to have a constructor without parameters.
  @Inject private Audit audit;
  @Inject private Callers callers;

  @SuppressWarnings("NullAway.Init")
  @Context
  private ResourceInfo resource;

  @SuppressWarnings("NullAway.Init")
  @Context
  private HttpServletRequest http;

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    Optional<Audited> route = route(request);
    boolean done = response.getStatus() < 400;
    if (response.getStatus() == UNAUTHORIZED
        && request.getHeaderString(HttpHeaders.AUTHORIZATION) != null) {
      audit.noteSometimes(
          new AuditEntry(
              TIME.instant(),
              Optional.empty(), // whose token it says it is may be gone, or anybody
              "token_refused",
              Map.of(),
              Optional.of(callers.address(http)),
              Set.of()));
    } else if (route.isPresent() && done) {
      audit.note(entry(AuditNote.of(http).what().orElse(route.get().value()), request));
    } else if (route.isPresent() && !route.get().refused().isEmpty()) {
      audit.noteSometimes(entry(route.get().refused(), request));
    }
  }

  private Optional<Audited> route(ContainerRequestContext request) {
    if (request.getUriInfo().getMatchedResources().isEmpty()) {
      return Optional.empty(); // and nobody knows of a method
    }
    return Optional.ofNullable(resource.getResourceMethod())
        .map(method -> method.getAnnotation(Audited.class));
  }

  private AuditEntry entry(String what, ContainerRequestContext request) {
    AuditNote note = AuditNote.of(http);
    if (note.isAnonymous()) {
      return new AuditEntry(
          TIME.instant(), Optional.empty(), what, Map.of(), Optional.empty(), Set.of());
    }
    Optional<UserId> who = note.who().or(() -> Callers.known(http));
    Map<String, String> on = new TreeMap<>();
    take(request.getUriInfo().getPathParameters(), on);
    take(request.getUriInfo().getQueryParameters(), on);
    on.putAll(note.on());
    Set<Owner> concerns = new LinkedHashSet<>(note.concerns());
    who.ifPresent(concerns::add);
    // An organisation whose route has let the caller in. People are concerned only where the route
    // says so: who is blocked is not told.
    if (who.isPresent() && request.getUriInfo().getPathParameters().containsKey("orgId")) {
      Optional.ofNullable(on.get("organisation"))
          .filter(organisation -> !organisation.equals(AuditEntry.GONE))
          .ifPresent(organisation -> concerns.add(new OrganisationId(organisation)));
    }
    return new AuditEntry(
        TIME.instant(), who, what, on, Optional.of(callers.address(http)), concerns);
  }

  private static boolean isText(String value) {
    return value.codePoints().noneMatch(c -> c == 0 || Character.getType(c) == Character.SURROGATE);
  }

  private static void take(MultivaluedMap<String, String> parameters, Map<String, String> on) {
    KINDS.forEach(
        (parameter, kind) -> {
          String value = parameters.getFirst(parameter);
          if (value != null && !value.isEmpty() && value.length() <= MAX_TEXT && isText(value)) {
            on.put(kind, value);
          }
        });
  }
}
