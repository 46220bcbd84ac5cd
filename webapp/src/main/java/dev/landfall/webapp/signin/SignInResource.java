package dev.landfall.webapp.signin;

import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.webapp.audit.AuditNote;
import dev.landfall.webapp.audit.Audited;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Body;
import dev.landfall.webapp.http.Callers;
import dev.landfall.webapp.http.Query;
import dev.landfall.webapp.session.SessionSettings;
import dev.landfall.webapp.session.Sessions;
import dev.landfall.webapp.session.WithoutSession;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Signing in with a provider, and linking several. */
@Path("/auth")
@Singleton
public class SignInResource {
  private final SignIn signIn;
  private final Sessions sessions;
  private final Body body;
  private final Callers callers;
  private final boolean development;
  private final boolean encrypted;

  /** The routes below {@code /auth} that have to do with providers. */
  @Inject
  public SignInResource(
      SignIn signIn, Sessions sessions, SessionSettings settings, Body body, Callers callers) {
    this.signIn = signIn;
    this.sessions = sessions;
    this.body = body;
    this.callers = callers;
    this.development = settings.development();
    this.encrypted = "https".equals(signIn.base().getScheme());
  }

  /** The page on which one chooses how to sign in. */
  @WithoutSession("it leads to one")
  @GET
  @Path("/login")
  public Response choose(@Context UriInfo uri) {
    Optional<String> returnTo = text(new Query(uri), "returnTo");
    return page(
        SignInPages.choice(
            signIn.providers().values(), development, returnTo, returnTo.map(signIn::target)));
  }

  /** Begins a sign-in. Who asks for {@code /auth/me} in a form it has not must not end up here. */
  @WithoutSession("it makes one")
  @GET
  @Path("/{provider: (?!me$)[^/]+}")
  public Response begin(
      @PathParam("provider") String provider,
      @Context HttpServletRequest request,
      @Context UriInfo uri) {
    callers.countWithoutSession(request);
    boolean html = asksForHtml(request);
    return begun(
        signIn.begin(provider, beginning(Optional.empty(), html, request, new Query(uri))), html);
  }

  /** Begins to link a provider to the caller. */
  @POST
  @Path("/link/{provider}")
  public Response link(
      @PathParam("provider") String provider,
      @Context HttpServletRequest request,
      @Context UriInfo uri) {
    UserId user = sessions.require(request).user();
    return begun(
        signIn.begin(provider, beginning(Optional.of(user), false, request, new Query(uri))),
        false);
  }

  /** Completes a sign-in. */
  @WithoutSession("it makes one")
  @Audited(value = "signed_in", refused = "sign_in_refused")
  @GET
  @Path("/{provider}/callback")
  public Response complete(
      @PathParam("provider") String provider,
      @Context HttpServletRequest request,
      @Context UriInfo uri) {
    if (signIn.provider(provider).postsBack()) {
      throw new NotAllowedException("POST");
    }
    Query query = new Query(uri);
    return complete(provider, request, name -> text(query, name));
  }

  /** Completes a sign-in with a provider that has the browser post a form. */
  @WithoutSession("it makes one")
  @Audited(value = "signed_in", refused = "sign_in_refused")
  @POST
  @Path("/{provider}/callback")
  public Response completeByForm(
      @PathParam("provider") String provider, @Context HttpServletRequest request) {
    if (!signIn.provider(provider).postsBack()) {
      throw new NotAllowedException("GET");
    }
    return complete(
        provider, request, CallbackForm.read(request, body, callers.of(request))::field);
  }

  /** Takes a provider from the caller. */
  @Audited("provider_unlinked")
  @DELETE
  @Path("/providers/{provider}")
  public Response unlink(
      @PathParam("provider") String provider, @Context HttpServletRequest request) {
    UserId user = sessions.require(request).user();
    return json(
        JsonObject.builder().put("providers", names(signIn.unlink(user, provider))).build());
  }

  private SignIn.Beginning beginning(
      Optional<UserId> linkTo, boolean html, HttpServletRequest request, Query query) {
    return new SignIn.Beginning(
        linkTo, html, text(query, "returnTo"), text(query, "redirect_uri"), browser(request));
  }

  private Response begun(SignIn.Begun begun, boolean html) {
    Response.ResponseBuilder answer =
        html
            ? Response.seeOther(begun.authorization())
            : Response.ok(
                Answer.of(
                    JsonObject.builder()
                        .put("authorizationURL", begun.authorization().toString())
                        .put("state", begun.state())
                        .build()),
                MediaType.APPLICATION_JSON_TYPE);
    begun
        .browser()
        .ifPresent(
            value ->
                answer.header(
                    HttpHeaders.SET_COOKIE,
                    cookie()
                        + "="
                        + value
                        + "; Path=/; Max-Age="
                        + Attempts.TIME.toSeconds()
                        // the form that Apple posts comes from elsewhere
                        + (encrypted
                            ? "; HttpOnly; Secure; SameSite=None"
                            : "; HttpOnly; SameSite=Lax")));
    return answer.build();
  }

  private Response complete(
      String provider, HttpServletRequest request, Function<String, Optional<String>> parameters) {
    callers.countWithoutSession(request);
    Optional<UserId> session =
        request.getHeader(HttpHeaders.AUTHORIZATION) == null
            ? Optional.empty()
            : Optional.of(sessions.require(request).user());
    SignIn.Done done =
        signIn.complete(
            provider,
            new Callback(
                parameters.apply("state"),
                parameters.apply("code"),
                parameters.apply("error"),
                parameters.apply("iss"),
                parameters.apply("user"),
                session,
                browser(request)));
    AuditNote.of(request).by(done.user().id());
    JsonObject answer =
        JsonObject.builder().put("user", user(done.user())).put("token", done.token()).build();
    return done.page() ? page(SignInPages.done(answer, done.returnTo())) : json(answer);
  }

  private Optional<String> browser(HttpServletRequest request) {
    Cookie[] cookies = request.getCookies();
    if (cookies != null) {
      for (Cookie cookie : cookies) {
        if (cookie.getName().equals(cookie())) {
          return Optional.of(cookie.getValue());
        }
      }
    }
    return Optional.empty();
  }

  /** With the prefix no other host and no unencrypted page can set it (RFC 6265bis). */
  private String cookie() {
    return encrypted ? "__Host-landfall-sign-in" : "landfall-sign-in";
  }

  private static boolean asksForHtml(HttpServletRequest request) {
    return SignInPages.areWanted(request.getHeader(HttpHeaders.ACCEPT));
  }

  private static Optional<String> text(Query query, String name) {
    return query.optional(name, Function.identity());
  }

  private static JsonObject user(UserRecord user) {
    return JsonObject.builder()
        .put("userId", user.id().value())
        .put("name", orNull(user.name()))
        .put("email", orNull(user.email()))
        .put("providers", names(user.providers()))
        .build();
  }

  private static JsonValue orNull(Optional<String> text) {
    return text.<JsonValue>map(JsonString::new).orElse(JsonNull.NULL);
  }

  private static JsonArray names(List<String> providers) {
    return new JsonArray(providers.stream().<JsonValue>map(JsonString::new).toList());
  }

  private static Response json(JsonObject body) {
    return Response.ok(Answer.of(body), MediaType.APPLICATION_JSON_TYPE).build();
  }

  private static Response page(String html) {
    return SignInPages.answer(Response.ok(), html);
  }
}
