package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.ZERO;
import static dev.landfall.webapp.it.Caller.body;
import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.deletion;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.webapp.it.Caller.Answer;
import dev.landfall.webapp.session.TokenForge;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What only shows with other settings than the defaults: purge by its schedule, quotas, the rate of
 * requests, another issuer.
 */
class ConfiguredServerIT {
  private static final String ISSUER = "https://id.example.org/realm";
  private static final String AUDIENCE = "landfall";
  private static final String GROUP = "landfall-operators";

  private static RSAKey key;
  private static TestServer server;

  @BeforeAll
  static void startServer() throws Exception {
    key = new RSAKeyGenerator(2048).keyID("k1").generate();
    Path keys = Files.createTempFile("keys", ".json");
    Files.writeString(keys, new JWKSet(key).toString(true));
    server =
        new TestServer(
            "configured",
            Map.ofEntries(
                Map.entry("landfall.store", "sqlite"),
                Map.entry("landfall.sync.tombstone-retention", "1s"),
                Map.entry("landfall.sync.purge-interval", "200ms"),
                Map.entry("landfall.sync.device-lifetime", "300ms"),
                Map.entry("landfall.limits.requests-per-minute", "120"),
                Map.entry("landfall.limits.namespace-documents", "4"),
                Map.entry("landfall.sync.public", "search"),
                Map.entry("landfall.limits.requests-at-once", "8"),
                Map.entry("landfall.operators", GROUP),
                Map.entry("mp.jwt.verify.publickey.location", keys.toUri().toString()),
                Map.entry("mp.jwt.verify.issuer", ISSUER),
                Map.entry("mp.jwt.verify.audiences", AUDIENCE)));
    server.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  // ---- purge

  private static Answer planner(Caller caller, JsonObject body) {
    return caller.post("/planner/sync", body);
  }

  @Test
  void aDeviceSilentForLongerThanItsLifetimeStartsAgainWhateverWasForgotten() throws Exception {
    Caller alice = Caller.newUser(server);
    JsonObject phone = json("{'id': 'phone'}");
    String clock =
        planner(
                alice,
                body(ZERO)
                    .put(
                        "changes",
                        new JsonArray(List.of(change("milk", json("{'n': 1}"), clock(0)).build())))
                    .put("device", phone)
                    .build())
            .clock();
    Thread.sleep(600);

    Answer late = planner(alice, body(clock).put("device", phone).build());

    assertThat(late.text("resync")).isEqualTo("purged");
    assertThat(late.list("serverChanges")).hasSize(1);
    assertThat(planner(alice, body(clock).build()).json().get("resync")).isNull();
  }

  @Test
  void deletionsAreForgottenByTheScheduleAndWhoMissedThemStartsAgain() throws Exception {
    Caller alice = Caller.newUser(server);
    String before =
        planner(
                alice,
                body(ZERO)
                    .put(
                        "changes",
                        new JsonArray(
                            List.of(
                                change("milk", json("{'n': 1}"), clock(0)).build(),
                                change("eggs", json("{'n': 1}"), clock(0)).build())))
                    .build())
            .clock();
    String after =
        planner(
                alice,
                body(before)
                    .put("changes", new JsonArray(List.of(deletion("milk", clock(1), before))))
                    .build())
            .clock();

    Answer late = awaitResync(alice, before);

    assertThat(late.text("resync")).isEqualTo("purged");
    assertThat(late.document().get("_key")).hasToString("\"eggs\"");
    Answer upToDate = planner(alice, body(after).build());
    assertThat(upToDate.json().get("resync")).isNull();
    assertThat(upToDate.list("serverChanges")).isEmpty();
    assertThat(server.console()).contains("Forgot 1 old tombstones");
  }

  private static Answer awaitResync(Caller caller, String since) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(150).toNanos();
    while (true) {
      Answer answer = planner(caller, body(since).build());
      if (answer.json().get("resync") != null) {
        return answer;
      }
      assertThat(System.nanoTime()).as("%s", answer).isLessThan(deadline);
      Thread.sleep(200);
    }
  }

  // ---- quota

  private static Answer push(Caller caller, JsonObject... changes) {
    return planner(
        caller, body(ZERO).put("changes", new JsonArray(List.<JsonValue>of(changes))).build());
  }

  private static JsonObject created(String key) {
    return change(key, json("{'n': 1}"), clock(0)).build();
  }

  @Test
  void whoHasAsManyDocumentsAsAllowedDeletesSomeFirst() {
    Caller alice = Caller.newUser(server);
    Caller bob = Caller.newUser(server);
    String before = push(alice, created("a"), created("b"), created("c")).clock();

    Answer refused = push(alice, created("d"), created("e"));

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.header("Retry-After")).isEqualTo("60");
    assertThat(refused.text("code")).isEqualTo("quota_exceeded");
    assertThat(refused.details()).isEqualTo(json("{'limit': 'documents', 'max': 4}"));
    assertThat(push(alice, created("d")).status()).isEqualTo(200);
    assertThat(push(alice, created("e"), deletion("a", clock(1), before)).status()).isEqualTo(200);
    assertThat(push(bob, created("a")).status()).isEqualTo(200);
  }

  @Test
  void skippingWhatIsInvalidSkipsNothingThatIsTooMuch() {
    Caller alice = Caller.newUser(server);
    push(alice, created("a"), created("b"), created("c"));

    Answer refused =
        planner(
            alice,
            body(ZERO)
                .put("changes", new JsonArray(List.of(created("d"), created("e"))))
                .put("onInvalid", "skip")
                .build());

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.header("Retry-After")).isEqualTo("60");
    assertThat(refused.text("code")).isEqualTo("quota_exceeded");
    assertThat(planner(alice, body(ZERO).build()).list("serverChanges")).hasSize(3);
  }

  @Test
  void whateverStoresIsHeldToTheQuotaAlike() {
    Caller alice = Caller.newUser(server);
    String before = push(alice, created("a"), created("b"), created("c"), created("d")).clock();
    byte[] export = alice.get("/account/export").body();
    push(alice, deletion("a", clock(1), before), created("e"));
    Answer history = alice.get("/planner/history?collection=items&key=a");
    JsonValue commit = ((JsonObject) history.list("versions").get(1)).get("commit");

    Answer restored =
        alice.post(
            "/planner/history/restore",
            json("{'collection': 'items', 'key': 'a', 'commit': %s}".formatted(commit)));
    Answer imported = alice.post("/account/import", export);
    Answer written =
        alice.post(
            "/planner/atom",
            "{\"~:docs\":[{\"~:id\":\"items:f\",\"~:version\":0,\"~:value\":{}}]}",
            "Content-Type",
            "application/transit+json");

    for (Answer refused : List.of(restored, imported, written)) {
      assertThat(refused.status()).as("%s", refused).isEqualTo(429);
      assertThat(refused.header("Retry-After")).isEqualTo("60");
      assertThat(refused.text("code")).isEqualTo("quota_exceeded");
      assertThat(refused.details()).isEqualTo(json("{'limit': 'documents', 'max': 4}"));
    }
    assertThat(planner(alice, body(ZERO).build()).list("serverChanges").toString())
        .contains("\"e\"")
        .doesNotContain("\"a\"")
        .doesNotContain("\"f\"");
  }

  // ---- public documents

  @Test
  void whatIsPublicIsFoundAndNotDelivered() {
    Caller alice = Caller.newUser(server);
    Caller bob = Caller.newUser(server);
    push(alice, change("notice", json("{'title': 'Everybody may read this'}"), clock(0)).build());
    Answer shared = alice.patch("/docIndex/planner/notice", json("{'visibility': 'public'}"));

    Answer found =
        bob.post("/planner/search", json("{'collection': 'items', 'text': 'everybody'}"));

    assertThat(shared.status()).as("%s", shared).isEqualTo(200);
    assertThat(found.list("results")).hasSize(1);
    assertThat(planner(bob, body(ZERO).build()).list("serverChanges")).isEmpty();
    alice.patch("/docIndex/planner/notice", json("{'visibility': 'private'}"));
    assertThat(
            bob.post("/planner/search", json("{'collection': 'items', 'text': 'everybody'}"))
                .list("results"))
        .isEmpty();
  }

  // ---- rate

  private static void exhaust(Caller caller) {
    for (int i = 0; caller.get("/auth/me").status() != 429; i++) {
      assertThat(i).as("requests that were answered").isLessThan(5_000);
    }
  }

  /** What is answered once the rate is used up; it goes on all the time. */
  private static HttpResponse<InputStream> refusal(Caller caller, String path) throws Exception {
    for (int i = 0; i < 100; i++) {
      exhaust(caller);
      HttpResponse<InputStream> answer =
          HttpClient.newHttpClient()
              .send(caller.request(path).GET().build(), HttpResponse.BodyHandlers.ofInputStream());
      if (answer.statusCode() == 429) {
        return answer;
      }
      answer.body().close();
    }
    throw new AssertionError(path + " is never refused");
  }

  @Test
  void whoCallsTooOftenIsToldWhenToCallAgainAndNobodyElseIs() throws Exception {
    Caller alice = Caller.newUser(server);
    Caller bob = Caller.newUser(server);

    for (String path :
        List.of(
            "/planner/changes?collection=items&wait=0",
            "/planner/live?collections=items",
            "/planner/history?collection=items&key=k")) {
      HttpResponse<InputStream> refused = refusal(alice, path);
      assertThat(refused.headers().firstValue("Retry-After")).as(path).contains("1");
      try (InputStream body = refused.body()) {
        assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8))
            .as(path)
            .contains("\"code\":\"rate_limited\"");
      }
    }

    assertThat(bob.get("/auth/me").status()).isEqualTo(200);
    for (String path : List.of("/health/ready", "/health/live", "/openapi")) {
      exhaust(alice);
      assertThat(alice.get(path).status()).as(path).isEqualTo(200);
    }
  }

  // ---- requests at once

  /** A request whose body does not arrive. */
  private static Socket stalled(Caller caller) throws IOException {
    Socket socket = new Socket("127.0.0.1", server.port());
    String request =
        "POST /planner/sync HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: 1000\r\nAuthorization: Bearer "
            + caller.token()
            + "\r\n\r\n{";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static Answer eventually(Caller caller, int status) throws InterruptedException {
    for (int i = 0; ; i++) {
      Answer answer = caller.get("/auth/me");
      if (answer.status() == status) {
        return answer;
      }
      assertThat(i).as("%s", answer).isLessThan(300);
      Thread.sleep(100);
    }
  }

  @Test
  void whoHasTheirShareOfRequestsUnderWayIsToldToComeAgainAndNobodyElseIs() throws Exception {
    Caller alice = Caller.newUser(server);
    Caller bob = Caller.newUser(server);
    List<Socket> stalled = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        stalled.add(stalled(alice));
      }

      Answer refused = eventually(alice, 429);

      assertThat(refused.text("code")).isEqualTo("rate_limited");
      assertThat(refused.header("Retry-After")).isEqualTo("1");
      for (int i = 0; i < 4; i++) {
        assertThat(bob.get("/auth/me").status()).isEqualTo(200);
      }
    } finally {
      for (Socket socket : stalled) {
        socket.close();
      }
    }
    eventually(alice, 200);
  }

  // ---- end of a session

  /** A session that has been going on for a week but for some seconds. */
  private static Caller ending(String user, int seconds) {
    long now = Instant.now().getEpochSecond();
    return Caller.withToken(
        server,
        new TokenForge(TestServer.SECRET.getBytes(StandardCharsets.UTF_8))
            .session(user, now, now - Duration.ofDays(7).toSeconds() + seconds));
  }

  @Test
  void aLiveStreamEndsWithItsSession() throws Exception {
    Caller alice = Caller.newUser(server);
    for (int seconds = 3; ; seconds *= 2) {
      HttpResponse<InputStream> stream =
          HttpClient.newHttpClient()
              .send(
                  ending(alice.userId(), seconds)
                      .request("/planner/live?collections=items")
                      .build(),
                  HttpResponse.BodyHandlers.ofInputStream());
      if (stream.statusCode() == 401 && seconds < 100) {
        continue; // it took too long to get here
      }
      assertThat(stream.statusCode()).isEqualTo(200);
      String heard =
          CompletableFuture.supplyAsync(() -> readAll(stream.body())).get(120, TimeUnit.SECONDS);
      assertThat(heard.strip())
          .startsWith(": open")
          .doesNotContain("event: change")
          .endsWith("event: end\ndata: {\"code\":\"unauthorized\"}");
      assertThat(alice.get("/auth/me").status()).isEqualTo(200);
      return;
    }
  }

  private static String readAll(InputStream body) {
    try (body) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- tokens of another issuer

  private static JsonObject.Builder claims(String subject) {
    long now = Instant.now().getEpochSecond();
    return JsonObject.builder()
        .put("iss", ISSUER)
        .put("aud", AUDIENCE)
        .put("sub", subject)
        .put("iat", now)
        .put("exp", now + 300);
  }

  private static Caller with(JsonObject claims, RSAKey signer) throws Exception {
    return Caller.withToken(
        server,
        TokenForge.sign(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(signer.getKeyID()).build(),
            JsonText.print(claims),
            new RSASSASigner(signer)));
  }

  @Test
  void whomAnotherIssuerVouchesForHasDocumentsOfHisOwn() throws Exception {
    Caller alice = with(claims("alice").build(), key);
    Caller aliceAgain = with(claims("alice").put("email", "a@example.org").build(), key);
    Caller bob = with(claims("bob").build(), key);
    planner(
        alice,
        body(ZERO)
            .put("changes", new JsonArray(List.of(change("k", json("{'n': 1}"), clock(0)).build())))
            .build());

    assertThat(planner(aliceAgain, body(ZERO).build()).list("serverChanges")).hasSize(1);
    assertThat(planner(bob, body(ZERO).build()).list("serverChanges")).isEmpty();
    assertThat(alice.get("/auth/me").text("userId"))
        .isEqualTo(aliceAgain.get("/auth/me").text("userId"))
        .isNotEqualTo(bob.get("/auth/me").text("userId"))
        .isNotEqualTo(Caller.named(server, "alice").userId());
    assertThat(alice.get("/auth/me").header("X-Auth-Token")).isEqualTo("(none)");
  }

  @Test
  void whoeverTheIssuerSaysIsInTheGroupIsAnOperator() throws Exception {
    Caller author = Caller.newUser(server);
    push(author, change("spam", json("{'n': 1}"), clock(0)).build());
    author.patch("/docIndex/planner/spam", json("{'visibility': 'public'}"));
    JsonValue groups = new JsonArray(List.of(new JsonString("staff"), new JsonString(GROUP)));
    JsonObject end =
        json(
            "{'app': 'planner', 'owner': '%s', 'collection': 'items', 'key': 'spam'}"
                .formatted(author.userId()));

    Answer byStaff = with(claims("bob").build(), key).post("/operator/sharing/end", end);
    Answer byOperator =
        with(claims("carol").put("groups", groups).build(), key).post("/operator/sharing/end", end);

    assertThat(byStaff.status()).isEqualTo(403);
    assertThat(byOperator.status()).as("%s", byOperator).isEqualTo(200);
    assertThat(author.get("/docIndex/planner/spam").text("visibility")).isEqualTo("private");
  }

  @Test
  void whatTheIssuerDidNotSayForUsIsNotBelieved() throws Exception {
    RSAKey forged = new RSAKeyGenerator(2048).keyID("k1").generate();
    long now = Instant.now().getEpochSecond();

    for (Caller caller :
        new Caller[] {
          with(claims("alice").build(), forged),
          with(claims("alice").put("iss", "https://evil.example.org").build(), key),
          with(claims("alice").put("aud", "another-service").build(), key),
          with(claims("alice").put("exp", now - 1_000).build(), key)
        }) {
      Answer answer = caller.get("/auth/me");
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.text("code")).isEqualTo("unauthorized");
    }
  }
}
