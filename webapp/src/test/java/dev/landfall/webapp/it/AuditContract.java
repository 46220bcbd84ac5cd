package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.webapp.it.Caller.Answer;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is told of who did what, and to whom. */
abstract class AuditContract {
  private final TestServer server;
  private Caller alice;
  private Caller bob;

  AuditContract(TestServer server) {
    this.server = server;
  }

  @BeforeEach
  void signIn() {
    alice = Caller.newUser(server);
    bob = Caller.newUser(server);
  }

  private static List<String> what(Answer answer) {
    return entries(answer).stream().map(entry -> text(entry, "what")).toList();
  }

  private static List<JsonObject> entries(Answer answer) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    return answer.list("entries").stream().map(JsonObject.class::cast).toList();
  }

  private static String text(JsonObject entry, String member) {
    return entry.get(member) instanceof JsonString text ? text.value() : "(none)";
  }

  private String organisation() {
    return alice.post("/orgs", json("{'name': 'Org " + UUID.randomUUID() + "'}")).text("orgId");
  }

  private Caller operator() {
    return Caller.named(server, TestServer.OPERATOR);
  }

  @Test
  void aSignInIsNotedWithItsTimeAndAddress() {
    JsonObject entry = entries(alice.get("/account/audit")).get(0);

    assertThat(text(entry, "what")).isEqualTo("signed_in");
    assertThat(text(entry, "who")).isEqualTo(alice.userId());
    assertThat(text(entry, "from")).isEqualTo("127.0.0.1");
    assertThat(Instant.parse(text(entry, "at"))).isAfter(Instant.now().minusSeconds(600));
    assertThat(entry.get("on")).isEqualTo(JsonObject.EMPTY);
  }

  @Test
  void whoSharesADocumentAndWhoGetsItAreToldAndNobodyElse() {
    alice.push(change("milk", json("{'a': 1}"), clock(0)).build());
    alice.patch(
        "/docIndex/lists/milk",
        json("{'sharedWith': [{'userId': '" + bob.userId() + "', 'app': 'lists'}]}"));
    alice.method("POST", "/docIndex/lists/milk/shareToken");
    alice.method("DELETE", "/docIndex/lists/shareToken?key=milk");

    assertThat(what(alice.get("/account/audit")))
        .containsExactly("link_ended", "link_made", "access_changed", "signed_in");
    JsonObject told = entries(bob.get("/account/audit")).get(0);
    assertThat(text(told, "what")).isEqualTo("access_changed");
    assertThat(text(told, "who")).isEqualTo(alice.userId());
    assertThat(text(told, "from")).as("where others are is not told").isEqualTo("(none)");
    assertThat(told.get("on"))
        .isEqualTo(
            json(
                "{'application': 'lists', 'collection': 'items', 'key': 'milk', 'user': '"
                    + alice.userId()
                    + "'}"));
    assertThat(what(Caller.newUser(server).get("/account/audit"))).containsExactly("signed_in");
  }

  @Test
  void administratorsReadWhatWasDoneInTheirOrganisation() {
    String team = organisation();
    alice.post("/orgs/" + team + "/members", json("{'userId': '" + bob.userId() + "'}"));
    alice.get("/orgs/" + team + "/export");
    bob.get("/orgs/" + team + "/export"); // is refused

    assertThat(what(alice.get("/orgs/" + team + "/audit")))
        .containsExactly("organisation_exported", "member_added", "organisation_founded");
    assertThat(what(bob.get("/account/audit"))).containsExactly("member_added", "signed_in");
    assertThat(bob.get("/orgs/" + team + "/audit").status()).isEqualTo(403);
  }

  @Test
  void whoIsBlockedIsNotTold() {
    alice.method("PUT", "/account/blocked/" + bob.userId());

    assertThat(what(alice.get("/account/audit"))).containsExactly("person_blocked", "signed_in");
    assertThat(what(bob.get("/account/audit"))).containsExactly("signed_in");
  }

  @Test
  void aTrailIsReadPageByPage() {
    for (int i = 0; i < 4; i++) {
      alice.get("/account/export");
    }

    Answer first = alice.get("/account/audit?limit=3");
    Answer second = alice.get("/account/audit?limit=3&after=" + first.text("after"));

    assertThat(what(first)).containsOnly("account_exported").hasSize(3);
    assertThat(what(second)).containsExactly("account_exported", "signed_in");
    assertThat(second.json().get("after")).isNull();
    assertThat(alice.get("/account/audit?after=elsewhere").status()).isEqualTo(400);
    assertThat(alice.get("/account/audit?limit=1001").status()).isEqualTo(400);
  }

  @Test
  void operatorsReadAllOfItAndThatTheyHave() {
    Caller.withToken(server, "no.to.ken").get("/auth/me");
    operator().get("/operator/audit?limit=1");

    List<JsonObject> all = entries(operator().get("/operator/audit?limit=1000"));

    assertThat(all)
        .extracting(entry -> text(entry, "what"))
        .contains("token_refused", "audit_read");
    assertThat(all)
        .filteredOn(entry -> text(entry, "who").equals(alice.userId()))
        .isNotEmpty()
        .allSatisfy(entry -> assertThat(text(entry, "from")).isEqualTo("127.0.0.1"));
    assertThat(alice.get("/operator/audit").status()).isEqualTo(403);
  }

  @Test
  void nothingSaysAnyMoreWhoHasBeenDeleted() {
    String team = organisation();
    alice.post("/orgs/" + team + "/members", json("{'userId': '" + bob.userId() + "'}"));
    String gone = bob.userId();

    assertThat(bob.method("DELETE", "/account").status()).isEqualTo(204);

    Answer ofTeam = alice.get("/orgs/" + team + "/audit");
    assertThat(what(ofTeam)).containsExactly("member_added", "organisation_founded");
    assertThat(ofTeam.toString()).doesNotContain(gone).contains("deleted");
    Answer all = operator().get("/operator/audit?limit=1000");
    assertThat(what(all)).contains("account_erased");
    assertThat(all.toString()).doesNotContain(gone);
  }

  @Test
  void everyAnswerHasAnIdOfItsRequest() {
    String first = alice.get("/auth/me").header("X-Request-Id");
    String second = Caller.anonymous(server).get("/nowhere/at/all").header("X-Request-Id");

    assertThat(first).matches("[A-Za-z0-9._=-]{1,64}").isNotEqualTo(second);
    assertThat(second).matches("[A-Za-z0-9._=-]{1,64}");
    assertThat(alice.get("/auth/me", "X-Request-Id", "mine").header("X-Request-Id"))
        .as("only proxies that are trusted name requests")
        .isNotEqualTo("mine");
  }
}
