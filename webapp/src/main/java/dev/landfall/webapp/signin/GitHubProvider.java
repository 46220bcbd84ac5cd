package dev.landfall.webapp.signin;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * GitHub: OAuth 2.0 without OpenID Connect. Who somebody is, its user API says; the number is the
 * identity, since logins change hands.
 */
final class GitHubProvider implements Provider {
  private final URI web;
  private final URI api;
  private final String clientId;
  private final ClientSecret secret;
  private final ProviderHttp http;

  /**
   * GitHub.
   *
   * @param web where its pages are
   * @param api where its API is
   */
  GitHubProvider(URI web, URI api, String clientId, ClientSecret secret, ProviderHttp http) {
    this.web = web;
    this.api = api;
    this.clientId = clientId;
    this.secret = secret;
    this.http = http;
  }

  @Override
  public String name() {
    return "github";
  }

  @Override
  public String label() {
    return "GitHub";
  }

  @Override
  public boolean postsBack() {
    return false;
  }

  @Override
  public URI authorization(String state, Attempt attempt, URI redirect) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("response_type", "code");
    parameters.put("client_id", clientId);
    parameters.put("redirect_uri", redirect.toString());
    parameters.put("scope", "read:user user:email");
    parameters.put("state", state);
    parameters.put("code_challenge", Secrets.hash(attempt.verifier()));
    parameters.put("code_challenge_method", "S256");
    return Provider.with(URI.create(web + "/login/oauth/authorize"), parameters);
  }

  @Override
  public ExternalAccount identify(Callback callback, Attempt attempt, URI redirect) {
    if (callback.issuer().filter(iss -> !iss.equals(web + "/login/oauth")).isPresent()) {
      throw new SignInException(
          SignInProblem.UNPROVEN, "github: the callback is of another issuer");
    }
    String token = redeem(callback, attempt, redirect);
    URI address = URI.create(api + "/user");
    ProviderHttp.Reply reply = http.get(address, headers(token));
    if (!reply.isOk()
        || !(reply.object().get("id") instanceof JsonNumber id)
        || !id.text().matches("[1-9][0-9]{0,18}")) {
      throw ProviderHttp.failed(address, "gave no user, with status " + reply.status());
    }
    return new ExternalAccount(
        name(),
        id.text(),
        verifiedEmail(token),
        text(reply.object(), "name").or(() -> text(reply.object(), "login")));
  }

  /** GitHub tells errors with status 200. */
  private String redeem(Callback callback, Attempt attempt, URI redirect) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("client_id", clientId);
    form.put("client_secret", secret.value());
    form.put("code", Provider.code(callback.code()));
    form.put("redirect_uri", redirect.toString());
    form.put("code_verifier", attempt.verifier());
    URI address = URI.create(web + "/login/oauth/access_token");
    ProviderHttp.Reply reply = http.post(address, form, Map.of());
    Optional<String> token = text(reply.object(), "access_token");
    if (reply.isOk() && token.filter(text -> text.matches("[!-~]{1,1000}")).isPresent()) {
      return token.get();
    }
    if (text(reply.object(), "error").filter("bad_verification_code"::equals).isPresent()) {
      throw new SignInException(SignInProblem.UNPROVEN, "github: it does not accept the code");
    }
    throw ProviderHttp.failed(address, "gave no access token, with status " + reply.status());
  }

  /** The primary address; a user without one can sign in all the same. */
  private Optional<String> verifiedEmail(String token) {
    ProviderHttp.Reply reply = http.get(URI.create(api + "/user/emails"), headers(token));
    if (reply.isOk() && reply.body() instanceof JsonArray addresses) {
      for (JsonValue value : addresses.values()) {
        if (value instanceof JsonObject address
            && address.get("primary") == JsonBoolean.TRUE
            && address.get("verified") == JsonBoolean.TRUE) {
          return text(address, "email");
        }
      }
    }
    return Optional.empty();
  }

  private static Map<String, String> headers(String token) {
    return Map.of(
        "Authorization",
        "Bearer " + token,
        "Accept",
        "application/vnd.github+json",
        "X-GitHub-Api-Version",
        "2022-11-28");
  }

  private static Optional<String> text(JsonObject object, String name) {
    return object.get(name) instanceof JsonString text && !text.value().isBlank()
        ? Optional.of(text.value())
        : Optional.empty();
  }
}
