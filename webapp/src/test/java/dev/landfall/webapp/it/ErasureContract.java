package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.ZERO;
import static dev.landfall.webapp.it.Caller.body;
import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.webapp.it.Caller.Answer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the deletion of accounts and organisations promises on the wire. */
abstract class ErasureContract {
  private static final JsonObject MILK = json("{'title': 'milk'}");

  private final TestServer server;
  private final String name = "Alice " + UUID.randomUUID();
  private Caller alice;
  private Caller bob;

  ErasureContract(TestServer server) {
    this.server = server;
  }

  @BeforeEach
  void signIn() {
    alice = Caller.named(server, name);
    bob = Caller.newUser(server);
  }

  private static void assertGone(Answer answer) {
    assertThat(answer.status()).describedAs(answer.toString()).isEqualTo(401);
    assertThat(answer.text("code")).isEqualTo("unauthorized");
    assertThat(answer.text("reason")).isEqualTo("deleted");
  }

  private static String organisationOf(Caller admin) {
    return admin.post("/orgs", json("{'name': 'Org " + UUID.randomUUID() + "'}")).text("orgId");
  }

  private static void add(Caller admin, String organisation, Caller user, String role) {
    Answer added =
        admin.post(
            "/orgs/" + organisation + "/members",
            json("{'userId': '" + user.userId() + "', 'role': '" + role + "'}"));
    assertThat(added.status()).describedAs(added.toString()).isEqualTo(200);
  }

  private void shareWithBob(String key) {
    Answer shared =
        alice.patch(
            "/docIndex/lists/" + key,
            json(
                "{'visibility': 'shared', 'sharedWith': [{'userId': '"
                    + bob.userId()
                    + "', 'app': 'lists', 'access': 'write'}]}"));
    assertThat(shared.status()).describedAs(shared.toString()).isEqualTo(200);
  }

  @Test
  void afterADeletionTheTokenOpensNothing() {
    alice.push(change("milk", MILK, clock(0)).build());

    Answer deleted = alice.method("DELETE", "/account");

    assertThat(deleted.status()).describedAs(deleted.toString()).isEqualTo(204);
    assertThat(deleted.body()).isEmpty();
    assertGone(alice.pull(ZERO));
    assertGone(alice.push(change("milk", MILK, clock(0)).build()));
    assertGone(alice.get("/lists/changes?collection=items&wait=0"));
    assertGone(alice.get("/lists/live?collections=items"));
    assertGone(alice.get("/lists/history?collection=items&key=milk"));
    assertGone(alice.get("/docIndex/lists/milk"));
    assertGone(alice.get("/orgs"));
    assertGone(alice.get("/auth/me"));
    assertGone(alice.method("DELETE", "/account"));
  }

  @Test
  void aReceiptTellsWhichDevicesHoldNothingAnyMoreAndNothingOfWhatWasErased() {
    Caller anybody = Caller.anonymous(server);
    for (String device : List.of("phone", "laptop")) {
      alice.sync(
          body(ZERO)
              .put(
                  "device",
                  json("{'id': '" + device + "', 'name': 'My " + device + "', 'platform': 'P'}"))
              .build());
    }
    JsonObject confirmation = json("{'device': 'phone'}");
    assertThat(alice.post("/account/erasure/confirmations", confirmation).status()).isEqualTo(409);

    String receipt = alice.method("DELETE", "/account").header("X-Erasure-Receipt");

    Answer before = anybody.get("/account/erasure/" + receipt);
    assertThat(before.json().get("complete")).isEqualTo(JsonBoolean.TRUE);
    assertThat(before.list("devices")).hasSize(2);
    assertThat(before.toString()).doesNotContain(alice.userId()).doesNotContain("My phone");
    assertThat(before.toString()).doesNotContain("confirmedAt");
    assertThat(alice.post("/account/erasure/confirmations", confirmation).status()).isEqualTo(204);
    assertThat(bob.post("/account/erasure/confirmations", json("{'device': 'laptop'}")).status())
        .isEqualTo(409);

    List<JsonValue> devices = anybody.get("/account/erasure/" + receipt).list("devices");
    assertThat(devices)
        .extracting(one -> ((JsonObject) one).get("id") + " " + ((JsonObject) one).get("confirmed"))
        .containsExactly(
            new JsonString("laptop") + " " + JsonBoolean.FALSE,
            new JsonString("phone") + " " + JsonBoolean.TRUE);
    assertThat(anybody.get("/account/erasure/" + receipt + "x").status()).isEqualTo(404);
    assertThat(bob.method("DELETE", "/account?receipt=true").text("receiptId")).hasSize(60);
  }

  @Test
  void theNextSignInIsANewAndEmptyAccountAndTheOldDeviceStaysOut() {
    alice.push(change("milk", MILK, clock(0)).build());
    alice.method("DELETE", "/account");

    Caller anew = Caller.named(server, name);
    Answer pulled = anew.pull(ZERO);
    Answer pushed = anew.push(change("bread", MILK, clock(0)).build());

    assertThat(anew.userId()).isEqualTo(alice.userId());
    assertThat(pulled.status()).describedAs(pulled.toString()).isEqualTo(200);
    assertThat(pulled.list("serverChanges")).isEmpty();
    assertThat(pushed.status()).isEqualTo(200);
    assertThat(anew.get("/lists/history?collection=items&key=milk").status()).isEqualTo(404);
    assertGone(alice.push(change("eggs", MILK, clock(0)).build()));
    assertThat(anew.pull(ZERO).list("serverChanges")).hasSize(1);
    assertThat(anew.method("DELETE", "/account").status()).isEqualTo(204);
    assertGone(anew.pull(ZERO));
  }

  @Test
  void readersAreToldAndTheOthersOfAnOrganisationKeepItsDocuments() {
    String acme = organisationOf(bob);
    add(bob, acme, alice, "org-admin");
    alice.push(change("plan", MILK, clock(0)).build());
    shareWithBob("plan");
    alice.sync(
        body(ZERO)
            .put("changes", new JsonArray(List.of(change("team", MILK, clock(0)).build())))
            .build(),
        "X-Org-Id",
        acme);
    String link = alice.method("POST", "/docIndex/lists/plan/shareToken").text("shareToken");
    Answer before = bob.pull(ZERO);
    assertThat(before.list("serverChanges")).hasSize(1);

    alice.method("DELETE", "/account");

    JsonObject told = bob.pull(before.clock()).document();
    assertThat(told.get("_key")).isEqualTo(new JsonString("plan"));
    assertThat(told.get("_revoked")).isEqualTo(JsonBoolean.TRUE);
    assertThat(told.get("title")).isNull();
    assertThat(bob.pull(ZERO).list("serverChanges")).isEmpty();
    assertThat(Caller.anonymous(server).get("/shared/" + link).status()).isEqualTo(404);
    assertThat(bob.sync(body(ZERO).build(), "X-Org-Id", acme).document().get("title"))
        .isEqualTo(new JsonString("milk"));
    assertThat(bob.get("/orgs/" + acme + "/members").toString()).doesNotContain(alice.userId());
  }

  @Test
  void theLastAdministratorOfOthersIsToldWhichOrganisationsAreInTheWay() {
    String acme = organisationOf(alice);
    String own = organisationOf(alice);
    add(alice, acme, bob, "member");
    alice.push(change("milk", MILK, clock(0)).build());

    Answer refused = alice.method("DELETE", "/account");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("code")).isEqualTo("last_admin");
    assertThat(refused.details().toString()).contains(acme).doesNotContain(own);
    assertThat(alice.pull(ZERO).list("serverChanges")).hasSize(1);
    alice.patch("/orgs/" + acme + "/members/" + bob.userId(), json("{'role': 'org-admin'}"));
    assertThat(alice.method("DELETE", "/account").status()).isEqualTo(204);
    assertThat(bob.get("/orgs/" + acme + "/members").list("members")).hasSize(1);
    assertThat(bob.get("/orgs/" + own + "/members").status()).isEqualTo(404);
  }

  @Test
  void anOrganisationIsDeletedByItsAdministratorAndItsNameIsFree() {
    String called = "Acme " + UUID.randomUUID();
    String acme = alice.post("/orgs", json("{'name': '" + called + "'}")).text("orgId");
    add(alice, acme, bob, "member");
    Answer member =
        bob.sync(
            body(ZERO)
                .put("changes", new JsonArray(List.of(change("team", MILK, clock(0)).build())))
                .build(),
            "X-Org-Id",
            acme);
    assertThat(member.status()).isEqualTo(200);
    bob.push(change("mine", MILK, clock(0)).build());
    Answer shown =
        bob.patch("/docIndex/lists/mine", json("{'visibility': 'org', 'orgId': '" + acme + "'}"));
    assertThat(shown.status()).describedAs(shown.toString()).isEqualTo(200);

    Answer byMember = bob.method("DELETE", "/orgs/" + acme);
    Answer byStranger = Caller.newUser(server).method("DELETE", "/orgs/" + acme);
    Answer byAdmin = alice.method("DELETE", "/orgs/" + acme);

    assertThat(byMember.status()).isEqualTo(403);
    assertThat(byStranger.status()).isEqualTo(403);
    assertThat(byAdmin.status()).describedAs(byAdmin.toString()).isEqualTo(204);
    assertThat(alice.method("DELETE", "/orgs/" + acme).status()).isEqualTo(404);
    assertThat(bob.sync(body(member.clock()).build(), "X-Org-Id", acme).status()).isEqualTo(403);
    assertThat(bob.get("/orgs").list("orgs")).isEmpty();
    assertThat(bob.get("/docIndex/lists/mine").text("visibility")).isEqualTo("private");
    assertThat(bob.post("/orgs", json("{'name': '" + called + "'}")).status()).isEqualTo(201);
  }

  @Test
  void whoWaitsIsSentAwayAtOnce() throws Exception {
    String since = alice.pull(ZERO).clock();
    CompletableFuture<Answer> poll =
        alice.getLater("/lists/changes?collection=items&wait=60&since=" + since);
    HttpResponse<java.io.InputStream> stream =
        HttpClient.newHttpClient()
            .send(
                alice
                    .request("/lists/live?collections=items&since=" + since)
                    .header("Accept", "text/event-stream")
                    .build(),
                HttpResponse.BodyHandlers.ofInputStream());
    CompletableFuture<Boolean> end = CompletableFuture.supplyAsync(() -> isRead(stream));

    assertThat(alice.method("DELETE", "/account").status()).isEqualTo(204);

    assertGone(poll.get(50, TimeUnit.SECONDS));
    assertThat(end.get(50, TimeUnit.SECONDS)).isTrue();
  }

  private static boolean isRead(HttpResponse<java.io.InputStream> stream) {
    try {
      stream.body().readAllBytes();
    } catch (IOException e) {
      return true; // the server has ended it
    }
    return true;
  }
}
