package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonObject;
import dev.landfall.webapp.it.Caller.Answer;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Links by which people come into an organisation. */
abstract class InvitationContract {
  private final TestServer server;
  private final String address = "bob-" + UUID.randomUUID() + "@example.org";
  private Caller alice;
  private Caller bob;
  private Caller carol;
  private String organisation = "";

  InvitationContract(TestServer server) {
    this.server = server;
  }

  @BeforeEach
  void found() {
    alice = Caller.named(server, "Alice " + UUID.randomUUID());
    bob = Caller.withAddress(server, "Bob " + UUID.randomUUID(), address);
    carol = Caller.newUser(server);
    organisation =
        alice.post("/orgs", json("{'name': 'Org " + UUID.randomUUID() + "'}")).text("orgId");
  }

  private Answer invite(String request) {
    return alice.post("/orgs/" + organisation + "/invitations", json(request));
  }

  private static String path(Answer made) {
    assertThat(made.status()).as(made.toString()).isEqualTo(201);
    return made.text("url").replaceAll(".*(/invitations/.*)", "$1");
  }

  @Test
  void aLinkSaysWhoInvitesToWhatAndMakesWhoAcceptsItAMember() {
    Answer made = invite("{}");

    Answer shown = Caller.anonymous(server).get(path(made));
    Answer accepted = bob.post(path(made) + "/accept", json("{}"));

    assertThat(made.text("url"))
        .startsWith("http://127.0.0.1:")
        .matches(".*/invitations/[\\w-]{43}");
    assertThat(shown.status()).isEqualTo(200);
    assertThat(shown.json().members().keySet())
        .containsExactly("orgId", "name", "role", "invitedBy", "bound", "expiresAt");
    assertThat(shown.text("name")).startsWith("Org ");
    assertThat(shown.toString())
        .contains("\"displayName\":\"Alice ")
        .doesNotContain(alice.userId());
    assertThat(shown.header("Cache-Control")).contains("no-store");
    assertThat(shown.header("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(accepted.status()).as(accepted.toString()).isEqualTo(200);
    assertThat(bob.get("/orgs").whole()).contains(organisation, "\"role\":\"member\"");
    assertThat(Caller.anonymous(server).get(path(made)).status()).as("used up").isEqualTo(404);
    assertThat(carol.post(path(made) + "/accept", json("{}")).status()).isEqualTo(404);
  }

  @Test
  void aMembershipThatCameByAnInvitationIsWanted() {
    bob.post(path(invite("{'role': 'org-admin'}")) + "/accept", json("{}"));
    alice.method("DELETE", "/orgs/" + organisation + "/members/" + alice.userId());
    alice.method("DELETE", "/account");
    Answer joined =
        carol.post(
            bob.post("/orgs/" + organisation + "/invitations", json("{}"))
                    .text("url")
                    .replaceAll(".*(/invitations/.*)", "$1")
                + "/accept",
            json("{}"));

    assertThat(joined.status()).isEqualTo(200);
    assertThat(bob.method("DELETE", "/account").text("code")).isEqualTo("last_admin");
  }

  @Test
  void anInvitationForAnAddressIsForWhoHasIt() {
    Answer made = invite("{'email': '" + address + "'}");

    Answer shown = Caller.anonymous(server).get(path(made));
    assertThat(shown.toString()).contains("\"bound\":true").doesNotContain(address);
    assertThat(carol.post(path(made) + "/accept", json("{}")).status()).isEqualTo(403);
    assertThat(carol.post(path(made) + "/decline", json("{}")).status()).isEqualTo(403);
    assertThat(bob.post(path(made) + "/accept", json("{}")).status()).isEqualTo(200);
  }

  @Test
  void administratorsSeeWhatIsOpenAndTakeItBack() {
    Answer first = invite("{'email': '" + address + "'}");
    Answer second = invite("{'uses': 3, 'expiresAt': '2027-06-30T12:00:00Z'}");
    String list = "/orgs/" + organisation + "/invitations";

    Answer page = alice.get(list + "?limit=1");
    Answer rest = alice.get(list + "?limit=1&after=" + page.text("after"));
    Answer all = alice.get(list);

    assertThat(page.list("invitations")).hasSize(1);
    assertThat(rest.list("invitations")).hasSize(1);
    assertThat(all.list("invitations")).hasSize(2);
    assertThat(all.toString())
        .contains(address, "\"uses\":3", first.text("invitationId"), second.text("invitationId"))
        .doesNotContain(path(first).replace("/invitations/", ""));
    assertThat(alice.method("DELETE", list + "/" + second.text("invitationId")).status())
        .isEqualTo(204);
    assertThat(Caller.anonymous(server).get(path(second)).status()).isEqualTo(404);
    assertThat(alice.get(list).list("invitations")).hasSize(1);
  }

  @Test
  void whoIsRemovedDoesNotComeBackByTheSameLink() throws InterruptedException {
    String path = path(invite("{'uses': 5}"));
    bob.post(path + "/accept", json("{}"));
    alice.method("DELETE", "/orgs/" + organisation + "/members/" + bob.userId());

    assertThat(bob.post(path + "/accept", json("{}")).status()).isEqualTo(403);
    assertThat(carol.post(path + "/accept", json("{}")).status()).isEqualTo(200);
  }

  @Test
  void whatDoesNotBelongInAnInvitationIsRefusedAndNamed() {
    for (String wrong :
        new String[] {
          "{'email': 'bob'}",
          "{'email': 'bob@example.org\\r\\nBcc: x@example.org'}",
          "{'role': 'king'}",
          "{'uses': 0}",
          "{'uses': 501}",
          "{'expiresAt': 1}",
          "{'to': 'bob@example.org'}"
        }) {
      Answer answer = invite(wrong);

      assertThat(answer.status()).as(wrong).isEqualTo(400);
      assertThat(answer.text("error")).as(wrong).contains(wrong.replaceAll("\\{'(\\w+)'.*", "$1"));
    }
  }

  @Test
  void whatBecomesOfInvitationsIsInTheTrail() {
    String path = path(invite("{}"));
    bob.post(path + "/accept", json("{}"));

    String told = alice.get("/orgs/" + organisation + "/audit").toString();

    assertThat(told).contains("member_invited", "invitation_accepted", bob.userId());
    assertThat(told).doesNotContain(path.replace("/invitations/", ""));
  }

  @Test
  void anInvitationGoesWithItsOrganisationAndWithWhoMadeIt() {
    String path = path(invite("{}"));
    alice.method("DELETE", "/orgs/" + organisation);
    assertThat(bob.post(path + "/accept", json("{}")).status()).isEqualTo(404);

    JsonObject named = json("{'name': 'Org " + UUID.randomUUID() + "'}");
    organisation = alice.post("/orgs", named).text("orgId");
    String second = path(invite("{}"));
    alice.method("DELETE", "/account");
    assertThat(bob.post(second + "/accept", json("{}")).status()).isEqualTo(404);
  }
}
