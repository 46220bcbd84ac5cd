package dev.landfall.webapp.signin;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.webapp.session.TokenForge;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An identity provider of one person, over HTTP: OpenID Connect below any path, GitHub below {@code
 * /github} and {@code /api}. It is as strict as real ones: codes work once and with their verifier,
 * redirect URI and client only. What it says can be bent.
 */
public final class ProviderServer implements AutoCloseable {
  /** What it calls us. */
  public static final String CLIENT = "landfall client";

  /** With what we prove that. */
  public static final String SECRET = "s3cret: +/&%";

  private static final RSAKey KEY = generate();
  private static final Pattern FIELD = Pattern.compile("name=\"(\\w+)\" value=\"([^\"]*)\"");

  private final HttpServer server;
  private final LongSupplier seconds;
  private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
  private final HttpClient browser = HttpClient.newHttpClient();

  /** Members of ID tokens besides the usual ones, or instead of them; null takes one away. */
  public volatile JsonObject person = JsonObject.builder().put("sub", "4711").build();

  /** What GitHub knows. */
  volatile JsonObject gitHubUser = JsonObject.EMPTY;

  volatile JsonValue gitHubEmails = JsonArray.EMPTY;

  /** Members of discovery documents, in the same way. */
  volatile JsonObject discovery = JsonObject.EMPTY;

  /** The key that signs; also one that is not published. */
  volatile RSAKey signer = KEY;

  /** Whether nothing works. */
  volatile boolean down;

  /** Paths that end so never answer. */
  volatile String hanging = "(none)";

  /** The form that was last sent to the token endpoint. */
  volatile Map<String, String> lastForm = Map.of();

  final AtomicInteger keyFetches = new AtomicInteger();

  /**
   * A server on a free port.
   *
   * @param seconds the time it is there
   */
  public ProviderServer(LongSupplier seconds) throws IOException {
    this.seconds = seconds;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", this::handle);
    server.start();
  }

  private static RSAKey generate() {
    try {
      return new RSAKeyGenerator(2048).keyID("k1").generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Where something is on it. */
  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  // ---- the person and the browser

  /** The person agrees at an authorization address; what the browser then brings to us. */
  public Map<String, String> consent(URI authorization) {
    try {
      HttpResponse<String> answer =
          browser.send(
              HttpRequest.newBuilder(authorization).build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() == 302) {
        String location = answer.headers().firstValue("Location").orElseThrow();
        return parameters(location.substring(location.indexOf('?') + 1));
      }
      if (answer.statusCode() == 200) {
        Map<String, String> fields = new LinkedHashMap<>();
        Matcher field = FIELD.matcher(answer.body());
        while (field.find()) {
          fields.put(field.group(1), field.group(2));
        }
        return fields;
      }
      throw new AssertionError("the provider refused: " + answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- the provider

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (path.endsWith(hanging)) {
        Thread.sleep(60_000);
      }
      if (down) {
        answer(exchange, 503, "text/html", "<h1>internal details of the provider</h1>");
      } else if (path.endsWith("/.well-known/openid-configuration")) {
        json(exchange, 200, discovery(path.substring(0, path.indexOf("/.well-known"))));
      } else if (path.endsWith("/authorize")) {
        authorize(exchange);
      } else if (path.endsWith("/token")) {
        json(exchange, token(exchange, path.substring(0, path.lastIndexOf('/'))));
      } else if (path.endsWith("/keys")) {
        keyFetches.incrementAndGet();
        answer(exchange, 200, "application/json", new JWKSet(KEY).toString(true));
      } else if (path.endsWith("/access_token")) {
        gitHubToken(exchange);
      } else if (path.equals("/api/user")) {
        gitHubUser(exchange, gitHubUser);
      } else if (path.equals("/api/user/emails")) {
        gitHubUser(exchange, gitHubEmails);
      } else {
        answer(exchange, 404, "text/plain", "nothing here");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private JsonObject discovery(String realm) {
    String issuer =
        realm.endsWith("/common/v2.0") ? realm.replace("/common/", "/{tenantid}/") : realm;
    JsonObject usual =
        JsonObject.builder()
            .put("issuer", base() + issuer)
            .put("authorization_endpoint", base() + realm + "/authorize")
            .put("token_endpoint", base() + realm + "/token")
            .put("jwks_uri", base() + realm + "/keys")
            .put(
                "token_endpoint_auth_methods_supported",
                new JsonArray(java.util.List.of(new JsonString("client_secret_post"))))
            .build();
    return bent(usual, discovery);
  }

  private void authorize(HttpExchange exchange) throws IOException {
    Map<String, String> given = parameters(exchange.getRequestURI().getRawQuery());
    if (!"code".equals(given.get("response_type"))
        || !"S256".equals(given.get("code_challenge_method"))
        || !given.getOrDefault("code_challenge", "").matches("[A-Za-z0-9_-]{43}")
        || !CLIENT.equals(given.get("client_id"))
        || !given.containsKey("state")) {
      answer(exchange, 400, "text/plain", "malformed: " + given);
      return;
    }
    String code = UUID.randomUUID().toString();
    codes.put(code, given);
    if ("form_post".equals(given.get("response_mode"))) {
      answer(
          exchange,
          200,
          "text/html",
          "<form method=\"post\"><input name=\"code\" value=\""
              + code
              + "\"><input name=\"state\" value=\""
              + given.get("state")
              + "\"></form>");
      return;
    }
    exchange
        .getResponseHeaders()
        .set(
            "Location",
            given.get("redirect_uri")
                + "?"
                + ProviderHttp.encode(Map.of("code", code))
                + "&"
                + ProviderHttp.encode(Map.of("state", given.get("state"))));
    answer(exchange, 302, "text/plain", "");
  }

  private JsonObject token(HttpExchange exchange, String realm) throws IOException {
    Map<String, String> form = form(exchange);
    Map<String, String> grant = grant(exchange, form);
    if (grant.isEmpty()) {
      return JsonObject.builder()
          .put("error", "invalid_grant")
          .put("error_description", "internal details of the provider")
          .build();
    }
    JsonObject usual =
        JsonObject.builder()
            .put("iss", base() + realm)
            .put("aud", CLIENT)
            .put("iat", seconds.getAsLong())
            .put("exp", seconds.getAsLong() + 300)
            .put("nonce", grant.get("nonce"))
            .build();
    try {
      String token =
          TokenForge.sign(
              new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(signer.getKeyID()).build(),
              JsonText.print(bent(usual, person)),
              new RSASSASigner(signer));
      return JsonObject.builder()
          .put("access_token", "not used")
          .put("token_type", "Bearer")
          .put("id_token", token)
          .build();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What was agreed to under the code, if everything fits; empty otherwise. */
  private Map<String, String> grant(HttpExchange exchange, Map<String, String> form) {
    Map<String, String> grant = codes.remove(form.getOrDefault("code", ""));
    boolean fits =
        grant != null
            && isClient(exchange, form)
            && grant.get("redirect_uri").equals(form.get("redirect_uri"))
            && grant
                .get("code_challenge")
                .equals(Secrets.hash(form.getOrDefault("code_verifier", "")));
    return fits ? grant : Map.of();
  }

  private static boolean isClient(HttpExchange exchange, Map<String, String> form) {
    String header = exchange.getRequestHeaders().getFirst("Authorization");
    if (header != null) {
      String[] pair =
          new String(
                  Base64.getDecoder().decode(header.substring("Basic ".length())),
                  StandardCharsets.US_ASCII)
              .split(":");
      return decoded(pair[0]).equals(CLIENT) && decoded(pair[1]).equals(SECRET);
    }
    String secret = form.getOrDefault("client_secret", "");
    return CLIENT.equals(form.get("client_id")) && (secret.equals(SECRET) || isToken(secret));
  }

  /** Apple's kind of secret; tests look at what is in it. */
  private static boolean isToken(String secret) {
    return secret.split("\\.").length == 3;
  }

  private void gitHubToken(HttpExchange exchange) throws IOException {
    Map<String, String> grant = grant(exchange, form(exchange));
    json(
        exchange,
        200,
        grant.isEmpty()
            ? JsonObject.builder()
                .put("error", "bad_verification_code")
                .put("error_description", "internal details of the provider")
                .build()
            : JsonObject.builder()
                .put("access_token", "gho_16C7e42F292c6912E7710c838347Ae178B4a")
                .put("scope", "read:user,user:email")
                .put("token_type", "bearer")
                .build());
  }

  private static void gitHubUser(HttpExchange exchange, JsonValue body) throws IOException {
    boolean known =
        "Bearer gho_16C7e42F292c6912E7710c838347Ae178B4a"
                .equals(exchange.getRequestHeaders().getFirst("Authorization"))
            && exchange.getRequestHeaders().getFirst("User-Agent") != null;
    json(exchange, known ? 200 : 401, known ? body : JsonObject.EMPTY);
  }

  // ---- HTTP

  private String base() {
    return uri("").toString();
  }

  private Map<String, String> form(HttpExchange exchange) throws IOException {
    lastForm =
        parameters(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    return lastForm;
  }

  private static JsonObject bent(JsonObject usual, JsonObject other) {
    Map<String, JsonValue> members = new LinkedHashMap<>(usual.members());
    members.putAll(other.members());
    members.values().removeIf(JsonNull.NULL::equals);
    return JsonObject.of(members);
  }

  static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : query.split("&")) {
      String[] parts = pair.split("=", 2);
      parameters.put(decoded(parts[0]), parts.length == 2 ? decoded(parts[1]) : "");
    }
    return parameters;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** JSON with apostrophes. */
  public static JsonObject json(String text) {
    try {
      return (JsonObject) JsonText.parse(text.replace('\'', '"'));
    } catch (JsonFormatException e) {
      throw new AssertionError(text, e);
    }
  }

  private static void json(HttpExchange exchange, JsonObject body) throws IOException {
    json(exchange, body.get("error") == null ? 200 : 400, body);
  }

  private static void json(HttpExchange exchange, int status, JsonValue body) throws IOException {
    answer(exchange, status, "application/json", JsonText.print(body));
  }

  private static void answer(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
