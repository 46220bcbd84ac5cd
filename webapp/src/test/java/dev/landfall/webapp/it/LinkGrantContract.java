package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.ZERO;
import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.webapp.it.Caller.Answer;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Links that become grants, and what is shared with addresses. */
abstract class LinkGrantContract {
  private final TestServer server;
  private final String address = "bob-" + UUID.randomUUID() + "@example.org";
  private final String bobsName = "Bob " + UUID.randomUUID();
  private Caller alice;
  private Caller bob;

  LinkGrantContract(TestServer server) {
    this.server = server;
  }

  @BeforeEach
  void write() {
    alice = Caller.newUser(server);
    bob = Caller.newUser(server);
    alice.push(change("trip", json("{'a': 1}"), clock(0)).build());
  }

  private String link(String options) {
    Answer made = alice.post("/docIndex/lists/trip/shareToken", json(options));
    assertThat(made.status()).as(made.toString()).isEqualTo(200);
    return "/shared/" + made.text("shareToken");
  }

  private static Answer redeem(Caller caller, String link) {
    return caller.post(link + "/redeem", json("{}"));
  }

  private Answer entry() {
    return alice.get("/docIndex/lists/trip");
  }

  private Answer pull(Caller caller) {
    return caller.sync(Caller.body(ZERO).put("owners", true).build());
  }

  @Test
  void aLinkBecomesAGrantWhichSyncsAndIsListed() {
    String link = link("{'redeem': true, 'access': 'write', 'uses': 2}");

    Answer redeemed = redeem(bob, link);

    assertThat(redeemed.json())
        .isEqualTo(
            json(
                "{'app': 'lists', 'collection': 'items', 'key': 'trip', 'owner': '"
                    + alice.userId()
                    + "', 'access': 'write'}"));
    assertThat(pull(bob).document().get("a")).isNotNull();
    assertThat(entry().toString())
        .contains(
            "{\"userId\":\""
                + bob.userId()
                + "\",\"app\":\"lists\",\"access\":\"write\",\"via\":\"link\"}",
            "\"shareTokenRedeem\":{\"access\":\"write\",\"uses\":1}");
    assertThat(redeem(bob, link).status()).as("the same again").isEqualTo(200);
    assertThat(redeem(Caller.newUser(server), link).status()).isEqualTo(200);
    assertThat(redeem(Caller.newUser(server), link).status()).isEqualTo(404);
    assertThat(Caller.anonymous(server).get(link).status()).as("used up").isEqualTo(404);
    assertThat(alice.get("/account/audit").whole()).contains("link_redeemed", bob.userId());
  }

  @Test
  void whatALinkHasGrantedEndsWithItUnlessItIsKept() {
    Caller carol = Caller.newUser(server);
    String link = link("{'redeem': true}");
    redeem(bob, link);
    redeem(carol, link);

    alice.patch(
        "/docIndex/lists/trip",
        json(
            "{'visibility': 'shared', 'sharedWith': [{'userId': '"
                + carol.userId()
                + "', 'app': 'lists'}]}"));
    alice.method("DELETE", "/docIndex/lists/trip/shareToken");

    assertThat(pull(bob).list("serverChanges")).isEmpty();
    assertThat(pull(carol).list("serverChanges")).hasSize(1);
    assertThat(entry().toString()).doesNotContain("via", bob.userId());
  }

  @Test
  void aLinkToReadIsNotRedeemedAndOptionsThatMakeNoSenseAreRefused() {
    assertThat(redeem(bob, link("{}")).status()).isEqualTo(404);
    for (String wrong :
        new String[] {
          "{'access': 'write'}",
          "{'redeem': true, 'uses': 0}",
          "{'redeem': true, 'access': 'all'}",
          "{'uses': 3}"
        }) {
      assertThat(alice.post("/docIndex/lists/trip/shareToken", json(wrong)).status())
          .as(wrong)
          .isEqualTo(400);
    }
    assertThat(redeem(bob, "/shared/" + "x".repeat(43)).status()).isEqualTo(404);
    assertThat(redeem(bob, "/shared/x").status()).isEqualTo(404);
  }

  @Test
  void whatIsSharedWithAnAddressIsGrantedWhenItsPersonSignsIn() {
    Answer shared = shareWithAddress(address);
    assertThat(shared.toString())
        .contains(
            "{\"email\":\""
                + address
                + "\",\"app\":\"lists\",\"access\":\"write\",\"pending\":true}");
    assertThat(pull(Caller.named(server, bobsName)).list("serverChanges")).isEmpty();

    Caller known = Caller.withAddress(server, bobsName, address);

    assertThat(pull(known).list("serverChanges")).hasSize(1);
    assertThat(entry().toString())
        .contains("\"userId\":\"" + known.userId() + "\"", "\"via\":\"email\"")
        .doesNotContain("pending");
    alice.patch(
        "/docIndex/lists/trip",
        json("{'unshareWith': [{'email': '" + address + "', 'app': 'lists'}]}"));
    assertThat(pull(known).list("serverChanges")).isEmpty();
  }

  private Answer shareWithAddress(String with) {
    return alice.patch(
        "/docIndex/lists/trip",
        json(
            "{'visibility': 'shared', 'sharedWith': [{'email': '"
                + with
                + "', 'app': 'lists', 'access': 'write'}]}"));
  }

  @Test
  void anAddressOfWhichThereIsAnAccountIsNotToldFromAnother() {
    Caller.withAddress(server, bobsName, address);
    String unknown = "bob-" + UUID.randomUUID() + "@example.org";

    String first = shareWithAddress(address).toString().replace(address, "(address)");
    alice.patch(
        "/docIndex/lists/trip",
        json("{'unshareWith': [{'email': '" + address + "', 'app': 'lists'}]}"));
    String second = shareWithAddress(unknown).toString().replace(unknown, "(address)");

    assertThat(first.replaceAll("\"(?:createdAt|updatedAt)\":\"[^\"]*\"", ""))
        .isEqualTo(second.replaceAll("\"(?:createdAt|updatedAt)\":\"[^\"]*\"", ""));
  }

  @Test
  void nothingIsLeftOfAnAddressWhosePersonIsGone() {
    Caller known = Caller.withAddress(server, bobsName, address);
    shareWithAddress(address);

    known.method("DELETE", "/account");

    assertThat(entry().toString()).doesNotContain(address);
    assertThat(pull(Caller.withAddress(server, bobsName, address)).list("serverChanges")).isEmpty();
  }

  @Test
  void anExportThatIsBroughtBackHasThosePeopleAndNoLinks() {
    shareWithAddress(address);
    Caller known = Caller.withAddress(server, bobsName, address);
    redeem(bob, link("{'redeem': true}"));
    byte[] export = alice.get("/account/export").body();

    Answer imported = alice.post("/account/import?mode=replace", export);

    assertThat(imported.status()).as(imported.toString()).isEqualTo(200);
    assertThat(entry().toString()).contains(known.userId());
  }
}
