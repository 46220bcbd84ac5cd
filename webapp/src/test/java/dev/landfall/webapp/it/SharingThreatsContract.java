package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.ZERO;
import static dev.landfall.webapp.it.Caller.body;
import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonArray;
import dev.landfall.webapp.it.Caller.Answer;
import dev.landfall.webapp.session.TokenForge;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What sharing does not give away to those who try. */
abstract class SharingThreatsContract {
  private final TestServer server;
  private Caller alice;
  private Caller mallory;
  private String place = "";

  SharingThreatsContract(TestServer server) {
    this.server = server;
  }

  @BeforeEach
  void aliceWritesADocument() {
    alice = Caller.newUser(server);
    mallory = Caller.newUser(server);
    String key = "plan-" + UUID.randomUUID();
    alice.push(change(key, json("{'title': 'secret'}"), clock(0)).build());
    place = "/docIndex/lists/" + key;
  }

  @Test
  void whatIsNotOnesOwnIsAnsweredLikeWhatIsNotThereWhateverIsTried() {
    String missing = "/docIndex/lists/none-" + UUID.randomUUID();

    for (String suffix : List.of("", "?collection=items")) {
      assertThat(mallory.get(place + suffix)).hasToString(mallory.get(missing + suffix).toString());
      for (String body : List.of("{'visibility': 'public'}", "{'visibility': 'nonsense'}")) {
        Answer foreign = mallory.patch(place + suffix, json(body));
        assertThat(foreign.status()).isEqualTo(404);
        assertThat(foreign).hasToString(mallory.patch(missing + suffix, json(body)).toString());
      }
      for (String method : List.of("POST", "DELETE")) {
        Answer foreign = mallory.method(method, place + "/shareToken" + suffix);
        assertThat(foreign.status()).isEqualTo(404);
        assertThat(foreign)
            .hasToString(mallory.method(method, missing + "/shareToken" + suffix).toString());
      }
    }
    assertThat(alice.get(place).text("visibility")).isEqualTo("private");
  }

  @Test
  void whetherAUserExistsIsNotToldByAGrant() {
    Answer known = alice.patch(place, grant(mallory.userId()));
    Answer unknown = alice.patch(place, grant(UUID.randomUUID().toString()));
    Answer oneself = alice.patch(place, grant(alice.userId()));

    assertThat(known.status()).isEqualTo(200);
    assertThat(unknown.status()).isEqualTo(200);
    assertThat(unknown.json().members().keySet()).isEqualTo(known.json().members().keySet());
    assertThat(oneself.list("sharedWith").toString()).doesNotContain(alice.userId());
  }

  private static dev.landfall.api.json.JsonObject grant(String user) {
    return json(
        "{'visibility': 'shared', 'sharedWith': [{'userId': '" + user + "', 'app': 'lists'}]}");
  }

  @Test
  void moreGrantsThanADocumentMayHaveChangeNothing() {
    String all =
        IntStream.range(0, 10_001)
            .mapToObj(i -> "{'userId': 'u" + i + "', 'app': 'lists'}")
            .collect(Collectors.joining(","));

    Answer answer =
        alice.patch(place, json("{'visibility': 'shared', 'sharedWith': [" + all + "]}"));

    assertThat(answer.status()).isEqualTo(413);
    assertThat(alice.get(place).text("visibility")).isEqualTo("private");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"userId", "docKey", "app", "createdAt", "shareToken", "role", "collection"})
  void whatAChangeMayNotNameIsRefused(String member) {
    Answer answer = alice.patch(place, json("{'visibility': 'public', '" + member + "': 'x'}"));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(alice.get(place).text("visibility")).isEqualTo("private");
  }

  @Test
  void aLinkGivesAwayNothingButTheDocument() {
    String token = alice.method("POST", place + "/shareToken").text("shareToken");
    long old = System.currentTimeMillis() / 1000 - 3_700;
    Caller stale =
        Caller.withToken(
            server,
            new TokenForge(TestServer.SECRET.getBytes(StandardCharsets.UTF_8))
                .session(mallory.userId(), old, old));

    Answer shown = stale.get("/shared/" + token);

    assertThat(shown.status()).isEqualTo(200);
    assertThat(shown.header("X-Robots-Tag")).isEqualTo("noindex");
    assertThat(shown.header("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(shown.header("Cache-Control")).isEqualTo("no-store");
    assertThat(shown.header("X-Auth-Token")).isEqualTo("(none)");
    assertThat(shown + shown.headers().toString())
        .doesNotContain(alice.userId())
        .doesNotContain("_fieldRevs")
        .doesNotContain("phone");
    assertThat(mallory.pull(ZERO).toString()).doesNotContain("secret");
    assertThat(server.console()).doesNotContain(token);
  }

  @Test
  void aDeletedDocumentHasNoLink() {
    String key = "gone-" + UUID.randomUUID();
    String base = alice.push(change(key, json("{'title': 'x'}"), clock(0)).build()).clock();
    String token =
        alice.method("POST", "/docIndex/lists/" + key + "/shareToken").text("shareToken");
    alice.sync(
        body(base)
            .put("changes", new JsonArray(List.of(Caller.deletion(key, clock(10), base))))
            .build());

    assertThat(Caller.anonymous(server).get("/shared/" + token).status()).isEqualTo(404);
  }

  @Test
  void theContextOfARequestIsNamedOnceAndPlainly() {
    String organisation =
        alice.post("/orgs", json("{'name': 'Org " + UUID.randomUUID() + "'}")).text("orgId");

    assertThat(alice.sync(body(ZERO).build(), "X-Org-Id", "").status()).isEqualTo(400);
    assertThat(
            alice
                .sync(body(ZERO).build(), "X-Org-Id", organisation, "X-Org-Id", organisation)
                .status())
        .isEqualTo(400);
    assertThat(alice.sync(body(ZERO).build(), "X-Org-Id", "A:B").status()).isEqualTo(403);
    assertThat(alice.sync(body(ZERO).build(), "x-org-id", organisation).status()).isEqualTo(200);
  }
}
