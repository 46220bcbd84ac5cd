package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.ZERO;
import static dev.landfall.webapp.it.Caller.body;
import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.deletion;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.webapp.it.Caller.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What sharing promises on the wire. */
abstract class SharingContract {
  private static final JsonObject MILK = json("{'title': 'milk'}");

  private final TestServer server;
  private Caller alice;
  private Caller bob;
  private String key = "";

  SharingContract(TestServer server) {
    this.server = server;
  }

  @BeforeEach
  void aliceWritesADocument() {
    alice = Caller.newUser(server);
    bob = Caller.newUser(server);
    key = "milk-" + UUID.randomUUID();
    alice.push(change(key, MILK, clock(0)).build());
  }

  private String place() {
    return "/docIndex/lists/" + key;
  }

  private Answer patch(Caller caller, String path, String body, String... headers) {
    return caller.send(
        caller
            .request(path, headers)
            .header("Content-Type", "application/json")
            .method("PATCH", BodyPublishers.ofString(body.replace('\'', '"')))
            .build());
  }

  private Answer share(String access) {
    return patch(
        alice,
        place(),
        "{'visibility':'shared','sharedWith':[{'userId':'"
            + bob.userId()
            + "','app':'lists','access':'"
            + access
            + "'}]}");
  }

  private static JsonObject onlyMine(Answer answer, String key) {
    return answer.list("serverChanges").stream()
        .map(JsonObject.class::cast)
        .filter(document -> document.get("_key").equals(new JsonString(key)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(answer.toString()));
  }

  private static boolean holds(Answer answer, String key) {
    return answer.list("serverChanges").stream()
        .map(JsonObject.class::cast)
        .anyMatch(document -> document.get("_key").equals(new JsonString(key)));
  }

  @Test
  void theIndexEntryOfAPrivateDocument() {
    JsonObject entry = alice.get(place()).json();

    assertThat(entry.get("docKey")).isEqualTo(new JsonString(key));
    assertThat(entry.get("userId")).isEqualTo(new JsonString(alice.userId()));
    assertThat(entry.get("app")).isEqualTo(new JsonString("lists"));
    assertThat(entry.get("collection")).isEqualTo(new JsonString("items"));
    assertThat(entry.get("visibility")).isEqualTo(new JsonString("private"));
    assertThat(entry.get("sharedWith")).isEqualTo(new JsonArray(List.of()));
    assertThat(entry.get("shareToken")).isEqualTo(JsonNull.NULL);
  }

  @Test
  void everyKeyThatCanStandInAnAddressHasAnEntry() {
    List<String> keys =
        List.of("a/b", "a//b", "a#b", "a\\b", "a%2Fb", "a.b", "a;b", "?", "x/shareToken", "é");
    for (String odd : keys) {
      alice.push(change(odd, MILK, clock(0)).build());
      String place = "/docIndex/lists/" + Caller.encoded(odd);

      assertThat(alice.get(place).text("docKey")).isEqualTo(odd);
      assertThat(alice.method("POST", place + "/shareToken").status()).as(odd).isEqualTo(200);
      assertThat(bob.get(place).status()).as(odd).isEqualTo(404);
    }
  }

  @Test
  void everyKeyAtAllHasAnEntryUnderTheParameter() {
    List<String> keys =
        List.of(
            "a/b",
            "a//b",
            "..",
            ".",
            "a/../b",
            ";x",
            "a;b=c",
            "%2F",
            "a%2Fb",
            "shareToken",
            "\n",
            "\u0001",
            "?key=other",
            "é",
            "\ud83d\ude00",
            " ",
            "+",
            "x/shareToken");
    for (String odd : keys) {
      alice.push(change(odd, MILK, clock(0)).build());
      String parameter = "?key=" + Caller.encoded(odd);
      String entry = "/docIndex/lists" + parameter;
      String link = "/docIndex/lists/shareToken" + parameter;

      assertThat(alice.get(entry).text("docKey")).as(odd).isEqualTo(odd);
      assertThat(patch(alice, entry, "{'visibility':'private'}").text("docKey")).isEqualTo(odd);
      assertThat(alice.method("POST", link).text("shareToken")).as(odd).hasSizeGreaterThan(20);
      assertThat(alice.method("DELETE", link).status()).as(odd).isLessThan(300);
      assertThat(bob.get(entry).status()).as(odd).isEqualTo(404);
      assertThat(bob.method("POST", link).status()).as(odd).isEqualTo(404);
      assertThat(alice.get("/docIndex/lists/other" + parameter).text("docKey")).isEqualTo(odd);
    }
  }

  @Test
  void aDocumentMayBeCalledLikeARoute() {
    alice.push(change("shareToken", MILK, clock(0)).build());
    String place = "/docIndex/lists/shareToken";

    assertThat(alice.get(place).text("docKey")).isEqualTo("shareToken");
    assertThat(patch(alice, place, "{'visibility':'private'}").status()).isEqualTo(200);
    assertThat(alice.method("POST", place + "/shareToken").status()).isEqualTo(200);
  }

  @Test
  void aKeyIsNeeded() {
    for (String wrong : List.of("", "?key=", "?collection=items", "?key=a&key=b")) {
      assertThat(alice.get("/docIndex/lists" + wrong).text("error")).as(wrong).startsWith("key: ");
      assertThat(alice.method("POST", "/docIndex/lists/shareToken" + wrong).status())
          .as(wrong)
          .isEqualTo(400);
    }
  }

  @Test
  void aGrantArrivesWithTheNextPullAndARevokeWithTheNext() {
    String bobs = bob.pull(ZERO).clock();

    assertThat(share("read").status()).isEqualTo(200);
    Answer granted = bob.pull(bobs);
    assertThat(patch(alice, place(), "{'visibility':'private'}").status()).isEqualTo(200);
    Answer revoked = bob.pull(granted.clock());

    assertThat(onlyMine(granted, key).get("_owner")).isEqualTo(new JsonString(alice.userId()));
    assertThat(onlyMine(granted, key).get("title")).isEqualTo(new JsonString("milk"));
    assertThat(onlyMine(revoked, key).get("_revoked")).isEqualTo(JsonBoolean.of(true));
    assertThat(onlyMine(revoked, key).get("title")).isNull();
    assertThat(holds(bob.pull(ZERO), key)).isFalse();
  }

  @Test
  void aLongPollWakesWhenSomethingIsShared() throws Exception {
    String bobs = bob.pull(ZERO).clock();
    var waiting = bob.getLater("/lists/changes?collection=items&since=" + bobs + "&wait=30");
    Thread.sleep(500);

    share("read");

    assertThat(holds(waiting.get(20, java.util.concurrent.TimeUnit.SECONDS), key)).isTrue();
  }

  @Test
  void aReaderCannotWriteAndAWriterCan() {
    share("read");
    String base = bob.pull(ZERO).clock();
    JsonValue edit =
        change(key, json("{'title': 'cheese'}"), clock(50))
            .put("baseClock", base)
            .put("owner", alice.userId())
            .build();

    Answer refused = bob.sync(body(base).put("changes", new JsonArray(List.of(edit))).build());
    share("write");
    Answer taken = bob.sync(body(base).put("changes", new JsonArray(List.of(edit))).build());

    assertThat(refused.status()).isEqualTo(200);
    JsonObject rejected = (JsonObject) refused.list("rejected").get(0);
    assertThat(rejected.get("code")).isEqualTo(new JsonString("read_only"));
    assertThat(onlyMine(refused, key).get("title")).isEqualTo(new JsonString("milk"));
    assertThat(taken.list("rejected")).isEmpty();
    assertThat(onlyMine(alice.pull(ZERO), key).get("title")).isEqualTo(new JsonString("cheese"));
  }

  /** Else whoever shares a document beforehand would catch what others write under its key. */
  @Test
  void aChangeWithoutAnOwnerIsOnesOwn() {
    share("write");

    bob.push(change(key, json("{'title': 'mine'}"), clock(50)).build());

    assertThat(onlyMine(alice.pull(ZERO), key).get("title")).isEqualTo(new JsonString("milk"));
    assertThat(onlyMine(bob.pull(ZERO), key).get("title")).isEqualTo(new JsonString("mine"));
  }

  @Test
  void anExistingClientThatChangesWhatItReadsHasACopyOfItsOwn() {
    share("read");
    Answer pulled = bob.pull(ZERO);
    JsonObject copy = onlyMine(pulled, key);
    long seen = Long.parseLong(pulled.clock().substring(0, 13), 16);
    String later = Caller.clockAt(seen + 1); // whatever the clocks of other tests have done

    Answer echo =
        bob.sync(
            body(pulled.clock())
                .put(
                    "changes",
                    new JsonArray(
                        List.of(
                            change(key, MILK, ((JsonString) stamp(copy)).value())
                                .put("baseClock", pulled.clock())
                                .build())))
                .build());
    Answer forked =
        bob.sync(
            body(pulled.clock())
                .put(
                    "changes",
                    new JsonArray(
                        List.of(
                            change(key, json("{'title': 'mine'}"), later)
                                .put("baseClock", pulled.clock())
                                .build())))
                .build());

    assertThat(echo.list("warnings")).isEmpty();
    assertThat(echo.list("serverChanges")).isEmpty();
    assertThat(forked.list("warnings"))
        .containsExactly(
            json("{'code': 'forked', 'key': '" + key + "', 'owner': '" + alice.userId() + "'}"));
    assertThat(onlyMine(alice.pull(ZERO), key).get("title")).isEqualTo(new JsonString("milk"));
  }

  private static JsonValue stamp(JsonObject copy) {
    return java.util.Objects.requireNonNull(
        ((JsonObject) java.util.Objects.requireNonNull(copy.get("_fieldRevs"))).get("title"));
  }

  @Test
  void othersAreToldThatThereIsNoSuchDocument() {
    Answer foreign = bob.get(place());
    Answer missing = bob.get("/docIndex/lists/none-" + UUID.randomUUID());

    assertThat(foreign.status()).isEqualTo(404);
    assertThat(foreign.toString()).isEqualTo(missing.toString());
    assertThat(patch(bob, place(), "{'visibility':'public'}").status()).isEqualTo(404);
    assertThat(bob.method("POST", place() + "/shareToken").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'visibility':'everyone'}",
        "{'visibility':'public','sharedWith':[{}]}",
        "{'visibility':'public','sharedWith':{}}",
        "{'visibility':'public','sharedWith':[{'userId':'x','app':'lists','access':'own'}]}",
        "{'visibility':'public','userId':'mallory'}",
        "{'visibility':'public','shareToken':'x'}",
        "{'visibility':'org'}",
        "{'visibility':'public','orgId':'acme'}",
        "{'visibility':'public','unshareWith':[{'userId':5,'app':'lists'}]}"
      })
  void aWrongChangeChangesNothing(String change) {
    Answer answer = patch(alice, place(), change);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("code")).isEqualTo("bad_request");
    assertThat(alice.get(place()).text("visibility")).isEqualTo("private");
  }

  @Test
  void whatIsPublicIsThereForEverybodySignedIn() {
    JsonObject all =
        JsonObject.builder().put("collection", "board").put("clientClock", ZERO).build();
    alice.sync(
        JsonObject.builder()
            .put("collection", "board")
            .put("clientClock", ZERO)
            .put("changes", new JsonArray(List.of(change(key, MILK, clock(0)).build())))
            .build());
    patch(alice, place() + "?collection=board", "{'visibility':'public'}");

    assertThat(holds(bob.sync(all), key)).isTrue();
    assertThat(Caller.anonymous(server).sync(all).status()).isEqualTo(401);

    patch(alice, place() + "?collection=board", "{'visibility':'private'}");
    assertThat(holds(bob.sync(all), key)).isFalse();
  }

  @Test
  void anOwnDocumentOfTheSameKeyWinsOverAForeignOne() {
    bob.push(change(key, json("{'title': 'mine'}"), clock(0)).build());
    share("read");

    Answer existing = bob.pull(ZERO);
    Answer ours = bob.sync(body(ZERO).put("owners", true).build());

    assertThat(onlyMine(existing, key).get("title")).isEqualTo(new JsonString("mine"));
    assertThat(((JsonObject) existing.list("warnings").get(0)).get("key"))
        .isEqualTo(new JsonString(key));
    assertThat(ours.list("serverChanges")).hasSize(2);
  }

  @Test
  void anAmbiguousKeyWantsItsCollection() {
    JsonObject.Builder other =
        JsonObject.builder()
            .put("collection", "others")
            .put("clientClock", ZERO)
            .put("changes", new JsonArray(List.of(change(key, MILK, clock(0)).build())));
    alice.sync(other.build());

    Answer ambiguous = alice.get(place());
    Answer one = alice.get(place() + "?collection=others");
    patch(alice, place() + "?collection=others", "{'visibility':'public'}");

    assertThat(ambiguous.status()).isEqualTo(409);
    assertThat(ambiguous.text("code")).isEqualTo("ambiguous");
    assertThat(one.text("collection")).isEqualTo("others");
    assertThat(alice.get(place() + "?collection=items").text("visibility")).isEqualTo("private");
  }

  @Test
  void anOrganisationReadsWhatIsSharedWithIt() {
    String organisation =
        alice
            .post("/orgs", JsonObject.builder().put("name", "Org " + UUID.randomUUID()).build())
            .text("orgId");
    alice.post(
        "/orgs/" + organisation + "/members",
        JsonObject.builder().put("userId", bob.userId()).build());

    Answer shared = patch(alice, place(), "{'visibility':'org'}");
    Answer inContext = bob.sync(body(ZERO).build(), "X-Org-Id", organisation);

    assertThat(shared.text("orgId")).isEqualTo(organisation);
    assertThat(holds(inContext, key)).isTrue();
    assertThat(holds(bob.pull(ZERO), key)).isFalse();
    alice.method("DELETE", "/orgs/" + organisation + "/members/" + bob.userId());
    assertThat(bob.sync(body(ZERO).build(), "X-Org-Id", organisation).status()).isEqualTo(403);
  }

  @Test
  void aShareLinkShowsOneDocumentToWhoeverHasIt() {
    String token = alice.method("POST", place() + "/shareToken").text("shareToken");

    Answer shown = Caller.anonymous(server).get("/shared/" + token);

    assertThat(shown.status()).isEqualTo(200);
    assertThat(shown.json().members().keySet()).containsExactlyInAnyOrder("title", "_key");
    assertThat(shown.header("Cache-Control")).isEqualTo("no-store");
    assertThat(shown.header("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(shown.header("ETag")).startsWith("\"");
    assertThat(
            Caller.anonymous(server)
                .get("/shared/" + token, "If-None-Match", shown.header("ETag"))
                .status())
        .isEqualTo(304);
    assertThat(alice.get(place()).json().get("shareToken")).isEqualTo(JsonNull.NULL);
    assertThat(holds(bob.pull(ZERO), key)).isFalse();
  }

  @Test
  void aLinkThatWasReplacedTakenBackOrIsOverIsAsIfItNeverWas() {
    Caller anybody = Caller.anonymous(server);
    String first = alice.method("POST", place() + "/shareToken").text("shareToken");
    String second = alice.method("POST", place() + "/shareToken").text("shareToken");
    Answer replaced = anybody.get("/shared/" + first);
    Answer ended = alice.method("DELETE", place() + "/shareToken");
    assertThat(ended.status()).isEqualTo(200);
    assertThat(ended.json()).isEqualTo(json("{'shareToken': null}"));
    Answer takenBack = anybody.get("/shared/" + second);
    String third =
        alice
            .post(
                place() + "/shareToken", "{\"expiresAt\":" + (System.currentTimeMillis() - 1) + "}")
            .text("shareToken");
    Answer over = anybody.get("/shared/" + third);
    Answer never = anybody.get("/shared/" + "x".repeat(43));

    assertThat(List.of(replaced, takenBack, over))
        .allMatch(answer -> answer.status() == 404)
        .allMatch(answer -> answer.toString().equals(never.toString()));
  }

  /** Else a writer could keep the right to write for as long as the document is deleted. */
  @Test
  void whatAWriterDeletesStaysTheOwnersToTakeBack() {
    share("write");
    alice.method("POST", place() + "/shareToken");
    String before = alice.pull(ZERO).clock();
    JsonObject.Builder hers = JsonObject.builder().put("owner", alice.userId());
    deletion(key, clock(1), bob.pull(ZERO).clock()).members().forEach(hers::put);
    bob.push(hers.build());
    assertThat(onlyMine(alice.pull(before), key).get("_deleted")).isEqualTo(JsonBoolean.of(true));

    JsonObject entry = alice.get(place()).json();
    Answer revoked = patch(alice, place(), "{'visibility':'private'}");

    assertThat(entry.get("deleted")).isEqualTo(JsonBoolean.of(true));
    assertThat(revoked.status()).describedAs(revoked.toString()).isEqualTo(200);
    assertThat(alice.method("DELETE", place() + "/shareToken").status()).isEqualTo(200);
    assertThat(bob.get(place()).status()).isEqualTo(404);
    bob.push(change(key, json("{'title': 'mine'}"), clock(2)).put("owner", alice.userId()).build());
    assertThat(onlyMine(alice.pull(before), key).get("_deleted")).isEqualTo(JsonBoolean.of(true));

    alice.push(change(key, json("{'title': 'again'}"), clock(3)).build());

    assertThat(holds(bob.pull(ZERO), key)).isFalse();
    assertThat(alice.get(place()).json().get("deleted")).isNull();
  }

  @Test
  void whatNeverExistedHasNoEntryWhenItIsDeleted() {
    String never = "never-" + UUID.randomUUID();
    alice.push(deletion(never, clock(0), ZERO));

    assertThat(alice.get("/docIndex/lists/" + never).status()).isEqualTo(404);
  }

  @Test
  void whatIsMadeAnewAfterItsDeletionIsPrivate() {
    share("write");
    String token = alice.method("POST", place() + "/shareToken").text("shareToken");
    String base = alice.pull(ZERO).clock();
    alice.push(deletion(key, clock(1), base));
    String bobs = bob.pull(ZERO).clock();

    alice.push(change(key, json("{'title': 'diary'}"), clock(3)).build());

    assertThat(alice.get(place()).text("visibility")).isEqualTo("private");
    assertThat(alice.get(place()).list("sharedWith")).isEmpty();
    assertThat(bob.pull(bobs).toString()).doesNotContain("diary");
    assertThat(bob.pull(ZERO).toString()).doesNotContain("diary");
    assertThat(Caller.anonymous(server).get("/shared/" + token).status()).isEqualTo(404);
  }

  @Test
  void privateEndsTheLink() {
    String token = alice.method("POST", place() + "/shareToken").text("shareToken");

    patch(alice, place(), "{'visibility':'private'}");

    assertThat(Caller.anonymous(server).get("/shared/" + token).status()).isEqualTo(404);
    assertThat(alice.get(place()).json().get("hasShareToken")).isEqualTo(JsonBoolean.FALSE);
  }

  @Test
  void theHistoryOfAReaderBeginsWithTheGrant() {
    String base = alice.pull(ZERO).clock();
    String later = Caller.clockAt(System.currentTimeMillis() + 2_000);
    alice.push(change(key, json("{'title': 'bread'}"), later).put("baseClock", base).build());
    share("read");
    String path = "/lists/history?collection=items&key=" + key + "&owner=" + alice.userId();

    Answer history = bob.get(path);

    assertThat(history.status()).isEqualTo(200);
    assertThat(history.toString()).contains("bread").doesNotContain("milk\"");
    share("write");
    assertThat(bob.get(path).toString()).contains("milk");
  }

  @Test
  void aReaderLetsGoOfWhatIsShared() {
    share("read");
    String bobs = bob.pull(ZERO).clock();
    String leave = place() + "/access?collection=items&owner=" + alice.userId();

    assertThat(bob.method("DELETE", place() + "/access").status()).isEqualTo(400);
    assertThat(bob.method("DELETE", leave).status()).isEqualTo(204);

    assertThat(onlyMine(bob.pull(bobs), key).get("_revoked")).isEqualTo(JsonBoolean.TRUE);
    assertThat(alice.get(place()).list("sharedWith")).isEmpty();
    assertThat(bob.method("DELETE", leave).status()).isEqualTo(404);
    share("read");
    String byKey = "/docIndex/lists/access?owner=" + alice.userId() + "&key=" + key;
    assertThat(bob.method("DELETE", byKey).status()).isEqualTo(204);
  }

  @Test
  void whatABlockedPersonGivesIsAcceptedAndGrantsNothing() {
    share("write");
    String bobs = bob.pull(ZERO).clock();
    String block = "/account/blocked/" + alice.userId();

    assertThat(bob.method("PUT", block).status()).isEqualTo(204);
    assertThat(bob.method("PUT", block).status()).isEqualTo(204);
    assertThat(onlyMine(bob.pull(bobs), key).get("_revoked")).isEqualTo(JsonBoolean.TRUE);
    assertThat(share("read").status()).isEqualTo(200);
    assertThat(alice.get(place()).list("sharedWith").toString()).contains(bob.userId());
    assertThat(holds(bob.pull(ZERO), key)).isFalse();
    assertThat(bob.get("/account/blocked").list("blocked").toString()).contains(alice.userId());
    assertThat(bob.get("/account/blocked?limit=1").text("after")).isEqualTo(alice.userId());

    assertThat(bob.method("DELETE", block).status()).isEqualTo(204);
    assertThat(bob.get("/account/blocked").list("blocked")).isEmpty();
    share("read");
    assertThat(holds(bob.pull(ZERO), key)).isTrue();
    assertThat(bob.method("PUT", "/account/blocked/" + bob.userId()).status()).isEqualTo(400);
  }

  @Test
  void anOperatorTakesDownWhatEverybodySees() {
    Caller operator = Caller.named(server, TestServer.OPERATOR);
    patch(alice, place(), "{'visibility':'public'}");
    String token = alice.method("POST", place() + "/shareToken").text("shareToken");
    JsonObject document =
        json(
            "{'app': 'lists', 'owner': '%s', 'collection': 'items', 'key': '%s', 'link': false}"
                .formatted(alice.userId(), key));
    JsonObject link = json("{'shareToken': '" + token + "'}");

    Answer refused = bob.post("/operator/sharing/end", document);
    Answer ended = operator.post("/operator/sharing/end", document);
    Answer endedLink = operator.post("/operator/sharing/end", link);
    Answer nothing = operator.post("/operator/sharing/end", link);

    assertThat(refused.status()).isEqualTo(403);
    assertThat(ended.json()).isEqualTo(json("{'ended': {'visibility': true, 'link': false}}"));
    assertThat(endedLink.json()).isEqualTo(json("{'ended': {'visibility': false, 'link': true}}"));
    assertThat(nothing.json()).isEqualTo(json("{'ended': {'visibility': false, 'link': false}}"));
    assertThat(alice.get(place()).text("visibility")).isEqualTo("private");
    assertThat(Caller.anonymous(server).get("/shared/" + token).status()).isEqualTo(404);
    assertThat(operator.post("/operator/sharing/end", "{}").status()).isEqualTo(400);
  }

  @Test
  void aDocumentThatIsCalledLikeTheRouteOfLeavingHasAnEntry() {
    for (String name : List.of("access", "x/access")) {
      alice.push(change(name, MILK, clock(0)).build());
      String place = "/docIndex/lists/" + Caller.encoded(name);

      assertThat(alice.get(place).text("docKey")).isEqualTo(name);
      assertThat(patch(alice, place, "{'visibility':'public'}").text("docKey")).isEqualTo(name);
      patch(alice, place, "{'visibility':'private'}");
    }
  }
}
