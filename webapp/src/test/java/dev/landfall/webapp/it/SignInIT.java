package dev.landfall.webapp.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.webapp.it.Caller.Answer;
import dev.landfall.webapp.signin.ProviderServer;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sign-in over HTTP with a provider of OpenID Connect on this machine. */
class SignInIT {
  private static final String BASE = "http://localhost:9080";
  private static final String HTML = "text/html,application/xhtml+xml,*/*;q=0.8";

  private static ProviderServer provider;
  private static TestServer server;

  private final Caller anybody = Caller.anonymous(server);

  @BeforeAll
  static void start() throws IOException, NoSuchAlgorithmException {
    provider = new ProviderServer(() -> System.currentTimeMillis() / 1000);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    server =
        new TestServer(
            "sign-in",
            Map.ofEntries(
                Map.entry("landfall.store", "memory"),
                Map.entry("landfall.cors.origins", "https://app.example.org"),
                Map.entry("landfall.auth.redirect-base", BASE),
                Map.entry("landfall.auth.oidc.corp.issuer", provider.uri("/corp").toString()),
                Map.entry("landfall.auth.oidc.corp.client-id", ProviderServer.CLIENT),
                Map.entry("landfall.auth.oidc.corp.client-secret", ProviderServer.SECRET),
                Map.entry("landfall.auth.oidc.staff.issuer", provider.uri("/staff").toString()),
                Map.entry("landfall.auth.oidc.staff.client-id", ProviderServer.CLIENT),
                Map.entry("landfall.auth.oidc.staff.client-secret", ProviderServer.SECRET),
                Map.entry("landfall.auth.oidc.gone.issuer", "http://127.0.0.1:9"),
                Map.entry("landfall.auth.oidc.gone.client-id", "x"),
                Map.entry("landfall.auth.oidc.gone.client-secret", "x"),
                Map.entry("landfall.auth.apple.client-id", "x"),
                Map.entry("landfall.auth.apple.team-id", "x"),
                Map.entry("landfall.auth.apple.key-id", "x"),
                Map.entry(
                    "landfall.auth.apple.private-key",
                    Base64.getEncoder()
                        .encodeToString(generator.generateKeyPair().getPrivate().getEncoded()))));
    server.start();
  }

  @AfterAll
  static void stop() {
    server.close();
    provider.close();
  }

  /** Somebody new comes to the provider. */
  private static void somebodyNew() {
    provider.person =
        JsonObject.builder()
            .put("sub", UUID.randomUUID().toString())
            .put("name", "Alice <b>")
            .build();
  }

  private static String query(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }

  private static String comingBack(Answer begun) {
    return query(provider.consent(URI.create(begun.text("authorizationURL"))));
  }

  private static String redirected(Answer begun) {
    return query(provider.consent(URI.create(begun.header("Location"))));
  }

  private Answer signIn(String name) {
    return anybody.get("/auth/" + name + "/callback?" + comingBack(anybody.get("/auth/" + name)));
  }

  private static String userId(Answer done) {
    return ((JsonString) ((JsonObject) done.json().get("user")).get("userId")).value();
  }

  @Test
  void aSignInEndsWithAUserAndAToken() {
    somebodyNew();

    Answer begun = anybody.get("/auth/corp", "X-Forwarded-Host", "evil.example.org");
    Answer done = anybody.get("/auth/corp/callback?" + comingBack(begun));
    Answer me = Caller.withToken(server, done.text("token")).get("/auth/me");

    assertThat(begun.json().members().keySet()).containsExactly("authorizationURL", "state");
    assertThat(begun.text("authorizationURL"))
        .contains("redirect_uri=http%3A%2F%2Flocalhost%3A9080%2Fauth%2Fcorp%2Fcallback");
    assertThat(done.status()).isEqualTo(200);
    assertThat(((JsonObject) done.json().get("user")).members().keySet())
        .containsExactly("userId", "name", "email", "providers");
    assertThat(me.text("userId")).isEqualTo(userId(done)).isEqualTo(userId(signIn("corp")));
    assertThat(me.list("providers")).containsExactly(new JsonString("corp"));
  }

  /** What is answered to somebody who says that this server were elsewhere. */
  private static String misled(String path, String accept) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(60_000);
      String request =
          "GET "
              + path
              + " HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n"
              + "X-Forwarded-Proto: evil\r\nX-Forwarded-Port: 6666\r\n"
              + "Forwarded: host=evil.example;proto=evil\r\nReferer: https://evil.example/\r\n"
              + "Accept: "
              + accept
              + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/auth/corp, application/json, redirect_uri=http%3A%2F%2Flocalhost%3A9080%2Fauth",
    "/auth/corp, text/html, redirect_uri=http%3A%2F%2Flocalhost%3A9080%2Fauth",
    "/auth/login, text/html, HTTP/1.1 200",
    "/openapi, application/json, /{application}/sync",
  })
  void whereTheServerIsTheConfigurationSaysAndNotTheRequest(
      String path, String accept, String expected) throws IOException {
    assertThat(misled(path, accept))
        .contains(expected)
        .doesNotContain("evil")
        .doesNotContain("6666");
  }

  @Test
  void aBrowserIsRedirectedAndEndsOnAPage() {
    somebodyNew();

    String start = "/auth/corp?returnTo=https://app.example.org/x";
    Answer stranger =
        anybody.get("/auth/corp/callback?" + redirected(anybody.get(start, "Accept", HTML)));
    Answer begun = anybody.get(start, "Accept", HTML);
    String cookie = begun.header("Set-Cookie");
    String back = redirected(begun);
    Answer page =
        anybody.get(
            "/auth/corp/callback?" + back,
            "Accept",
            HTML,
            "Cookie",
            cookie.substring(0, cookie.indexOf(';')));

    assertThat(begun.status()).isEqualTo(303);
    assertThat(cookie).contains("; HttpOnly").contains("SameSite=Lax").contains("Max-Age=600");
    assertThat(stranger.status()).isEqualTo(400);
    assertThat(stranger.text("code")).isEqualTo("invalid_state");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Type")).startsWith("text/html");
    assertThat(page.header("Content-Security-Policy")).contains("frame-ancestors 'none'");
    assertThat(page.header("Cache-Control")).isEqualTo("no-store");
    assertThat(new String(page.body(), StandardCharsets.UTF_8))
        .contains("data-return-to=\"https://app.example.org/x\"")
        .doesNotContain("<b>");
  }

  @Test
  void aCancelledSignInIsAPageWithAWayBack() {
    Answer begun = anybody.get("/auth/corp?returnTo=https://app.example.org/x", "Accept", HTML);
    Map<String, String> back = provider.consent(URI.create(begun.header("Location")));
    String cancelled =
        "/auth/corp/callback?"
            + query(Map.of("error", "access_denied", "state", back.get("state")));

    Answer page = anybody.get(cancelled, "Accept", HTML, "Cookie", cookie(begun));

    assertThat(page.status()).isEqualTo(400);
    assertThat(page.header("Content-Type")).startsWith("text/html");
    assertThat(page.header("Content-Security-Policy")).contains("default-src 'none'");
    assertThat(page.header("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(new String(page.body(), StandardCharsets.UTF_8))
        .contains("<h1>Not signed in</h1>")
        .contains("href=\"" + BASE + "/auth/login?returnTo=https%3A%2F%2Fapp.example.org%2Fx\"")
        .contains("href=\"https://app.example.org/x\"")
        .doesNotContain(back.get("state"));
  }

  @Test
  void aRepeatedCallbackIsAPageWithAWayBack() {
    somebodyNew();
    Answer begun = anybody.get("/auth/corp", "Accept", HTML);
    String callback = "/auth/corp/callback?" + redirected(begun);
    Answer first = anybody.get(callback, "Accept", HTML, "Cookie", cookie(begun));

    Answer page = anybody.get(callback, "Accept", HTML, "Cookie", cookie(begun));
    Answer json = anybody.get(callback, "Cookie", cookie(begun));

    assertThat(first.status()).isEqualTo(200);
    assertThat(page.status()).isEqualTo(400);
    assertThat(page.header("Content-Type")).startsWith("text/html");
    assertThat(new String(page.body(), StandardCharsets.UTF_8))
        .contains("<h1>This sign-in is over</h1>")
        .contains("href=\"" + BASE + "/auth/login\"");
    assertThat(json.status()).isEqualTo(400);
    assertThat(json.text("code")).isEqualTo("invalid_state");
  }

  private static String cookie(Answer begun) {
    String cookie = begun.header("Set-Cookie");
    return cookie.substring(0, cookie.indexOf(';'));
  }

  @Test
  void whatCannotBeIsToldInOurForm() {
    assertThat(anybody.get("/auth/myspace").text("code")).isEqualTo("not_found");
    assertThat(anybody.get("/auth/google").text("code")).isEqualTo("not_found");
    assertThat(anybody.get("/auth/gone").status()).isEqualTo(502);
    assertThat(anybody.get("/auth/gone").text("code")).isEqualTo("provider_failed");
    assertThat(anybody.get("/auth/corp/callback").text("code")).isEqualTo("invalid_state");
    assertThat(anybody.get("/auth/corp/callback?state=x&state=y").status()).isEqualTo(400);
    assertThat(anybody.get("/auth/corp?returnTo=%2F%2Fevil").status()).isEqualTo(400);
    assertThat(anybody.get("/auth/login?returnTo=https:evil").status()).isEqualTo(400);
    assertThat(anybody.get("/auth/apple/callback?state=x&code=y").status()).isEqualTo(405);
    assertThat(anybody.get("/auth/apple/callback").header("Allow")).isEqualTo("POST");
    assertThat(anybody.post("/auth/corp/callback", "state=x").status()).isEqualTo(405);
    assertThat(anybody.post("/auth/apple/callback", "{}").status()).isEqualTo(415);
    Answer form =
        anybody.post(
            "/auth/apple/callback",
            "state=x&code=y".getBytes(StandardCharsets.UTF_8),
            "Content-Type",
            "application/x-www-form-urlencoded");
    assertThat(form.text("code")).isEqualTo("invalid_state");
    assertThat(anybody.post("/auth/link/corp", "").status()).isEqualTo(401);
    assertThat(anybody.method("DELETE", "/auth/providers/corp").status()).isEqualTo(401);
    assertThat(anybody.get("/auth/me").status()).isEqualTo(401);
  }

  @Test
  void providersAreLinkedAndUnlinked() {
    somebodyNew();
    Caller alice = Caller.withToken(server, signIn("corp").text("token"));

    Answer begun = alice.post("/auth/link/staff", "");
    String back = comingBack(begun);
    Answer linked = alice.get("/auth/staff/callback?" + back);
    Answer unlinked = alice.method("DELETE", "/auth/providers/corp");
    Answer again = alice.method("DELETE", "/auth/providers/corp");
    Answer last = alice.method("DELETE", "/auth/providers/staff");

    assertThat(linked.status()).isEqualTo(200);
    assertThat(userId(linked)).isEqualTo(userId(signIn("staff")));
    assertThat(unlinked.list("providers")).containsExactly(new JsonString("staff"));
    assertThat(again.status()).isEqualTo(404);
    assertThat(last.status()).isEqualTo(409);
    assertThat(last.text("code")).isEqualTo("last_provider");
  }

  @Test
  void theLoginPageListsWhatThereIs() {
    Answer page = anybody.get("/auth/login?returnTo=/app", "Accept", HTML);

    assertThat(page.header("Content-Type")).startsWith("text/html");
    assertThat(new String(page.body(), StandardCharsets.UTF_8))
        .contains("<html lang=\"en\">")
        .contains("href=\"corp?returnTo=%2Fapp\"")
        .contains("Continue with Apple")
        .contains("<form>")
        .doesNotContain("google");
  }

  @Test
  void noSecretIsInTheLog() {
    somebodyNew();
    Answer begun = anybody.get("/auth/corp");
    Map<String, String> back = provider.consent(URI.create(begun.text("authorizationURL")));
    String token = anybody.get("/auth/corp/callback?" + query(back)).text("token");
    anybody.get("/auth/corp/callback?" + query(back));

    assertThat(server.console())
        .doesNotContain(token)
        .doesNotContain(begun.text("state"))
        .doesNotContain(back.get("code"))
        .doesNotContain(ProviderServer.SECRET);
  }
}
