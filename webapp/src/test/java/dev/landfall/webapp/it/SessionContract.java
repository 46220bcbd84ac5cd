package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.ZERO;
import static dev.landfall.webapp.it.Caller.body;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.webapp.it.Caller.Answer;
import dev.landfall.webapp.session.TokenForge;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who gets in, and who does not. The forms of bad tokens are in SessionTokensTest; here is that
 * they are 401.
 */
abstract class SessionContract {
  private final TestServer server;
  private final TokenForge forge =
      new TokenForge(TestServer.SECRET.getBytes(StandardCharsets.UTF_8));

  SessionContract(TestServer server) {
    this.server = server;
  }

  @Test
  void theSameNameIsTheSameUser() {
    String name = "name " + UUID.randomUUID();

    assertThat(Caller.named(server, name).userId()).isEqualTo(Caller.named(server, name).userId());
    assertThat(Caller.named(server, name).userId()).isNotEqualTo(Caller.newUser(server).userId());
    assertThat(UUID.fromString(Caller.named(server, name).userId())).isNotNull();
  }

  @Test
  void theDevelopmentSignInAnswersWithUserAndToken() {
    Answer answer =
        Caller.anonymous(server)
            .post("/auth/dev", JsonObject.builder().put("name", "alice").build());

    JsonObject user = (JsonObject) answer.json().get("user");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(user.members().keySet()).containsExactly("userId", "name", "email", "providers");
    assertThat(user.get("name")).isEqualTo(new JsonString("alice"));
    assertThat(answer.header("X-Auth-Token")).isEqualTo("(none)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"name\":\"\"}",
        "{\"name\":\" \"}",
        "{\"name\":5}",
        "{\"name\":\"a\\nb\"}",
        "[]"
      })
  void aSignInWithoutANameIsRefused(String body) {
    assertThat(Caller.anonymous(server).post("/auth/dev", body).status()).isEqualTo(400);
  }

  @Test
  void whoComesThroughAProxyCannotUseTheDevelopmentSignIn() {
    Answer answer =
        Caller.anonymous(server)
            .post("/auth/dev", json("{'name': 'alice'}"), "X-Forwarded-For", "203.0.113.9");

    assertThat(answer.status()).isEqualTo(403);
  }

  @Test
  void meIsTheCaller() {
    Caller alice = Caller.newUser(server);
    Answer me = alice.get("/auth/me");

    assertThat(me.text("userId")).isEqualTo(alice.userId());
    assertThat(me.json().members().keySet())
        .containsExactly("userId", "email", "providers", "instance", "epoch");
  }

  @Test
  void aPageWhoseNameLeadsToThisMachineCannotUseTheDevelopmentSignIn() throws IOException {
    assertThat(statusOfDevelopmentSignIn("evil.example.org")).isEqualTo(403);
    assertThat(statusOfDevelopmentSignIn("localhost.evil.example.org:9080")).isEqualTo(403);
    assertThat(statusOfDevelopmentSignIn("localhost:9080")).isEqualTo(200);
    assertThat(statusOfDevelopmentSignIn("[::1]:9080")).isEqualTo(200);
  }

  private int statusOfDevelopmentSignIn(String host) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket
          .getOutputStream()
          .write(
              ("POST /auth/dev HTTP/1.1\r\nHost: "
                      + host
                      + "\r\nContent-Type: application/json\r\nContent-Length: 16\r\n"
                      + "Connection: close\r\n\r\n{\"name\":\"alice\"}")
                  .getBytes(StandardCharsets.UTF_8));
      String answer =
          new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1);
      return Integer.parseInt(answer.substring("HTTP/1.1 ".length()));
    }
  }

  @Test
  void signingOutEverywhereEndsEveryTokenOfTheCallerAndNobodyElses() {
    String name = "name " + UUID.randomUUID();
    Caller laptop = Caller.named(server, name);
    Caller phone = Caller.named(server, name);
    Caller bob = Caller.newUser(server);

    assertThat(laptop.post("/auth/logout?everywhere=true", "").status()).isEqualTo(200);

    for (Caller over : List.of(laptop, phone)) {
      Answer answer = over.get("/auth/me");
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.text("reason")).isEqualTo("expired");
    }
    assertThat(bob.get("/auth/me").status()).isEqualTo(200);
    Caller again = Caller.named(server, name);
    assertThat(again.get("/auth/me").text("userId")).isEqualTo(laptop.userId());
    assertThat(Caller.anonymous(server).post("/auth/logout?everywhere=true", "").status())
        .isEqualTo(401);
  }

  @Test
  void signingOutSaysToDiscardTheToken() {
    assertThat(Caller.newUser(server).post("/auth/logout", "").text("message")).contains("Discard");
  }

  @Test
  void withoutATokenNothingIsToBeHad() {
    Caller nobody = Caller.anonymous(server);

    for (Answer answer :
        List.of(
            nobody.get("/auth/me"),
            nobody.sync(body(ZERO).build()),
            nobody.get("/lists/changes?collection=items"),
            nobody.get("/lists/history?collection=items&key=k"),
            nobody.post("/lists/history/restore", json("{}")),
            nobody.get("/auth/me", "Authorization", "Bearer"),
            nobody.get("/auth/me", "Authorization", "Basic YTpi"),
            nobody.get("/auth/me?access_token=" + Caller.newUser(server).token()))) {
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.text("error")).isEqualTo("Authentication required");
      assertThat(answer.text("code")).isEqualTo("unauthorized");
      assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
    }
  }

  @Test
  void twoAuthorizationHeadersAreNone() {
    Caller alice = Caller.newUser(server);

    assertThat(alice.get("/auth/me", "Authorization", "Bearer " + alice.token()).status())
        .isEqualTo(401);
  }

  @Test
  void aTokenOfSomebodyNewWithOurSecretIsAccepted() {
    String id = UUID.randomUUID().toString();

    assertThat(Caller.withToken(server, forge.session(id)).get("/auth/me").text("userId"))
        .isEqualTo(id);
  }

  @Test
  void aTokenThatIsNotOursIsRefused() {
    String good = forge.session(UUID.randomUUID().toString());

    for (String bad :
        List.of(
            good.substring(0, good.lastIndexOf('.') + 1),
            good.substring(0, good.lastIndexOf('.')),
            good + "A",
            forge.unsigned(good),
            new TokenForge("another secret, which is long enough".getBytes(StandardCharsets.UTF_8))
                .session(UUID.randomUUID().toString()),
            "x".repeat(9_000))) {
      Answer answer = Caller.withToken(server, bad).get("/auth/me");
      assertThat(answer.status()).as(bad).isEqualTo(401);
      assertThat(answer.text("reason")).isEqualTo("invalid");
    }
  }

  @Test
  void anExpiredTokenSaysSo() {
    long now = System.currentTimeMillis() / 1000;
    String old = forge.session(UUID.randomUUID().toString(), now - 4 * 86_400, now - 4 * 86_400);

    Answer answer = Caller.withToken(server, old).get("/auth/me");

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.text("reason")).isEqualTo("expired");
  }

  @Test
  void anOldTokenIsRenewedByAnyAnswerThatIsNoError() {
    long now = System.currentTimeMillis() / 1000;
    Caller caller =
        Caller.withToken(
            server, forge.session(UUID.randomUUID().toString(), now - 3_700, now - 86_400));

    Answer good = caller.sync(body(ZERO).build());
    Answer bad = caller.sync(json("{}"));
    Answer polled = caller.get("/lists/changes?collection=items&wait=0");
    String fresh = good.header("X-Auth-Token");

    assertThat(Caller.withToken(server, fresh).get("/auth/me").status()).isEqualTo(200);
    assertThat(TokenForge.claim(fresh, "iat_session")).isEqualTo(now - 86_400);
    assertThat(TokenForge.claim(fresh, "iat")).isGreaterThanOrEqualTo(now);
    assertThat(polled.header("X-Auth-Token")).isNotEqualTo("(none)");
    assertThat(bad.header("X-Auth-Token")).isEqualTo("(none)");
    assertThat(Caller.withToken(server, fresh).get("/auth/me").header("X-Auth-Token"))
        .isEqualTo("(none)");
  }
}
