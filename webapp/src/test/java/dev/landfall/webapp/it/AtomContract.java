package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.ZERO;
import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.transit.TransitException;
import dev.landfall.engine.transit.TransitJson;
import dev.landfall.engine.transit.TransitMessagePack;
import dev.landfall.engine.transit.TransitTags;
import dev.landfall.webapp.it.Caller.Answer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the key-value protocol over Transit promises. */
abstract class AtomContract {
  /** The token of the configured user. */
  static final String TOKEN = "a token that only the tests know";

  /** The configured users. */
  static final String USERS =
      "{\"ada\": {\"token\": \"e59fed876149dbec80969eb7e2ddf4fbc3955326f6d748d1f7da83c39dede0f8\","
          + " \"applications\": [\"lists\"], \"groups\": [\"notes\", \"plans\"]}}";

  /** The tag that is configured, and one that is not. */
  private static final TransitTags TAGS = new TransitTags(Set.of("point", "foo"));

  private static final String JSON = "application/transit+json";
  private static final String MESSAGE_PACK = "application/transit+msgpack";

  private final TestServer server;
  private Caller alice;

  AtomContract(TestServer server) {
    this.server = server;
  }

  @BeforeEach
  void signIn() {
    alice = Caller.newUser(server);
  }

  private static Answer post(Caller caller, String body, String... headers) {
    String[] all = java.util.Arrays.copyOf(headers, headers.length + 2);
    all[headers.length] = "Content-Type";
    all[headers.length + 1] = JSON;
    return caller.post("/sync", body.replace('\'', '"'), all);
  }

  private Answer write(String id, String value, long version) {
    return post(alice, docs(doc(id, value, version)));
  }

  private static String docs(String... docs) {
    return "{'~:docs': [" + String.join(",", docs) + "]}";
  }

  private static String doc(String id, String value, long version) {
    return "{'~:id': '" + id + "', '~:value': " + value + ", '~:version': " + version + "}";
  }

  private static String deletion(String id, long version) {
    return "{'~:id': '" + id + "', '~:deleted': true, '~:version': " + version + "}";
  }

  private Answer get(String query) {
    return alice.get("/sync?group=items" + query);
  }

  private static JsonObject transit(Answer answer) {
    assertThat(answer.status()).describedAs(answer.toString()).isEqualTo(200);
    try {
      return (JsonObject) TransitJson.read(JsonText.parse(answer.body()), TAGS, 1_000_000);
    } catch (JsonFormatException | TransitException e) {
      throw new AssertionError(answer.toString(), e);
    }
  }

  private static List<JsonValue> list(JsonObject of, String name) {
    return ((JsonArray) of.members().get("~:" + name)).values();
  }

  private static JsonObject only(JsonObject of, String name) {
    assertThat(list(of, name)).describedAs(of.toString()).hasSize(1);
    return (JsonObject) list(of, name).get(0);
  }

  private static JsonValue member(JsonObject of, String name) {
    return of.members().get("~:" + name);
  }

  private static long number(JsonObject of, String name) {
    return ((JsonNumber) member(of, name)).value().longValueExact();
  }

  private JsonObject document() {
    return only(transit(get("")), "docs");
  }

  // ---- documents

  @Test
  void aDocumentGoesAndComesWithItsVersion() {
    JsonObject accepted = only(transit(write("items:1", "{'~:title': 'Milk'}", 0)), "accepted");
    JsonObject told = document();

    assertThat(number(accepted, "version")).isEqualTo(1);
    assertThat(member(told, "id")).hasToString("\"items:1\"");
    assertThat(member(told, "value")).isEqualTo(json("{'~:title': 'Milk'}"));
    assertThat(number(told, "version")).isEqualTo(1);
    assertThat(number(told, "updated")).isEqualTo(number(accepted, "updated"));
    assertThat(member(told, "deleted")).hasToString("false");
  }

  @Test
  void aStaleWriteIsRejectedWithWhatIsThere() {
    write("items:1", "{'~:n': 1}", 0);
    JsonObject rejected = only(transit(write("items:1", "{'~:n': 2}", 0)), "rejected");

    assertThat(member(rejected, "reason")).hasToString("\"~:stale\"");
    assertThat(member((JsonObject) member(rejected, "current"), "value"))
        .isEqualTo(json("{'~:n': 1}"));
    assertThat(only(transit(write("items:1", "{'~:n': 2}", 1)), "accepted")).isNotNull();
  }

  private static List<JsonValue> own(JsonObject answer) {
    return list(answer, "docs").stream()
        .filter(one -> !String.valueOf(((JsonObject) one).get("~:id")).contains(":@"))
        .toList();
  }

  @Test
  void pullingAgainBringsWhatIsNew() {
    write("items:1", "{'~:n': 1}", 0);
    JsonObject first = transit(get(""));
    long now = number(first, "now");

    // Where a device's clock has taken the log's ahead, its last millisecond is told again, and
    // with
    // it what others of the same application have ceased to share meanwhile.
    assertThat(own(transit(get("&since=" + now)))).isSubsetOf(own(first));
    transit(write("items:2", "{'~:n': 1}", 0));
    transit(post(alice, docs(deletion("items:1", 1))));
    JsonObject second = transit(get("&since=" + now));

    assertThat(own(second)).hasSize(2);
    assertThat(own(second).toString()).contains("\"~:deleted\":true");
    own(second).forEach(one -> assertThat(number((JsonObject) one, "updated")).isGreaterThan(now));
  }

  @Test
  void aGroupIsACollectionOfTheJsonEndpoint() {
    transit(write("items:1", "{'~:title': 'Milk', '~:tags': ['~#set', ['~:a']]}", 0));
    JsonObject json = alice.pull(ZERO).document();
    assertThat(json.get("title")).hasToString("\"Milk\"");

    alice.push(change("1", json("{'done': true}"), clock(0)).build());

    JsonObject told = document();
    assertThat(member(told, "value"))
        .isEqualTo(json("{'~:title': 'Milk', '~:tags': ['~#set', ['~:a']], '~:done': true}"));
    assertThat(number(told, "version")).isEqualTo(2);
  }

  @Test
  void anApplicationHasAnAddressOfItsOwn() {
    write("items:1", "{}", 0);

    assertThat(list(transit(alice.get("/lists/atom?group=items")), "docs")).hasSize(1);
    assertThat(list(transit(alice.get("/other/atom?group=items")), "docs")).isEmpty();
    assertThat(alice.get("/nothing/atom?group=items").status()).isEqualTo(404);
  }

  @Test
  void whatDoesNotFitIsInvalidAndTheRestIsStored() {
    JsonObject answer =
        transit(
            alice.post(
                "/strict/atom",
                docs(
                        doc("tasks:1", "{'~:title': 'small'}", 0),
                        doc("tasks:2", "{'~:title': 'Large'}", 0),
                        doc("tasks:" + "x".repeat(600), "{'~:title': 'Large'}", 0))
                    .replace('\'', '"'),
                "Content-Type",
                JSON));

    assertThat(list(answer, "accepted")).hasSize(1);
    assertThat(list(answer, "rejected"))
        .hasSize(2)
        .allMatch(one -> one.toString().contains("~:invalid"));
    assertThat(list(transit(alice.get("/strict/atom?group=tasks")), "docs")).hasSize(1);
  }

  // ---- forms

  @Test
  void everyFormTellsTheSame() throws Exception {
    String value =
        "['^ ', '~:k', '~$s', '~:set', ['~#set', [1, 2.5, '~n123456789012345678901234567890']],"
            + " '~:map', ['~#cmap', [['a'], '~u6fe8b9e8-8e1e-4cb9-8d92-2b2f0b2ff5ea']],"
            + " '~:when', '~m1467224728000', '~:ratio', ['~#ratio', ['~n1', '~n3']],"
            + " '~:big', '~i9007199254740993', '~:text', '~~tilde', '~:set2', ['~#set', ['~:set']]]";
    transit(write("items:1", value, 0));

    JsonValue terse = document();
    Answer verbose = alice.get("/sync?group=items", "Accept", JSON + ";verbose");
    Answer packed = alice.get("/sync?group=items", "Accept", MESSAGE_PACK);

    assertThat(verbose.header("Content-Type").replace(" ", "")).isEqualTo(JSON + ";verbose");
    assertThat(verbose.toString()).contains("\"~t2016-06-29T18:25:28Z\"").doesNotContain("\"^ \"");
    assertThat(only(transit(verbose), "docs")).isEqualTo(terse);
    assertThat(packed.header("Content-Type")).isEqualTo(MESSAGE_PACK);
    JsonObject unpacked =
        (JsonObject)
            TransitMessagePack.read(new ByteArrayInputStream(packed.body()), TAGS, 1_000_000);
    assertThat(only(unpacked, "docs")).isEqualTo(terse);
    assertThat(terse.toString()).contains("9007199254740993").contains("~~tilde");
  }

  @Test
  void aBodyMayBeVerboseOrMessagePackAndTheAnswerIsLikeIt() throws IOException, TransitException {
    TransitMessagePack.Writer out = new TransitMessagePack.Writer();
    out.value(json("{'~:docs': [{'~:id': 'items:1', '~:value': 5, '~:version': 0}]}"));

    Answer packed = alice.post("/sync", out.toBytes(), "Content-Type", MESSAGE_PACK);
    Answer verbose =
        alice.post(
            "/sync",
            docs(doc("items:2", "{'~#set': [1]}", 0)).replace('\'', '"'),
            "Content-Type",
            JSON + ";verbose");

    assertThat(packed.header("Content-Type")).isEqualTo(MESSAGE_PACK);
    assertThat(
            TransitMessagePack.read(new ByteArrayInputStream(packed.body()), TAGS, 1_000)
                .toString())
        .contains("items:1");
    assertThat(verbose.toString()).contains("\"~:accepted\":[{");
    assertThat(list(transit(get("")), "docs").toString())
        .contains("\"~:value\":5")
        .contains("[\"~#set\",[1]]");
  }

  @Test
  void otherTypesAreRefused() {
    Answer sent = alice.post("/sync", "{}", "Content-Type", "application/json");
    Answer other = alice.post("/sync", "{}", "Content-Type", JSON + "; charset=utf-16");
    Answer wanted = alice.get("/sync?group=items", "Accept", "application/json");

    assertThat(other.status()).isEqualTo(415);
    assertThat(sent.status()).isEqualTo(415);
    assertThat(sent.text("error")).contains(MESSAGE_PACK);
    assertThat(wanted.status()).isEqualTo(406);
    assertThat(wanted.text("code")).isEqualTo("not_acceptable");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|body: must be a map with :docs",
        "{'~:docs': 1}|docs: must be a vector",
        "{'~:docs': [5]}|docs[0]: must be a map",
        "{'~:docs': [{'~:value': 1}]}|docs[0].id: is missing",
        "{'~:docs': [{'~:id': 5, '~:value': 1}]}|docs[0].id: must be a string",
        "{'~:docs': [{'~:id': 'items', '~:value': 1}]}|docs[0].id: must be a group, a colon",
        "{'~:docs': [{'~:id': 'items:\\ud800', '~:value': 1}]}|docs[0].id: a key has no lone",
        "{'~:docs': [{'~:id': 'items:\\u0000', '~:value': 1}]}|docs[0].id: a key has no NUL",
        "{'~:docs': [{'~:id': 'items:1'}]}|docs[0].value: is missing",
        "{'~:docs': [{'~:id': 'items:1', '~:value': 1, '~:version': -1}]}|docs[0].version",
        "{'~:docs': [{'~:id': 'items:1', '~:value': '~Qx'}]}|docs[0].value: a tag of one character",
        "{'~:docs': [{'~:id': 'items:1', '~:value': ['~#Q', 1]}]}|docs[0].value: a tag of one",
        "{'~:docs': [{'~:id': 'items:1', '~:value': '^5'}]}|docs[0].value: a cache code",
        "{'~:docs': [{'~:id': 'items:1', '~:value': '~uno'}]}|docs[0].value: not well-formed",
        "{'~:docs': [{'~:id': 'items:1', '~:value': ['~#foo', 1]}]}|docs[0].value: a tag that neither",
        "{'~:docs': [{'~:id': 'items:1', '~:value': {'~:a': {'~#foo': 1}}}]}|docs[0].value.a: a tag that",
        "['^ ', '~:docs', [['^ ', '~:id', 'items:1', '~:value', ['~#set', [['~#cmap', [[['~#foo', 1]], 2]]]]]]]"
            + "|docs[0].value[0][0][0]: a tag that neither",
        "{'~:docs': [], '~:more': {'~#foo': 1}}|more: a tag that neither",
        "{|body: not well-formed JSON"
      })
  void aBodyOfTheWrongShapeStoresNothingAndIsToldWhere(String body, String message) {
    Answer answer = post(alice, body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("error")).startsWith(message);
    assertThat(list(transit(get("")), "docs")).isEmpty();
  }

  @Test
  void aTagThatIsNotKnownIsRefusedInMessagePackToo() {
    TransitMessagePack.Writer out = new TransitMessagePack.Writer();
    out.value(
        json(
            "{'~:docs': [{'~:id': 'items:1', '~:value': 1, '~:version': 0},"
                + " {'~:id': 'items:2', '~:value': {'~:a': ['~#foo', 1]}, '~:version': 0}]}"));

    Answer answer = alice.post("/sync", out.toBytes(), "Content-Type", MESSAGE_PACK);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("error")).startsWith("docs[1].value.a: a tag that neither");
    assertThat(list(transit(get("")), "docs")).isEmpty();
  }

  @Test
  void tagsThatAreConfiguredOrOfTransitGoThrough() {
    String value =
        "{'~:p': ['~#point', ['~#point', [1, 2]]], '~:r': ['~#ratio', ['~n1', '~n3']],"
            + " '~:l': ['~#link', {'href': '~rhttp://x', 'rel': 'self'}], '~:m': ['~#with-meta', [[], {'~:a': 1}]]}";
    transit(write("items:1", value, 0));

    assertThat(member(document(), "value")).isEqualTo(json(value));
  }

  @Test
  void whatAJsonClientHasWrittenWithAnotherTagIsToldInEveryForm() throws Exception {
    alice.push(
        change("1", json("{'a': ['~#foo', {'b': ['~#foo', ['~#set', [1]]]}]}"), clock(0)).build());
    JsonValue expected = json("{'~:a': ['~#foo', {'~:b': ['~#foo', ['~#set', [1]]]}]}");

    Answer packed = alice.get("/sync?group=items", "Accept", MESSAGE_PACK);

    assertThat(member(document(), "value")).isEqualTo(expected);
    assertThat(
            member(
                only(transit(alice.get("/sync?group=items", "Accept", JSON + ";verbose")), "docs"),
                "value"))
        .isEqualTo(expected);
    assertThat(
            member(
                only(
                    (JsonObject)
                        TransitMessagePack.read(
                            new ByteArrayInputStream(packed.body()), TAGS, 1_000),
                    "docs"),
                "value"))
        .isEqualTo(expected);
    assertThat(write("items:1", expected.toString().replace('"', '\''), 1).status()).isEqualTo(400);
    assertThat(transit(post(alice, docs(deletion("items:1", 1))))).isNotNull();
  }

  @Test
  void oneWrongEntryStoresNothingOfTheOthers() {
    Answer answer = post(alice, docs(doc("items:1", "1", 0), doc("items", "1", 0)));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("error")).startsWith("docs[1].id");
    assertThat(list(transit(get("")), "docs")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "?group=", "?group=a:b", "?group=items&since=x", "?group=items&limit=0"})
  void aQueryOfTheWrongShapeIsRefused(String query) {
    assertThat(alice.get("/sync" + query).status()).isEqualTo(400);
  }

  @Test
  void cacheCodesThatStandForMuchAreRefused() {
    String body =
        docs(doc("items:1", "['~:" + "x".repeat(200_000) + "'" + ",'^3'".repeat(200) + "]", 0));

    Answer answer = post(alice, body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("error")).startsWith("docs[0].value").contains("cache codes");
  }

  // ---- access

  @Test
  void whatOthersLetOneReadOnlyIsForbiddenAndTheRestIsStored() {
    Caller bob = Caller.newUser(server);
    String key = java.util.UUID.randomUUID().toString();
    write("items:" + key, "{'~:n': 1}", 0);
    share(bob, key, "read");

    String hers = "items:@" + alice.userId() + "/" + key;

    JsonObject answer =
        transit(post(bob, docs(doc(hers, "{'~:n': 2}", 1), doc("items:own", "{'~:n': 1}", 0))));
    JsonObject deletion = only(transit(post(bob, docs(deletion(hers, 1)))), "rejected");

    JsonObject rejected = only(answer, "rejected");
    assertThat(member(rejected, "reason")).hasToString("\"~:forbidden\"");
    assertThat(member(rejected, "id")).hasToString('"' + hers + '"');
    assertThat(member((JsonObject) member(rejected, "current"), "value"))
        .isEqualTo(json("{'~:n': 1}"));
    assertThat(member((JsonObject) member(rejected, "current"), "id"))
        .hasToString('"' + hers + '"');
    assertThat(member(only(answer, "accepted"), "id")).hasToString("\"items:own\"");
    assertThat(member(deletion, "reason")).hasToString("\"~:forbidden\"");
    assertThat(member(document(), "value")).isEqualTo(json("{'~:n': 1}"));

    share(bob, key, "write");

    assertThat(list(transit(post(bob, docs(doc(hers, "{'~:n': 2}", 1)))), "accepted")).hasSize(1);
    assertThat(member(document(), "value")).isEqualTo(json("{'~:n': 2}"));
  }

  @Test
  void anIdWithoutAnOwnerIsOnesOwnWhateverOthersShareUnderIt() {
    Caller bob = Caller.newUser(server);
    String key = java.util.UUID.randomUUID().toString();
    write("items:" + key, "{'~:n': 1}", 0);
    share(bob, key, "write");

    JsonObject answer = transit(post(bob, docs(doc("items:" + key, "{'~:n': 7}", 0))));
    String pulled = list(transit(bob.get("/lists/atom?group=items")), "docs").toString();

    assertThat(list(answer, "accepted")).hasSize(1);
    assertThat(member(document(), "value")).isEqualTo(json("{'~:n': 1}"));
    assertThat(pulled).contains("items:" + key).contains("items:@" + alice.userId() + "/" + key);
  }

  @Test
  void anOwnKeyThatLooksLikeSomebodyElsesDocumentIsToldWithAnotherSign() {
    String odd = "@" + alice.userId() + "/x";

    JsonObject answer = transit(post(alice, docs(doc("items:@" + odd, "{'~:n': 1}", 0))));

    assertThat(member(only(answer, "accepted"), "id")).hasToString("\"items:@" + odd + '"');
    assertThat(member(document(), "id")).hasToString("\"items:@" + odd + '"');
    assertThat(alice.get("/docIndex/lists/" + Caller.encoded(odd)).text("docKey")).isEqualTo(odd);
    assertThat(post(alice, docs(doc("items:@x", "{'~:n': 1}", 0))).status()).isEqualTo(400);
  }

  @Test
  void documentsMayComeInAList() {
    String body = docs(doc("items:1", "{'~:n': 1}", 0));
    String list = body.replace("[", "['~#list',[").replace("]", "]]");

    assertThat(list(transit(post(alice, list)), "accepted")).hasSize(1);
  }

  private void share(Caller with, String key, String access) {
    Answer shared =
        alice.patch(
            "/docIndex/lists/" + key,
            json(
                "{'visibility': 'shared', 'sharedWith': [{'userId': '%s', 'app': 'lists',"
                        .formatted(with.userId())
                    + " 'access': '"
                    + access
                    + "'}]}"));
    assertThat(shared.status()).describedAs(shared.toString()).isEqualTo(200);
  }

  @Test
  void aConfiguredUserHasItsGroupsAndNoOther() {
    Caller ada = Caller.withToken(server, TOKEN);
    String key = "notes:" + java.util.UUID.randomUUID();

    JsonObject accepted = transit(post(ada, docs(doc(key, "{'~:a': 1}", 0))));
    assertThat(list(accepted, "accepted")).hasSize(1);
    assertThat(list(transit(ada.get("/sync?group=notes")), "docs").toString()).contains(key);
    assertThat(list(transit(ada.get("/lists/atom?group=notes")), "docs").toString()).contains(key);
    assertThat(ada.get("/sync?group=items").status()).isEqualTo(403);
    assertThat(post(ada, docs(doc(key, "1", 1), doc("items:1", "1", 0))).status()).isEqualTo(403);
    assertThat(list(transit(ada.get("/sync?group=plans")), "docs")).isEmpty();
    assertThat(ada.get("/other/atom?group=notes").status()).isEqualTo(403);
    assertThat(ada.post("/other/atom", docs(doc(key, "1", 0)), "Content-Type", JSON).status())
        .isEqualTo(403);
    assertThat(ada.get("/auth/me").status()).isEqualTo(401);
    assertThat(ada.get("/lists/changes?collection=notes").status()).isEqualTo(401);
  }

  @Test
  void whoIsNotKnownIsUnauthorized() {
    for (Caller caller :
        List.of(
            Caller.anonymous(server),
            Caller.withToken(server, TOKEN + "x"),
            Caller.withToken(
                server, AtomContract.USERS.replaceAll(".*\"([0-9a-f]{64})\".*", "$1")))) {
      assertThat(caller.get("/sync?group=notes").status()).isEqualTo(401);
      assertThat(post(caller, docs()).status()).isEqualTo(401);
    }
  }

  @Test
  void pagesOfOtherOriginsAreLetIn() {
    Answer answer = alice.get("/sync?group=items", "Origin", "https://app.example.org");

    assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("https://app.example.org");
  }
}
