package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.ZERO;
import static dev.landfall.webapp.it.Caller.body;
import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.deletion;
import static dev.landfall.webapp.it.Caller.json;
import static dev.landfall.webapp.it.Caller.laptop;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.webapp.it.Caller.Answer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code POST /{application}/sync} promises on the wire, whatever the store. */
abstract class SyncContract {
  private static final JsonObject MILK = json("{'title': 'milk'}");

  private final TestServer server;
  private Caller alice;

  SyncContract(TestServer server) {
    this.server = server;
  }

  @BeforeEach
  void signIn() {
    alice = Caller.newUser(server);
  }

  @Test
  void whatOneDevicePushesAnotherOnePulls() {
    Answer pushed = alice.push(change("k", MILK, clock(0)).build());
    Answer pulled = alice.pull(ZERO);

    assertThat(pushed.status()).isEqualTo(200);
    assertThat(pulled.document().get("title")).isEqualTo(new JsonString("milk"));
    assertThat(pulled.document().get("_key")).isEqualTo(new JsonString("k"));
    assertThat(pulled.clock()).isEqualTo(pushed.clock());
    assertThat(pulled.number("serverTime")).isGreaterThan(1_000_000_000_000L);
    assertThat(alice.pull(pulled.clock()).list("serverChanges")).isEmpty();
  }

  @Test
  void theAnswerHasTheMembersOfTheProtocolInAnOrderThatCanBeStreamed() {
    Answer pushed = alice.push(change("k", MILK, clock(0)).build());

    assertThat(pushed.json().members().keySet())
        .containsExactly("serverChanges", "serverClock", "conflicts", "serverTime", "instance");
  }

  @Test
  void everyAnswerSaysWhichServerGivesIt() {
    String instance = alice.get("/auth/me").text("instance");

    Answer pushed = alice.push(change("k", MILK, clock(0)).build());
    Answer waited = alice.get("/lists/changes?collection=items&wait=0");

    assertThat(instance).matches("[!-~]{1,128}").isNotEqualTo("(none)");
    assertThat(pushed.text("instance")).isEqualTo(instance);
    assertThat(waited.text("instance")).isEqualTo(instance);
    assertThat(Caller.newUser(server).get("/auth/me").text("instance")).isEqualTo(instance);
  }

  @Test
  void aClockThisServerNeverIssuedIsAnsweredAsRestoredAndOneOfAnotherCollectionIsNot() {
    Answer pushed = alice.push(change("k", MILK, clock(0)).build());
    JsonObject.Builder notes = body(pushed.clock()).put("collection", "notes");

    assertThat(alice.pull(clock(0)).text("resync")).isEqualTo("restored");
    assertThat(alice.sync(notes.build()).text("resync")).isEqualTo("purged");
    assertThat(alice.pull(pushed.clock()).json().get("resync")).isNull();
    assertThat(alice.get("/lists/changes?collection=items&wait=0&since=" + clock(0)).text("resync"))
        .isEqualTo("restored");
  }

  @Test
  void oneUsersDocumentsAreInvisibleToAnother() {
    alice.push(change("k", MILK, clock(0)).build());

    assertThat(Caller.newUser(server).pull(ZERO).list("serverChanges")).isEmpty();
  }

  @Test
  void applicationsAndCollectionsDoNotMix() {
    alice.push(change("k", MILK, clock(0)).build());

    Answer other = alice.post("/other/sync", body(ZERO).build());
    Answer collection = alice.sync(body(ZERO).put("collection", "notes").build());

    assertThat(other.list("serverChanges")).isEmpty();
    assertThat(collection.list("serverChanges")).isEmpty();
  }

  @Test
  void twoConcurrentEditsOfOneFieldAreAConflictAndTheLaterWins() {
    alice.push(change("k", json("{'n': 1}"), clock(-2000)).build());
    Answer second = alice.push(change("k", json("{'n': 2}"), laptop(-1000)).build());

    JsonObject conflict = (JsonObject) second.list("conflicts").get(0);
    assertThat(conflict.get("key")).isEqualTo(new JsonString("k"));
    assertThat(conflict.get("collection")).isEqualTo(new JsonString("items"));
    assertThat(conflict.get("field")).isEqualTo(new JsonString("n"));
    assertThat(conflict.get("winner")).isEqualTo(new JsonString("local"));
    assertThat(alice.pull(ZERO).document().get("n")).isEqualTo(JsonNumber.of(2));
  }

  @Test
  void theSameRequestAgainChangesNothing() {
    JsonObject request =
        body(ZERO)
            .put("changes", new JsonArray(List.of(change("k", MILK, clock(0)).build())))
            .build();

    Answer first = alice.sync(request);
    Answer again = alice.sync(request);

    assertThat(again.clock()).isEqualTo(first.clock());
    assertThat(again.list("conflicts")).isEmpty();
    assertThat(again.document().get("_rev")).isEqualTo(first.document().get("_rev"));
  }

  // ---- clocks: A1 to A6

  @ParameterizedTest
  @ValueSource(
      strings = {"\"zzz\"", "\"\"", "5", "null", "{}", "[\"0018\"]", "\"zzz-zzz-zzz\"", "true"})
  void aClientClockThatIsNoneIsRefused(String clock) {
    Answer answer =
        alice.post("/lists/sync", "{\"collection\":\"items\",\"clientClock\":" + clock + "}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("code")).isEqualTo("bad_request");
    assertThat(answer.text("error")).startsWith("clientClock: ");
  }

  @Test
  void aMissingClientClockIsRefused() {
    Answer answer = alice.sync(json("{'collection': 'items'}"));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("error")).isEqualTo("clientClock: is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"my device", "a@b.c", "say \"hi\"", "C:\\x", "$"})
  void aDeviceIsCalledAnythingThatCanBePrinted(String device) {
    String edit = clock(0).replace("phone", device);
    alice.push(change("k", MILK, edit).build());

    JsonObject revisions = (JsonObject) alice.pull(ZERO).document().get("_fieldRevs");
    assertThat(revisions.get("title")).isEqualTo(new JsonString(edit));
    Answer history = alice.get("/lists/history?collection=items&key=k");
    JsonObject changed = (JsonObject) ((JsonObject) history.list("versions").get(0)).get("changed");
    assertThat(((JsonObject) changed.get("title")).get("editClock"))
        .isEqualTo(new JsonString(edit));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0018d2bc1234a0018d2bc123-000001-a",
        "0018D2BC1234A-000001-a",
        "0018d2bc1234-000001-a",
        "0018d2bc1234a-0000001-a",
        "0018d2bc1234a-000001-",
        "0018d2bc1234a-000001-a\u007f",
        "0018d2bc1234a-000001-a\n",
        "0018d2bc1234a-000001-\u0000",
        "0018d2bc1234a-000001-\u00e9"
      })
  void aClockThatBreaksTheGrammarIsRefusedEverywhere(String clock) {
    assertThat(alice.pull(clock).status()).isEqualTo(400);
    assertThat(alice.push(change("k", MILK, clock).build()).text("error"))
        .startsWith("changes[0].fieldRevs.title: ");
    assertThat(
            alice.push(change("k", MILK, clock(0)).put("baseClock", clock).build()).text("error"))
        .startsWith("changes[0].baseClock: ");
  }

  @Test
  void zeroMayBeWrittenWithoutANode() {
    assertThat(alice.pull("0000000000000-000000-").status()).isEqualTo(200);
  }

  @Test
  void aNodeHasAtMost128Characters() {
    String start = "0018d2bc1234a-000001-";

    assertThat(alice.push(change("k", MILK, start + "n".repeat(128)).build()).status())
        .isEqualTo(200);
    assertThat(alice.push(change("k", MILK, start + "n".repeat(129)).build()).status())
        .isEqualTo(400);
  }

  @Test
  void anEditFromTheFutureIsRefusedWithTheWholeRequest() {
    Answer answer =
        alice.push(
            change("good", MILK, clock(0)).build(),
            change("bad", MILK, "fffffffffffff-ffffff-z").build());

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text("code")).isEqualTo("clock_drift");
    assertThat(answer.details().get("key")).isEqualTo(new JsonString("bad"));
    assertThat(answer.details().get("field")).isEqualTo(new JsonString("title"));
    assertThat(answer.details().get("maxDriftMs")).isEqualTo(JsonNumber.of(300_000));
    assertThat(answer.details().get("serverTime")).isInstanceOf(JsonNumber.class);
    assertThat(alice.pull(ZERO).list("serverChanges")).isEmpty();
  }

  @Test
  void aDeviceMayBeAlmostFiveMinutesAhead() {
    assertThat(alice.push(change("k", MILK, clock(290_000)).build()).status()).isEqualTo(200);
    assertThat(alice.push(change("k", MILK, clock(310_000)).build()).status()).isEqualTo(409);
  }

  @Test
  void aClientClockThatWasNeverIssuedIsServedAsZero() {
    alice.push(change("k", MILK, clock(0)).build());

    Answer answer = alice.pull("fffffffffffff-ffffff-z");

    assertThat(answer.text("resync")).isEqualTo("restored");
    assertThat(answer.list("serverChanges")).hasSize(1);
    assertThat(answer.clock()).isLessThan("fff");
  }

  // ---- A8 to A16

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"a\": 5}", "{\"a\": {\"$gt\": \"\"}}", "{\"a\": null}", "[]", "null", "\"x\""})
  void fieldRevsThatAreNoClocksAreRefused(String fieldRevs) throws Exception {
    JsonValue given = JsonText.parse(fieldRevs);
    Answer answer = alice.push(change("k", MILK, clock(0)).put("fieldRevs", given).build());

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("error")).startsWith("changes[0].fieldRevs");
  }

  @Test
  void moreClocksThanADocumentCanNeedAreRefused() {
    JsonObject.Builder stamps = JsonObject.builder();
    for (int i = 0; i < 1_003; i++) {
      stamps.put("f" + i, clock(0));
    }
    Answer answer =
        alice.push(change("k", MILK, clock(0)).put("fieldRevs", stamps.build()).build());

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("error")).startsWith("changes[0].fieldRevs");
  }

  @Test
  void changesMustBeAnArray() {
    assertThat(alice.sync(body(ZERO).put("changes", JsonObject.EMPTY).build()).text("error"))
        .startsWith("changes: ");
  }

  @Test
  void oneRequestHasAtMost10000Changes() {
    List<JsonValue> changes = new ArrayList<>();
    for (int i = 0; i < 10_001; i++) {
      changes.add(JsonNull.NULL);
    }
    Answer answer = alice.sync(body(ZERO).put("changes", new JsonArray(changes)).build());

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.text("code")).isEqualTo("too_large");
  }

  /** As many as a request may have, unless the stand-in for a database is too slow for them. */
  int manyDocuments() {
    return 10_000;
  }

  @Test
  void asManyDocumentsAsAllowedGoInOneRequest() {
    int many = manyDocuments();
    String at = clock(0);
    List<JsonValue> changes = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      changes.add(change("k" + i, json("{'n': " + i + "}"), at).build());
    }
    Answer answer =
        alice.sync(body(ZERO).put("changes", new JsonArray(changes)).put("acks", true).build());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.list("acks")).hasSize(many);
    assertThat(alice.pull(ZERO).list("serverChanges")).hasSize(many);
  }

  @Test
  void twoChangesOfOneKeyAreAppliedInOrder() {
    Answer answer =
        alice.push(
            change("k", json("{'a': 1}"), clock(-10)).build(),
            change("k", json("{'b': 2}"), clock(0)).build());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(alice.pull(ZERO).document().get("a")).isEqualTo(JsonNumber.of(1));
    assertThat(alice.pull(ZERO).document().get("b")).isEqualTo(JsonNumber.of(2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"\"", "5", "{\"$ne\": 1}", "null", "\"a\\u0000b\"", "\"\\ud800\"", "\"LONG\""})
  void aKeyThatIsNoneIsRefused(String key) throws Exception {
    JsonValue given = JsonText.parse(key.replace("LONG", "k".repeat(513)));
    Answer answer = alice.push(change("k", MILK, clock(0)).put("key", given).build());

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("error")).startsWith("changes[0].key: ");
    assertThat(alice.pull(ZERO).list("serverChanges")).isEmpty();
  }

  @Test
  void aMissingKeyIsRefused() {
    assertThat(
            alice
                .push(json("{'doc': {}, 'fieldRevs': {}, 'baseClock': '" + ZERO + "'}"))
                .text("error"))
        .isEqualTo("changes[0].key: is missing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "__proto__",
        "constructor",
        "../../x",
        "docIndex:u:a:k",
        "%3A",
        ":",
        "a\"b",
        "\ud83d\ude00",
        " ",
        "x',=1"
      })
  void anyOtherKeyIsKeptAsItIs(String key) {
    alice.push(change(key, MILK, clock(0)).build());

    assertThat(alice.pull(ZERO).document().get("_key")).isEqualTo(new JsonString(key));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "\"x\"", "5", "true"})
  void aDocumentThatIsNoObjectIsRefusedAndSoAreTheOthers(String doc) throws Exception {
    Answer answer =
        alice.push(
            change("good", MILK, clock(0)).build(),
            change("bad", MILK, clock(0)).put("doc", JsonText.parse(doc)).build());

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("error")).startsWith("changes[1].doc: ");
    assertThat(alice.pull(ZERO).list("serverChanges")).isEmpty();
  }

  @Test
  void aDocumentNestsAtMost64Levels() {
    assertThat(alice.push(change("k", nested(64), clock(0)).build()).status()).isEqualTo(200);
    Answer deeper = alice.push(change("deep", nested(65), clock(0)).build());

    assertThat(deeper.status()).isEqualTo(400);
    assertThat(deeper.text("error")).startsWith("changes[0].doc: ");
  }

  private static JsonObject nested(int levels) {
    JsonObject inner = JsonObject.EMPTY;
    for (int i = 1; i < levels; i++) {
      inner = JsonObject.builder().put("a", inner).build();
    }
    return inner;
  }

  @Test
  void fieldsOfTheProtocolAreDroppedFromInput() {
    JsonObject doc =
        json(
            "{'a': 1, '_base_n': 'x', '_rev': 'zzz', '_key': 'other', '_fieldRevs': {}, '_owner': 'v',"
                + " '_deleted': true, 'in': {'_kept': 1}}");
    Answer answer = alice.push(change("k", doc, clock(0)).build());

    JsonObject stored = answer.document();
    assertThat(stored.members().keySet())
        .containsExactlyInAnyOrder("a", "in", "_key", "_rev", "_fieldRevs");
    assertThat(stored.get("_key")).isEqualTo(new JsonString("k"));
    assertThat(stored.get("in")).isEqualTo(json("{'_kept': 1}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1,\"a\":2}",
        "\ufeff{}",
        "{} x",
        "{\"a\":NaN}",
        "{/* no */}",
        "{'a':1}",
        "",
        "{\"a\":1e1000000000}",
        "{\"a\":\"\t\"}",
        "[1,]"
      })
  void textThatIsNotStrictJsonIsRefused(String text) {
    Answer answer = alice.post("/lists/sync", text);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("error")).containsPattern("^(body|a): ");
  }

  @Test
  void utf16IsRefused() {
    byte[] text = "{\"collection\":\"items\"}".getBytes(java.nio.charset.StandardCharsets.UTF_16);

    assertThat(alice.post("/lists/sync", text).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"9007199254740993", "-0", "1e400", "0.1", "123456789012345678901234567890"})
  void numbersKeepTheirDigits(String number) {
    alice.push(change("k", json("{'n': " + number + "}"), clock(0)).build());

    assertThat(alice.pull(ZERO).document().get("n").toString()).isEqualTo(number);
  }

  @Test
  void aNumberOfMoreThanAThousandDigitsIsRefused() {
    String body =
        JsonText.print(
                body(ZERO)
                    .put(
                        "changes",
                        new JsonArray(List.of(change("k", json("{'n': 77}"), clock(0)).build())))
                    .build())
            .replace("77", "7".repeat(1_100));

    assertThat(alice.post("/lists/sync", body).status()).isEqualTo(400);
  }

  @Test
  void oneAndOnePointZeroAreTheSameNumber() {
    Answer first = alice.push(change("k", json("{'n': 1}"), clock(-5)).build());
    Answer again = alice.push(change("k", json("{'n': 1.0}"), clock(0)).build());

    assertThat(again.list("conflicts")).isEmpty();
    assertThat(first.status()).isEqualTo(200);
  }

  @Test
  void namesOfFieldsAreDataLikeAnyOther() {
    JsonObject doc =
        json(
            "{'$where': 1, 'a.b': 2, 'a%2Eb': 3, '__a': 4, 'constructor': 5, 'toString': 6, '': 7,"
                + " '\ud83d\ude00': 8, 'o': {'__proto__': 9, '_x': 10, 'a.b': 11}}");
    alice.push(change("k", doc, clock(0)).build());

    JsonObject stored = alice.pull(ZERO).document();
    for (String name :
        List.of("$where", "a.b", "a%2Eb", "constructor", "toString", "", "o", "\ud83d\ude00")) {
      assertThat(stored.get(name)).as(name).isEqualTo(doc.get(name));
    }
    assertThat(stored.get("__a")).isNull();
  }

  @Test
  void aFieldsNameHasAtMost1024Characters() {
    JsonObject doc = JsonObject.builder().put("n".repeat(1_025), 1).build();

    assertThat(alice.push(change("k", doc, clock(0)).build()).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\ud800", "a\\u0000", "\\udc00a"})
  void namesWithLoneSurrogatesOrNulAreRefused(String name) {
    String change =
        "{'collection':'items','clientClock':'Z','changes':[{'key':'k','doc':{%s},'fieldRevs':{%s},'baseClock':'Z'}]}"
            .replace('\'', '"')
            .replace("Z", ZERO);

    assertThat(alice.post("/lists/sync", change.formatted("\"" + name + "\":1", "")).status())
        .isEqualTo(400);
    assertThat(
            alice
                .post("/lists/sync", change.formatted("", "\"" + name + "\":\"" + clock(0) + "\""))
                .status())
        .isEqualTo(400);
    assertThat(alice.pull(ZERO).list("serverChanges")).isEmpty();
  }

  @Test
  void escapesInNamesAreTheCharactersTheyStandFor() {
    String change =
        JsonText.print(
                body(ZERO)
                    .put(
                        "changes",
                        new JsonArray(
                            List.of(change("k", json("{'NAME': 'VALUE'}"), clock(0)).build())))
                    .build())
            .replace("NAME", "\\ud83d\\ude00\\u00e9")
            .replace("VALUE", "\\ud83d\\ude00\\u00e9");
    Answer answer = alice.post("/lists/sync", change);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.document().get("\ud83d\ude00\u00e9"))
        .isEqualTo(new JsonString("\ud83d\ude00\u00e9"));
  }

  @Test
  void lookAlikeCollectionsAreDifferent() {
    for (String collection : List.of("a:b", "a%3Ab", "__proto__", "$cmd")) {
      alice.sync(
          body(ZERO)
              .put("collection", collection)
              .put("changes", new JsonArray(List.of(change(collection, MILK, clock(0)).build())))
              .build());
    }

    for (String collection : List.of("a:b", "a%3Ab", "__proto__", "$cmd")) {
      assertThat(
              alice.sync(body(ZERO).put("collection", collection).build()).document().get("_key"))
          .isEqualTo(new JsonString(collection));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "\"x\\n[ERROR] fake\"", "5", "null", "\"LONG\""})
  void aCollectionThatIsNoneIsRefused(String collection) throws Exception {
    JsonValue given = JsonText.parse(collection.replace("LONG", "c".repeat(129)));
    Answer answer = alice.sync(body(ZERO).put("collection", given).build());

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("error")).startsWith("collection: ");
  }

  @Test
  void oneMoreCollectionThanAllowedIsAQuota() {
    for (int i = 0; i < 20; i++) {
      assertThat(pushTo("c" + i).status()).isEqualTo(200);
    }
    Answer answer = pushTo("one too many");

    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.text("code")).isEqualTo("quota_exceeded");
    assertThat(answer.details()).isEqualTo(json("{'limit': 'collections', 'max': 20}"));
    assertThat(pushTo("c3").status()).isEqualTo(200);
  }

  private Answer pushTo(String collection) {
    return alice.sync(
        body(ZERO)
            .put("collection", collection)
            .put("changes", new JsonArray(List.of(change("k", MILK, clock(0)).build())))
            .build());
  }

  @Test
  void membersThatNobodyKnowsAreIgnored() {
    Answer answer =
        alice.sync(
            body(ZERO)
                .put("clientVersion", 7)
                .put(
                    "changes",
                    new JsonArray(List.of(change("k", MILK, clock(0)).put("x", 1).build())))
                .build());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.list("serverChanges")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=0",
        "limit=10001",
        "limit=1.5",
        "limit=\"5\"",
        "maxBytes=0",
        "acks=1",
        "owners=\"yes\"",
        "onInvalid=\"stop\"",
        "onInvalid=true"
      })
  void anOptionThatIsNoneIsRefused(String option) throws Exception {
    int equals = option.indexOf('=');
    String name = option.substring(0, equals);
    Answer answer =
        alice.sync(body(ZERO).put(name, JsonText.parse(option.substring(equals + 1))).build());

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("error")).startsWith(name + ": ");
  }

  // ---- pages, acknowledgements

  @Test
  void pagesTogetherAreEverythingInOrder() {
    for (int i = 0; i < 5; i++) {
      alice.push(change("k" + i, MILK, clock(0)).build());
    }

    List<String> keys = new ArrayList<>();
    String since = ZERO;
    boolean more = true;
    while (more) {
      Answer page = alice.sync(body(since).put("limit", 2).build());
      page.list("serverChanges")
          .forEach(doc -> keys.add(((JsonObject) doc).get("_key").toString()));
      assertThat(page.number("pending")).isEqualTo(5 - keys.size());
      more = page.json().get("more") == JsonBoolean.TRUE;
      since = page.clock();
    }

    assertThat(keys).containsExactly("\"k0\"", "\"k1\"", "\"k2\"", "\"k3\"", "\"k4\"");
  }

  @Test
  void aPageHasAtMostMaxBytesOfDocumentsButOneAtLeast() {
    for (int i = 0; i < 3; i++) {
      alice.push(change("k" + i, MILK, clock(0)).build());
    }
    long size = alice.pull(ZERO).list("serverChanges").get(0).toString().length();

    for (long bytes : new long[] {1, size, 2 * size - 1}) {
      Answer page = alice.sync(body(ZERO).put("maxBytes", bytes).build());
      assertThat(page.list("serverChanges")).as("%d", bytes).hasSize(1);
      assertThat(page.json().get("more")).isEqualTo(JsonBoolean.TRUE);
      assertThat(page.number("pending")).isEqualTo(2);
    }
    Answer two = alice.sync(body(ZERO).put("maxBytes", 2 * size).build());
    assertThat(two.list("serverChanges")).hasSize(2);
    Answer rest = alice.sync(body(two.clock()).put("maxBytes", 2 * size).build());
    assertThat(rest.list("serverChanges")).hasSize(1);
    assertThat(rest.number("pending")).isZero();
    assertThat(
            alice.get("/lists/changes?collection=items&wait=0&maxBytes=" + size).number("pending"))
        .isEqualTo(2);
  }

  @Test
  void aPushWithALimitOfZeroPullsNothing() {
    String before = alice.push(change("k", MILK, clock(0)).build()).clock();
    alice.push(change("l", MILK, clock(0)).build());
    JsonArray changes = new JsonArray(List.of(change("m", MILK, clock(0)).build()));

    Answer answer =
        alice.sync(body(before).put("limit", 0).put("acks", true).put("changes", changes).build());

    assertThat(answer.list("serverChanges")).isEmpty();
    assertThat(answer.list("acks")).hasSize(1);
    assertThat(answer.clock()).isEqualTo(before);
    assertThat(answer.json().get("more")).isEqualTo(JsonBoolean.TRUE);
    assertThat(answer.number("pending")).isEqualTo(2);
    assertThat(alice.pull(before).list("serverChanges")).hasSize(2);
  }

  @Test
  void aChangeStoredAsSentIsAcknowledgedInsteadOfEchoed() {
    Answer answer =
        alice.sync(
            body(ZERO)
                .put("acks", true)
                .put("changes", new JsonArray(List.of(change("k", MILK, clock(0)).build())))
                .build());

    assertThat(answer.list("serverChanges")).isEmpty();
    assertThat(((JsonObject) answer.list("acks").get(0)).get("key")).isEqualTo(new JsonString("k"));
    assertThat(((JsonObject) answer.list("acks").get(0)).get("rev"))
        .isEqualTo(alice.pull(ZERO).document().get("_rev"));
  }

  // ---- deletes

  @Test
  void aDeletedDocumentReachesOtherDevicesAsATombstone() {
    String base = alice.push(change("k", MILK, clock(-1000)).build()).clock();
    Answer deleted = alice.push(deletion("k", clock(0), base));

    JsonObject tombstone = alice.pull(base).document();
    assertThat(deleted.status()).isEqualTo(200);
    assertThat(tombstone.get("_deleted")).isEqualTo(JsonBoolean.TRUE);
    assertThat(tombstone.get("title")).isNull();
    assertThat(((JsonObject) tombstone.get("_fieldRevs")).get("title")).isNotNull();
    assertThat(alice.pull(ZERO).list("serverChanges")).isEmpty();
  }

  @Test
  void aDocumentThatIsNullIsADeletion() {
    String base = alice.push(change("k", MILK, clock(-1000)).build()).clock();
    alice.push(
        change("k", JsonObject.EMPTY, clock(0))
            .put("doc", JsonNull.NULL)
            .put("fieldRevs", JsonObject.builder().put("", clock(0)).build())
            .put("baseClock", base)
            .build());

    assertThat(alice.pull(ZERO).list("serverChanges")).isEmpty();
  }

  @Test
  void aDeletionNeedsItsClock() {
    Answer answer = alice.push(change("k", MILK, clock(0)).put("deleted", true).build());

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("error")).startsWith("changes[0].fieldRevs: ");
  }

  // ---- owners, organisations

  @Test
  void onesOwnIdAsOwnerIsOneself() {
    Answer answer = alice.push(change("k", MILK, clock(0)).put("owner", alice.userId()).build());

    assertThat(answer.list("serverChanges")).hasSize(1);
    assertThat(answer.json().get("rejected")).isNull();
  }

  @Test
  void anotherOwnersDocumentIsNotThere() {
    String bob = Caller.newUser(server).userId();
    Answer answer =
        alice.push(
            change("theirs", MILK, clock(0)).put("owner", bob).build(),
            change("mine", MILK, clock(0)).build());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.document().get("_key")).isEqualTo(new JsonString("mine"));
    assertThat(answer.list("rejected"))
        .containsExactly(
            json("{'key': 'theirs', 'code': 'revoked', 'details': {'owner': '" + bob + "'}}"));
  }

  @Test
  void organisationsAreForbiddenToWhoIsNoMember() {
    Answer unknown = alice.sync(body(ZERO).build(), "X-Org-Id", "b5f1");
    Answer malformed = alice.sync(body(ZERO).build(), "x-org-id", "A:B");
    Answer empty = alice.sync(body(ZERO).build(), "X-Org-Id", "");
    Answer two = alice.sync(body(ZERO).build(), "X-Org-Id", "a", "X-Org-Id", "b");

    assertThat(unknown.status()).isEqualTo(403);
    assertThat(unknown.text("code")).isEqualTo("forbidden");
    assertThat(malformed.body()).isEqualTo(unknown.body());
    assertThat(malformed.status()).isEqualTo(403);
    assertThat(empty.status()).isEqualTo(400);
    assertThat(two.status()).isEqualTo(400);
  }

  // ---- applications, schema

  @ParameterizedTest
  @ValueSource(strings = {"nothing", "%3Cscript%3E", "auth", "sync", "a%20b"})
  void anApplicationThatIsNotConfiguredIsNotThere(String application) {
    Answer answer = alice.post("/" + application + "/sync", body(ZERO).build());

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text("code")).isEqualTo("not_found");
  }

  @Test
  void aDocumentThatBreaksTheSchemaRefusesTheRequest() {
    JsonObject bad = json("{'place': {'zip': 'secret value'}}");
    Answer answer =
        alice.post(
            "/strict/sync",
            body(ZERO)
                .put("collection", "tasks")
                .put(
                    "changes",
                    new JsonArray(
                        List.of(
                            change("good", json("{'title': 'Milk'}"), clock(0)).build(),
                            change("bad", bad, clock(0)).build())))
                .build());

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("error")).isEqualTo("Schema validation failed");
    assertThat(answer.text("code")).isEqualTo("bad_request");
    assertThat(answer.list("details"))
        .containsExactlyInAnyOrder(
            json("{'key': 'bad', 'field': 'title', 'message': 'is missing'}"),
            json("{'key': 'bad', 'field': 'place/city', 'message': 'is missing'}"),
            json("{'key': 'bad', 'field': 'place/zip', 'message': 'must be of type integer'}"));
    assertThat(answer.toString()).doesNotContain("secret value");
    assertThat(pullTasks().list("serverChanges")).isEmpty();
  }

  @Test
  void theValidChangesCanBeStoredWithoutTheOthers() {
    Answer answer =
        alice.post(
            "/strict/sync",
            body(ZERO)
                .put("collection", "tasks")
                .put("onInvalid", "skip")
                .put(
                    "changes",
                    new JsonArray(
                        List.of(
                            change("good", json("{'title': 'Milk'}"), clock(0)).build(),
                            change("bad", json("{'title': 'milk'}"), clock(0)).build())))
                .build());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.document().get("_key")).isEqualTo(new JsonString("good"));
    JsonObject rejected = (JsonObject) answer.list("rejected").get(0);
    assertThat(rejected.get("key")).isEqualTo(new JsonString("bad"));
    assertThat(rejected.get("code")).isEqualTo(new JsonString("bad_request"));
    assertThat(rejected.get("details").toString()).contains("\"field\":\"title\"");
  }

  @Test
  void configuredStrategiesMerge() {
    pushTask("{'title': 'Milk', 'tags': ['a'], 'count': 1}", clock(-3000), ZERO);
    String base = pullTasks().clock();
    pushTask("{'title': 'Milk', 'tags': ['a', 'b'], 'count': 4}", clock(-2000), base);
    pushTask("{'title': 'Milk', 'tags': ['a', 'c'], 'count': 2}", laptop(-1000), base);

    JsonObject merged = pullTasks().document();
    assertThat(((JsonArray) merged.get("tags")).values()).hasSize(3);
    assertThat(merged.get("count")).isEqualTo(JsonNumber.of(5));
  }

  private void pushTask(String doc, String clock, String base) {
    Answer answer =
        alice.post(
            "/strict/sync",
            body(base)
                .put("collection", "tasks")
                .put(
                    "changes",
                    new JsonArray(
                        List.of(change("k", json(doc), clock).put("baseClock", base).build())))
                .build());
    assertThat(answer.status()).isEqualTo(200);
  }

  private Answer pullTasks() {
    return alice.post("/strict/sync", body(ZERO).put("collection", "tasks").build());
  }

  // ---- large things: D1, D5, D7

  @Test
  void deepNestingIsRefusedWithoutHarm() {
    assertThat(alice.post("/lists/sync", "[".repeat(200_000)).status()).isEqualTo(400);
    assertThat(alice.post("/lists/sync", "{\"a\":".repeat(200_000)).status()).isEqualTo(400);
  }

  @Test
  void aDocumentHasAtMost10000Leaves() {
    assertThat(alice.push(change("k", wide(10_000), clock(0)).build()).status()).isEqualTo(200);
    assertThat(alice.push(change("w", wide(10_001), clock(0)).build()).status()).isEqualTo(413);
  }

  private static JsonObject wide(int fields) {
    JsonObject.Builder wide = JsonObject.builder();
    for (int i = 0; i < fields; i++) {
      wide.put("f" + i, i);
    }
    return wide.build();
  }

  @Test
  void aDocumentHasAtMostOneMebibyte() {
    JsonObject large = JsonObject.builder().put("text", "x".repeat(1024 * 1024)).build();
    Answer answer = alice.push(change("k", large, clock(0)).build());

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.text("code")).isEqualTo("too_large");
  }

  /** What such names cost is held by the order of all keys of tables, see KeysOfTablesTest. */
  @Test
  void aDocumentOfNamesWithOneHashIsTakenAsAnyOther() {
    JsonObject.Builder doc = JsonObject.builder();
    for (int i = 0; i < 1 << 13; i++) {
      StringBuilder name = new StringBuilder();
      for (int bit = 0; bit < 13; bit++) {
        name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      doc.put(name.toString(), 1);
    }

    Answer answer = alice.push(change("colliding", doc.build(), clock(0)).build());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.list("rejected")).isEmpty();
  }
}
