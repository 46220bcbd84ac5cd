package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.ZERO;
import static dev.landfall.webapp.it.Caller.body;
import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.webapp.it.Caller.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What organisations promise on the wire. */
abstract class OrganisationContract {
  private static final JsonObject MILK = json("{'title': 'milk'}");

  private final TestServer server;
  private Caller alice;
  private Caller bob;
  private Caller carol;

  OrganisationContract(TestServer server) {
    this.server = server;
  }

  @BeforeEach
  void signIn() {
    alice = Caller.newUser(server);
    bob = Caller.newUser(server);
    carol = Caller.newUser(server);
  }

  private static String newName() {
    return "Acme " + UUID.randomUUID();
  }

  private static Answer create(Caller caller, String name) {
    return caller.post("/orgs", JsonObject.builder().put("name", name).build());
  }

  private static String organisationOf(Caller admin) {
    return create(admin, newName()).text("orgId");
  }

  private static String members(String organisation) {
    return "/orgs/" + organisation + "/members";
  }

  private static String member(String organisation, Caller user) {
    return members(organisation) + "/" + user.userId();
  }

  private static Answer add(Caller admin, String organisation, Caller user, String role) {
    return admin.post(
        members(organisation),
        JsonObject.builder().put("userId", user.userId()).put("role", role).build());
  }

  private static JsonObject role(String role) {
    return JsonObject.builder().put("role", role).build();
  }

  private static Answer sync(Caller caller, String organisation, JsonValue... changes) {
    return caller.sync(
        body(ZERO).put("changes", new JsonArray(List.of(changes))).build(),
        "X-Org-Id",
        organisation);
  }

  private static void assertRefused(Answer answer, int status, String code) {
    assertThat(answer.status()).describedAs(answer.toString()).isEqualTo(status);
    assertThat(answer.text("code")).isEqualTo(code);
  }

  // ---- founding and listing

  @Test
  void whoFoundsAnOrganisationIsItsAdministrator() {
    String name = newName();

    Answer founded = create(alice, "  " + name + " ");
    List<JsonValue> listed = alice.get("/orgs").list("orgs");

    assertThat(founded.status()).isEqualTo(201);
    assertThat(founded.json().members().keySet()).containsExactly("orgId", "name", "role");
    assertThat(founded.text("orgId")).matches("[0-9a-f-]{36}");
    assertThat(founded.text("name")).isEqualTo(name);
    assertThat(founded.text("role")).isEqualTo("org-admin");
    assertThat(listed).hasSize(1);
    JsonObject one = (JsonObject) listed.get(0);
    assertThat(one.members().keySet())
        .containsExactly("orgId", "userId", "name", "role", "joinedAt");
    assertThat(one.get("userId")).isEqualTo(new JsonString(alice.userId()));
    assertThat(one.get("orgId")).isEqualTo(founded.json().get("orgId"));
    assertThat(Instant.parse(((JsonString) one.get("joinedAt")).value()))
        .isBetween(Instant.now().minus(Duration.ofMinutes(5)), Instant.now());
  }

  @Test
  void aNameIsGivenOnceInWhateverSpelling() {
    String name = newName();
    create(alice, name);

    for (String variant :
        List.of(
            name,
            name.toUpperCase(java.util.Locale.ROOT),
            " " + name,
            "\uff21" + name.substring(1))) {
      assertRefused(create(bob, variant), 409, "conflict");
    }
    assertThat(bob.get("/orgs").json()).isEqualTo(json("{'orgs': []}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{'name': ''}",
        "{'name': ' '}",
        "{'name': 7}",
        "{'name': null}",
        "{'name': 'a\\nb'}",
        "{'name': 'a', 'orgId': 'b'}",
        "{'name': 'a', 'admins': []}"
      })
  void whatIsNotANameIsRefused(String body) {
    assertRefused(alice.post("/orgs", body.replace('\'', '"')), 400, "bad_request");
  }

  @Test
  void everythingNeedsASession() {
    Caller nobody = Caller.anonymous(server);
    String acme = organisationOf(alice);

    assertThat(create(nobody, newName()).status()).isEqualTo(401);
    assertThat(nobody.get("/orgs").status()).isEqualTo(401);
    assertThat(nobody.get(members(acme)).status()).isEqualTo(401);
    assertThat(add(nobody, acme, bob, "member").status()).isEqualTo(401);
    assertThat(nobody.patch(member(acme, alice), role("member")).status()).isEqualTo(401);
    assertThat(nobody.method("DELETE", member(acme, alice)).status()).isEqualTo(401);
  }

  @Test
  void listsComeInPages() {
    String acme = organisationOf(alice);
    organisationOf(alice);
    add(alice, acme, bob, "member");
    add(alice, acme, carol, "member");

    for (String[] list : new String[][] {{"/orgs", "orgs", "2"}, {members(acme), "members", "3"}}) {
      int seen = 0;
      String after = "";
      do {
        Answer page = alice.get(list[0] + "?limit=1" + after);
        assertThat(page.list(list[1])).hasSizeLessThanOrEqualTo(1);
        seen += page.list(list[1]).size();
        after = page.json().get("after") == null ? "" : "&after=" + page.text("after");
      } while (!after.isEmpty());
      assertThat(seen).isEqualTo(Integer.parseInt(list[2]));
      assertRefused(alice.get(list[0] + "?limit=0"), 400, "bad_request");
      assertRefused(alice.get(list[0] + "?limit=1001"), 400, "bad_request");
      assertRefused(alice.get(list[0] + "?after="), 400, "bad_request");
      assertRefused(alice.get(list[0] + "?after=a%2Fb"), 400, "bad_request");
    }
  }

  // ---- members

  @Test
  void whoIsAddedIsAMemberInTheNextRequest() {
    String acme = organisationOf(alice);

    Answer added =
        alice.post(members(acme), JsonObject.builder().put("userId", bob.userId()).build());

    assertThat(added.status()).isEqualTo(200);
    JsonObject shown = (JsonObject) added.json().get("member");
    assertThat(shown.members().keySet()).containsExactly("orgId", "userId", "role", "joinedAt");
    assertThat(shown.get("role")).isEqualTo(new JsonString("member"));
    assertThat(bob.get(members(acme)).list("members")).hasSize(2).contains(shown);
    assertThat(((JsonObject) bob.get("/orgs").list("orgs").get(0)).get("role"))
        .isEqualTo(new JsonString("member"));
    assertRefused(add(alice, acme, bob, "org-admin"), 409, "conflict");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'userId': 'a/b'}",
        "{'userId': ''}",
        "{'userId': 'u', 'role': 'owner'}",
        "{'userId': 'u', 'role': 'ORG-ADMIN'}",
        "{'userId': 'u', 'role': 1}",
        "{'userId': 'u', 'orgId': 'o'}",
        "{'userId': 'u', 'joinedAt': 'now'}"
      })
  void anAdditionThatIsWrongIsRefused(String body) {
    String acme = organisationOf(alice);

    assertRefused(alice.post(members(acme), body.replace('\'', '"')), 400, "bad_request");
    assertThat(alice.get(members(acme)).list("members")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{'role': null}", "{'role': 'x'}", "{'role': 'member', 'userId': 'u'}"})
  void aChangeThatIsWrongIsRefused(String body) {
    String acme = organisationOf(alice);
    add(alice, acme, bob, "org-admin");

    assertRefused(alice.patch(member(acme, bob), json(body)), 400, "bad_request");
  }

  @Test
  void onlyAnAdministratorChangesAnything() {
    String acme = organisationOf(alice);
    add(alice, acme, bob, "member");

    for (Caller caller : List.of(bob, carol)) {
      assertRefused(add(caller, acme, carol, "member"), 403, "forbidden");
      assertRefused(caller.patch(member(acme, bob), role("org-admin")), 403, "forbidden");
      assertRefused(caller.method("DELETE", member(acme, alice)), 403, "forbidden");
    }
    assertRefused(carol.get(members(acme)), 403, "forbidden");
    assertRefused(carol.method("DELETE", member(acme, carol)), 403, "forbidden");
  }

  @ParameterizedTest
  @ValueSource(strings = {"00000000-0000-4000-8000-000000000000", "nothing", "a:b", "%20", "a%25"})
  void anOrganisationThatIsNotThereIsNotFound(String organisation) {
    assertRefused(alice.get(members(organisation)), 404, "not_found");
    assertRefused(add(alice, organisation, bob, "member"), 404, "not_found");
    assertRefused(alice.patch(member(organisation, bob), role("member")), 404, "not_found");
    assertRefused(alice.method("DELETE", member(organisation, alice)), 404, "not_found");
  }

  @Test
  void aMemberWhoIsNotThereIsNotFound() {
    String acme = organisationOf(alice);

    assertRefused(alice.patch(member(acme, bob), role("member")), 404, "not_found");
    assertRefused(alice.method("DELETE", member(acme, bob)), 404, "not_found");
    assertRefused(alice.method("DELETE", members(acme) + "/a:b"), 404, "not_found");
  }

  @Test
  void aPromotionAndADemotionCountInTheNextRequest() {
    String acme = organisationOf(alice);
    add(alice, acme, bob, "member");

    Answer promoted = alice.patch(member(acme, bob), role("org-admin"));
    Answer byBob = bob.patch(member(acme, alice), role("member"));

    assertThat(promoted.status()).isEqualTo(200);
    assertThat(((JsonObject) promoted.json().get("member")).get("role"))
        .isEqualTo(new JsonString("org-admin"));
    assertThat(byBob.status()).isEqualTo(200);
    assertRefused(add(alice, acme, carol, "member"), 403, "forbidden");
    assertThat(add(bob, acme, carol, "member").status()).isEqualTo(200);
  }

  @Test
  void theLastAdministratorStays() {
    String acme = organisationOf(alice);
    add(alice, acme, bob, "member");

    assertRefused(alice.patch(member(acme, alice), role("member")), 409, "last_admin");
    assertRefused(alice.method("DELETE", member(acme, alice)), 409, "last_admin");
    alice.patch(member(acme, bob), role("org-admin"));

    Answer left = alice.method("DELETE", member(acme, alice));
    assertThat(left.status()).isEqualTo(200);
    assertThat(left.json()).isEqualTo(json("{'removed': true}"));
  }

  @Test
  void twoAdministratorsWhoRemoveEachOtherAtOnceLeaveOne() {
    for (int round = 0; round < 5; round++) {
      String acme = organisationOf(alice);
      add(alice, acme, bob, "org-admin");

      CompletableFuture<Answer> other =
          CompletableFuture.supplyAsync(() -> bob.method("DELETE", member(acme, alice)));
      Answer one = alice.method("DELETE", member(acme, bob));

      assertThat(List.of(one.status(), other.join().status()))
          .containsOnlyOnce(200)
          .allMatch(status -> status == 200 || status == 409 || status == 403);
      Caller left = one.status() == 200 ? alice : bob;
      assertThat(left.get(members(acme)).list("members")).hasSize(1);
    }
  }

  // ---- documents

  @Test
  void membersShareTheDocumentsOfTheirOrganisation() {
    String acme = organisationOf(alice);
    add(alice, acme, bob, "member");

    Answer pushed = sync(alice, acme, change("k", MILK, clock(0)).build());
    Answer pulled = sync(bob, acme);

    assertThat(pushed.status()).isEqualTo(200);
    assertThat(pulled.document().get("title")).isEqualTo(new JsonString("milk"));
    assertThat(alice.pull(ZERO).list("serverChanges")).isEmpty();
    assertThat(bob.pull(ZERO).list("serverChanges")).isEmpty();
    assertThat(bob.get("/lists/history?collection=items&key=k", "X-Org-Id", acme).list("versions"))
        .hasSize(1);
    assertThat(bob.get("/lists/history?collection=items&key=k").status()).isEqualTo(404);
    assertThat(bob.get("/lists/changes?collection=items", "x-org-id", acme).document().get("title"))
        .isEqualTo(new JsonString("milk"));
    assertThat(sync(alice, organisationOf(alice)).list("serverChanges")).isEmpty();
  }

  @Test
  void unknownForeignAndFormerAreRefusedInTheSameWords() {
    String acme = organisationOf(alice);
    add(alice, acme, bob, "member");
    sync(bob, acme, change("k", MILK, clock(0)).build());

    alice.method("DELETE", member(acme, bob));
    Answer former = sync(bob, acme, change("k", MILK, clock(1)).build());
    Answer foreign = sync(carol, acme);
    Answer unknown = sync(bob, UUID.randomUUID().toString());
    Answer malformed = sync(bob, "A:B");
    Answer unreadable = carol.post("/lists/sync", "junk", "X-Org-Id", acme);
    Answer nowhere = carol.post("/nowhere/sync", body(ZERO).build(), "X-Org-Id", acme);

    assertRefused(former, 403, "forbidden");
    assertThat(former.text("reason")).isEqualTo("not_a_member");
    for (Answer same : List.of(foreign, unknown, malformed, unreadable, nowhere)) {
      assertThat(same.status()).isEqualTo(403);
      assertThat(same.body()).isEqualTo(former.body());
    }
    assertThat(bob.get("/lists/changes?collection=items", "X-Org-Id", acme).status())
        .isEqualTo(403);
    assertThat(bob.get("/lists/history?collection=items&key=k", "X-Org-Id", acme).status())
        .isEqualTo(403);
    assertThat(bob.get(members(acme)).status()).isEqualTo(403);
    assertThat(bob.get("/orgs").list("orgs")).isEmpty();
    assertThat(sync(alice, acme).list("serverChanges")).hasSize(1);
  }

  @Test
  void whoIsRemovedWhileWaitingGetsNothing() throws Exception {
    String acme = organisationOf(alice);
    add(alice, acme, bob, "member");
    String since = sync(bob, acme).clock();
    CompletableFuture<Answer> waiting =
        bob.getLater("/lists/changes?collection=items&wait=30&since=" + since, "X-Org-Id", acme);
    Thread.sleep(300);

    alice.method("DELETE", member(acme, bob));
    sync(alice, acme, change("k", MILK, clock(0)).build());

    Answer refused = waiting.get(40, TimeUnit.SECONDS);
    assertRefused(refused, 403, "forbidden");
    assertThat(refused.text("reason")).isEqualTo("not_a_member");
  }

  @Test
  void whoComesBackSeesTheDocumentsAgain() {
    String acme = organisationOf(alice);
    add(alice, acme, bob, "member");
    sync(alice, acme, change("k", MILK, clock(0)).build());
    bob.method("DELETE", member(acme, bob));

    Answer again = add(alice, acme, bob, "org-admin");

    assertThat(again.status()).isEqualTo(200);
    assertThat(sync(bob, acme).list("serverChanges")).hasSize(1);
  }

  // ---- what is shared outside

  @Test
  void administratorsSeeAndManageAllThatIsSharedOutside() {
    String acme = found(alice);
    add(acme, bob);
    String key = "plan-" + java.util.UUID.randomUUID();
    Caller outside = Caller.newUser(server);
    write(bob, acme, key);
    String place = "/docIndex/lists/" + key;
    patchIn(
        bob,
        acme,
        place,
        "{'visibility': 'shared', 'sharedWith': [{'userId': '%s', 'app': 'lists', 'access': 'write'}]}"
            .formatted(outside.userId()));

    Answer shares = alice.get("/orgs/" + acme + "/shares");
    assertThat(shares.list("shares").toString()).contains(key).contains(outside.userId());
    assertThat(bob.get("/orgs/" + acme + "/shares").status()).isEqualTo(403);
    assertThat(outside.pull(Caller.ZERO).toString()).contains(key);

    assertThat(alice.get(place, "X-Org-Id", acme).status()).isEqualTo(200);
    assertThat(patchIn(alice, acme, place, "{'visibility': 'private'}").status()).isEqualTo(200);
    assertThat(outside.pull(Caller.ZERO).toString()).doesNotContain("\"title\"");
    assertThat(alice.get("/orgs/" + acme + "/shares").list("shares")).isEmpty();
  }

  @Test
  void whoIsRemovedHasNothingLeftOfTheDocuments() {
    String acme = found(alice);
    add(acme, bob);
    String key = "plan-" + java.util.UUID.randomUUID();
    write(bob, acme, key);
    String place = "/docIndex/lists/" + key;
    patchIn(
        bob,
        acme,
        place,
        "{'visibility': 'shared', 'sharedWith': [{'userId': '%s', 'app': 'lists', 'access': 'write'}]}"
            .formatted(bob.userId()));
    String token = bob.method("POST", place + "/shareToken", "X-Org-Id", acme).text("shareToken");
    assertThat(Caller.anonymous(server).get("/shared/" + token).status()).isEqualTo(200);
    assertThat(bob.pull(Caller.ZERO).toString()).contains(key);

    alice.method("DELETE", "/orgs/" + acme + "/members/" + bob.userId());

    assertThat(bob.pull(Caller.ZERO).toString()).doesNotContain(key);
    assertThat(Caller.anonymous(server).get("/shared/" + token).status()).isEqualTo(404);
    assertThat(
            bob.push(
                    Caller.change(key, Caller.json("{'title': 'mine'}"), Caller.clock(50))
                        .put("owner", acme)
                        .build())
                .list("rejected")
                .toString())
        .contains("revoked");
  }

  @Test
  void whoWasPutIntoAnOrganisationAsItsLastAdministratorIsNotBoundByIt() {
    String acme = found(alice);
    Caller victim = Caller.newUser(server);
    add(acme, bob);
    alice.post(
        "/orgs/" + acme + "/members",
        Caller.json("{'userId': '" + victim.userId() + "', 'role': 'org-admin'}"));
    alice.method("DELETE", "/orgs/" + acme + "/members/" + alice.userId());

    assertThat(victim.method("DELETE", "/account").status()).isEqualTo(204);

    assertThat(bob.get("/orgs/" + acme + "/members").toString()).contains("org-admin");
  }

  private String found(Caller founder) {
    return founder
        .post("/orgs", Caller.json("{'name': 'Org " + java.util.UUID.randomUUID() + "'}"))
        .text("orgId");
  }

  private void add(String organisation, Caller member) {
    alice.post(
        "/orgs/" + organisation + "/members", Caller.json("{'userId': '" + member.userId() + "'}"));
  }

  private static void write(Caller member, String organisation, String key) {
    member.sync(
        Caller.body(Caller.ZERO)
            .put(
                "changes",
                new JsonArray(
                    List.of(
                        Caller.change(key, Caller.json("{'title': 'milk'}"), Caller.clock(0))
                            .build())))
            .build(),
        "X-Org-Id",
        organisation);
  }

  private static Answer patchIn(Caller caller, String organisation, String path, String body) {
    return caller.send(
        caller
            .request(path, "Content-Type", "application/json", "X-Org-Id", organisation)
            .method(
                "PATCH", java.net.http.HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
            .build());
  }
}
