package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.webapp.it.Caller.Answer;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What people are called, and who finds whom. */
abstract class PeopleContract {
  private final TestServer server;
  private final String address = "alice-" + UUID.randomUUID() + "@example.org";
  private Caller alice;
  private Caller bob;

  PeopleContract(TestServer server) {
    this.server = server;
  }

  @BeforeEach
  void signIn() {
    alice = Caller.withAddress(server, "Alice " + UUID.randomUUID(), address);
    bob = Caller.newUser(server);
  }

  private static List<String> people(Answer answer) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    return answer.list("people").stream()
        .map(person -> ((JsonString) ((JsonObject) person).get("userId")).value())
        .toList();
  }

  private List<String> asked(Caller by, Caller... about) {
    return people(
        by.get(
            "/people?ids="
                + List.of(about).stream().map(Caller::userId).collect(Collectors.joining(","))));
  }

  private Answer find(Caller by, String address) {
    return by.get("/people?email=" + Caller.encoded(address));
  }

  @Test
  void aProfileBeginsWithWhatTheSignInSaysAndIsChanged() {
    Answer first = alice.get("/account/profile");
    Answer changed =
        alice.patch(
            "/account/profile",
            json(
                "{'displayName': ' Ali ', 'picture': 'https://example.org/a.png',"
                    + " 'findable': 'email'}"));
    Answer back =
        alice.patch(
            "/account/profile",
            JsonObject.builder()
                .put("displayName", JsonNull.NULL)
                .put("picture", JsonNull.NULL)
                .build());

    assertThat(first.json().members().keySet()).containsExactly("displayName", "findable");
    assertThat(first.text("displayName")).startsWith("Alice ");
    assertThat(first.text("findable")).isEqualTo("nobody");
    assertThat(changed.json())
        .isEqualTo(
            json(
                "{'displayName': 'Ali', 'picture': 'https://example.org/a.png',"
                    + " 'findable': 'email'}"));
    assertThat(back.text("displayName")).startsWith("Alice ");
    assertThat(back.text("picture")).isEqualTo("(none)");
    assertThat(back.text("findable")).isEqualTo("email");
  }

  @Test
  void whatDoesNotBelongInAProfileIsRefusedAndNamed() {
    for (String wrong :
        List.of(
            "{'displayName': ''}",
            "{'displayName': 7}",
            "{'picture': 'http://example.org/a.png'}",
            "{'findable': 'everybody'}",
            "{'email': 'a@example.org'}")) {
      Answer answer = alice.patch("/account/profile", json(wrong));

      assertThat(answer.status()).as(wrong).isEqualTo(400);
      assertThat(answer.text("error")).as(wrong).contains(wrong.replaceAll("\\{'(\\w+)'.*", "$1"));
    }
  }

  @Test
  void peopleWhoShareAnOrganisationAreToldOfEachOtherAsLongAsTheyDo() {
    String organisation =
        alice.post("/orgs", json("{'name': 'Org " + UUID.randomUUID() + "'}")).text("orgId");
    assertThat(asked(bob, alice, bob)).as("before").containsExactly(bob.userId());

    alice.post("/orgs/" + organisation + "/members", json("{'userId': '" + bob.userId() + "'}"));
    assertThat(asked(bob, alice)).containsExactly(alice.userId());
    assertThat(asked(alice, bob)).containsExactly(bob.userId());

    bob.method("DELETE", "/orgs/" + organisation + "/members/" + bob.userId());
    assertThat(asked(bob, alice)).isEmpty();
    assertThat(asked(alice, bob)).isEmpty();
  }

  @Test
  void peopleWhoShareADocumentAreToldOfEachOtherAsLongAsTheyDo() {
    alice.push(change("trip", json("{'a': 1}"), clock(0)).build());
    String grant = "[{'userId': '" + bob.userId() + "', 'app': 'lists'";
    alice.patch(
        "/docIndex/lists/trip", json("{'visibility': 'shared', 'sharedWith': " + grant + "}]}"));
    assertThat(asked(bob, alice)).containsExactly(alice.userId());
    assertThat(asked(alice, bob)).containsExactly(bob.userId());
    assertThat(asked(Caller.newUser(server), alice, bob)).isEmpty();

    alice.patch("/docIndex/lists/trip", json("{'unshareWith': " + grant + "}]}"));
    assertThat(asked(bob, alice)).isEmpty();
    assertThat(asked(alice, bob)).isEmpty();
  }

  @Test
  void anAddressFindsWhoAllowsItAndNobodyElse() {
    Answer before = find(bob, address);
    Answer unknown = find(bob, "nobody-" + UUID.randomUUID() + "@example.org");
    alice.patch("/account/profile", json("{'findable': 'email'}"));
    Answer after = find(bob, address.toUpperCase(java.util.Locale.ROOT));
    alice.patch("/account/profile", json("{'findable': 'nobody'}"));
    Answer again = find(bob, address);

    assertThat(before.status()).isEqualTo(200);
    assertThat(before.body()).isEqualTo(unknown.body()).isEqualTo(again.body());
    assertThat(before.headers().map().keySet()).isEqualTo(unknown.headers().map().keySet());
    assertThat(people(after)).containsExactly(alice.userId());
  }

  @Test
  void addressesCannotBeTriedOneAfterTheOther() {
    List<Integer> statuses =
        IntStream.range(0, 40)
            .mapToObj(i -> find(bob, "somebody-" + i + "@example.org").status())
            .toList();

    assertThat(statuses).contains(200, 429);
    assertThat(statuses.stream().filter(status -> status == 200).count()).isLessThan(30);
    assertThat(find(alice, "somebody@example.org").status()).as("somebody else").isEqualTo(200);
  }

  @Test
  void aQuestionIsBounded() {
    String many =
        IntStream.range(0, 51)
            .mapToObj(i -> UUID.randomUUID().toString())
            .collect(Collectors.joining(","));

    assertThat(bob.get("/people?ids=" + many).status()).isEqualTo(400);
    assertThat(bob.get("/people").status()).isEqualTo(400);
    assertThat(bob.get("/people?ids=").status()).isEqualTo(400);
    assertThat(bob.get("/people?email=nobody").status()).isEqualTo(400);
    assertThat(bob.get("/people?ids=a&email=a@example.org").status()).isEqualTo(400);
  }

  @Test
  void nothingIsLeftOfTheProfileOfWhoIsGone() {
    alice.patch("/account/profile", json("{'displayName': 'Ali', 'findable': 'email'}"));
    assertThat(people(find(bob, address))).containsExactly(alice.userId());
    assertThat(alice.get("/account/export").whole())
        .contains("\"profile\":{\"displayName\":\"Ali\"", address);

    alice.method("DELETE", "/account");

    assertThat(people(find(bob, address))).isEmpty();
  }
}
