package dev.landfall.webapp.signin;

import dev.landfall.api.json.JsonString;
import dev.landfall.webapp.session.Claims;
import dev.landfall.webapp.session.IdTokens;
import dev.landfall.webapp.session.KeySource;
import dev.landfall.webapp.session.KeysUnavailableException;
import dev.landfall.webapp.session.SessionException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A provider that speaks OpenID Connect: an authorization code with PKCE, and an ID token that is
 * verified as OpenID Connect Core 1.0, section 3.1.3.7, says; that it comes over TLS is not enough
 * for us.
 */
final class OpenIdProvider implements Provider {
  private static final String WELL_KNOWN = "/.well-known/openid-configuration";
  private static final int BAD_REQUEST = 400;

  private final String name;
  private final String label;
  private final Dialect dialect;
  private final String issuer;
  private final String clientId;
  private final ClientSecret secret;
  private final ProviderHttp http;
  private final InstantSource time;
  private final Discovery discovery;
  private final IdTokens tokens;

  /**
   * A provider.
   *
   * @param base below which the discovery document is
   * @param issuer what it calls itself there
   */
  OpenIdProvider(
      String name,
      String label,
      Dialect dialect,
      URI base,
      String issuer,
      String clientId,
      ClientSecret secret,
      ProviderHttp http,
      InstantSource time) {
    this.name = name;
    this.label = label;
    this.dialect = dialect;
    this.issuer = issuer;
    this.clientId = clientId;
    this.secret = secret;
    this.http = http;
    this.time = time;
    URI document = URI.create(base.toString().replaceAll("/+$", "") + WELL_KNOWN);
    this.discovery = new Discovery(http, document, issuer, time);
    this.tokens = new IdTokens(new KeySource(() -> http.text(discovery.metadata().keys()), time));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public boolean postsBack() {
    return dialect.postsBack();
  }

  @Override
  public URI authorization(String state, Attempt attempt, URI redirect) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("response_type", "code");
    parameters.put("client_id", clientId);
    parameters.put("redirect_uri", redirect.toString());
    parameters.putAll(dialect.parameters());
    parameters.put("state", state);
    parameters.put("nonce", attempt.nonce());
    parameters.put("code_challenge", Secrets.hash(attempt.verifier()));
    parameters.put("code_challenge_method", "S256");
    return Provider.with(discovery.metadata().authorizationEndpoint(), parameters);
  }

  @Override
  public ExternalAccount identify(Callback callback, Attempt attempt, URI redirect) {
    ProviderMetadata metadata = discovery.metadata();
    boolean itself =
        callback.issuer().isPresent()
            ? dialect.mayCallItself(issuer, callback.issuer().get())
            : !metadata.namesItself();
    if (!itself) {
      throw unproven("the callback is of another issuer");
    }
    Claims claims = verified(redeem(metadata, callback, attempt, redirect));
    check(claims, attempt);
    try {
      return new ExternalAccount(
          name,
          dialect.subject(claims),
          dialect.verifiedEmail(claims),
          dialect.displayName(claims, callback));
    } catch (SessionException | IllegalArgumentException e) {
      throw unproven("its ID token has no usable subject");
    }
  }

  /** Gives the code for an ID token. */
  private String redeem(
      ProviderMetadata metadata, Callback callback, Attempt attempt, URI redirect) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("code", Provider.code(callback.code()));
    form.put("redirect_uri", redirect.toString());
    form.put("code_verifier", attempt.verifier());
    Map<String, String> headers = new LinkedHashMap<>();
    if (metadata.basic()) {
      String pair = ProviderHttp.encode(clientId) + ":" + ProviderHttp.encode(secret.value());
      headers.put(
          "Authorization",
          "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII)));
    } else {
      form.put("client_id", clientId);
      form.put("client_secret", secret.value());
    }
    ProviderHttp.Reply reply = http.post(metadata.tokenEndpoint(), form, headers);
    if (reply.isOk() && reply.object().get("id_token") instanceof JsonString token) {
      return token.value();
    }
    if (reply.status() == BAD_REQUEST
        && reply.object().get("error") instanceof JsonString error
        && error.value().equals("invalid_grant")) {
      throw unproven("it does not accept the code");
    }
    throw ProviderHttp.failed(
        metadata.tokenEndpoint(), "gave no ID token, with status " + reply.status());
  }

  private Claims verified(String token) {
    try {
      return tokens.verify(token);
    } catch (SessionException e) {
      throw unproven("its ID token is not signed by it");
    } catch (KeysUnavailableException e) {
      throw new SignInException(SignInProblem.PROVIDER_FAILED, name + ": its keys cannot be read");
    }
  }

  private void check(Claims claims, Attempt attempt) {
    if (!dialect.isIssuer(issuer, claims)) {
      throw unproven("its ID token is of another issuer");
    }
    try {
      List<String> audiences = claims.audiences();
      boolean forUs =
          audiences.contains(clientId)
              && claims.optionalString("azp").map(clientId::equals).orElse(audiences.size() == 1);
      if (!forUs) {
        throw unproven("its ID token is for somebody else");
      }
      claims.checkTimes(time.millis() / 1000);
    } catch (SessionException e) {
      throw unproven("its ID token is not of this time");
    }
    if (claims.optionalString("nonce").filter(attempt.nonce()::equals).isEmpty()) {
      throw unproven("its ID token is of another sign-in");
    }
  }

  private SignInException unproven(String why) {
    return new SignInException(SignInProblem.UNPROVEN, name + ": " + why);
  }
}
