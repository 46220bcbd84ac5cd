package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.ZERO;
import static dev.landfall.webapp.it.Caller.body;
import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.deletion;
import static dev.landfall.webapp.it.Caller.encoded;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.webapp.it.Caller.Answer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What export and import promise on the wire. */
abstract class ExportContract {
  private static final String LINES = "application/x-ndjson";

  private final TestServer server;
  private Caller alice;
  private Caller bob;

  ExportContract(TestServer server) {
    this.server = server;
  }

  @BeforeEach
  void signIn() {
    alice = Caller.newUser(server);
    bob = Caller.newUser(server);
  }

  private static void write(Caller caller, String collection, String key, String document) {
    JsonObject request =
        JsonObject.builder()
            .put("collection", collection)
            .put("clientClock", ZERO)
            .put("changes", new JsonArray(List.of(change(key, json(document), clock(0)).build())))
            .build();
    assertThat(caller.sync(request).status()).isEqualTo(200);
  }

  private static void patch(Caller caller, String key, String body) {
    Answer answer =
        caller.send(
            caller
                .request("/docIndex/lists/" + key)
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString(body.replace('\'', '"')))
                .build());
    assertThat(answer.status()).describedAs(answer.toString()).isEqualTo(200);
  }

  private static JsonObject docs(JsonObject export) {
    return (JsonObject) export.get("docs");
  }

  /** The documents by application, collection and key, without what an import renews. */
  private static Map<String, JsonObject> documents(JsonObject export) {
    Map<String, JsonObject> documents = new TreeMap<>();
    docs(export)
        .members()
        .forEach(
            (application, collections) ->
                ((JsonObject) collections)
                    .members()
                    .forEach(
                        (collection, list) ->
                            ((JsonArray) list)
                                .values()
                                .forEach(
                                    document ->
                                        documents.put(
                                            application
                                                + "/"
                                                + collection
                                                + "/"
                                                + ((JsonObject) document).get("_key"),
                                            without(
                                                (JsonObject) document, "_rev", "_fieldRevs")))));
    return documents;
  }

  private static Map<String, JsonObject> entries(JsonObject export, String... left) {
    Map<String, JsonObject> entries = new TreeMap<>();
    for (JsonValue value : ((JsonArray) export.get("docIndex")).values()) {
      JsonObject entry = (JsonObject) value;
      String key = entry.get("app") + "/" + entry.get("collection") + "/" + entry.get("docKey");
      List<String> names = new ArrayList<>(List.of(left));
      names.addAll(List.of("createdAt", "updatedAt"));
      entries.put(key, without(entry, names.toArray(String[]::new)));
    }
    return entries;
  }

  private static JsonObject without(JsonObject object, String... names) {
    Map<String, JsonValue> rest = new LinkedHashMap<>(object.members());
    List.of(names).forEach(rest::remove);
    return JsonObject.of(rest);
  }

  private static void assertRefused(Answer answer, int status, String code) {
    assertThat(answer.status()).describedAs(answer.toString()).isEqualTo(status);
    assertThat(answer.text("code")).isEqualTo(code);
  }

  private static String counts(Answer answer) {
    assertThat(answer.status()).describedAs(answer.toString()).isEqualTo(200);
    return answer.json().get("imported").toString();
  }

  private static String text(Answer answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private static Map<String, String> unzip(byte[] archive) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        files.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return files;
  }

  @Test
  void anAccountWithoutDocumentsHasAnEmptyExport() {
    Answer answer = alice.get("/account/export");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().members().keySet()).containsExactly("user", "docs", "docIndex");
    assertThat(((JsonObject) answer.json().get("user")).get("userId"))
        .isEqualTo(new JsonString(alice.userId()));
    assertThat(docs(answer.json())).isEqualTo(JsonObject.EMPTY);
    assertThat(answer.list("docIndex")).isEmpty();
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.header("Content-Disposition"))
        .matches("attachment; filename=\"landfall-export-\\d{4}-\\d\\d-\\d\\d\\.json\"");
  }

  @Test
  void anExportHasAllLivingDocumentsOfTheCallerAndNothingElse() {
    write(alice, "items", "milk", "{'title': 'milk'}");
    write(alice, "items", "gone", "{'title': 'gone'}");
    write(alice, "notes", "milk", "{'text': 'note'}");
    alice.push(deletion("gone", clock(10), ZERO));
    write(bob, "items", "of-bob", "{'title': 'secret'}");
    patch(
        bob,
        "of-bob",
        "{'visibility':'shared','sharedWith':[{'userId':'%s','app':'lists'}]}"
            .formatted(alice.userId()));

    JsonObject export = alice.get("/account/export").json();
    JsonObject pulled =
        alice.pull(ZERO).list("serverChanges").stream()
            .map(JsonObject.class::cast)
            .filter(document -> document.get("_key").equals(new JsonString("milk")))
            .findFirst()
            .orElseThrow();

    assertThat(documents(export).keySet())
        .containsExactly("lists/items/\"milk\"", "lists/notes/\"milk\"");
    assertThat(entries(export).keySet())
        .containsExactly("\"lists\"/\"items\"/\"milk\"", "\"lists\"/\"notes\"/\"milk\"");
    JsonObject lists = (JsonObject) docs(export).get("lists");
    assertThat(((JsonArray) lists.get("items")).values()).containsExactly(pulled);
  }

  @Test
  void exportDeleteImportAndExportAreTheSame() {
    write(alice, "items", "milk", "{'title': 'milk', 'n': [1, 2.50], 'deep': {'a.b': null}}");
    write(alice, "items", "tea", "{'title': 'tea'}");
    write(alice, "notes", "n1", "{'text': 'm\\u00e4h'}");
    patch(
        alice,
        "milk",
        "{'visibility':'shared','sharedWith':[{'userId':'%s','app':'lists','access':'write'}]}"
            .formatted(bob.userId()));
    JsonObject before = alice.get("/account/export").json();

    assertThat(counts(alice.post("/account/import?mode=replace", "{\"docs\":{}}")))
        .isEqualTo("{\"documents\":0,\"deleted\":3,\"shared\":0,\"withheld\":0}");
    assertThat(documents(alice.get("/account/export").json())).isEmpty();
    Answer imported = alice.post("/account/import", before);

    assertThat(counts(imported))
        .isEqualTo("{\"documents\":3,\"deleted\":0,\"shared\":1,\"withheld\":0}");
    JsonObject after = alice.get("/account/export").json();
    assertThat(documents(after)).isEqualTo(documents(before));
    assertThat(entries(after)).isEqualTo(entries(before));
    assertThat(bob.pull(ZERO).toString()).contains("milk");
  }

  @Test
  void anotherAccountTakesALinesExportAndTheSecondTimeChangesNothing() throws IOException {
    write(alice, "items", "milk", "{'title': 'milk'}");
    write(alice, "items", "tea", "{'title': 'tea'}");
    patch(
        alice,
        "milk",
        "{'visibility':'shared','sharedWith':[{'userId':'somebody','app':'lists'}]}");
    Answer lines = alice.get("/account/export", "Accept", LINES);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(lines.body());
    }

    String first =
        counts(
            bob.post(
                "/account/import?mode=replace",
                packed.toByteArray(),
                "Content-Type",
                LINES,
                "Content-Encoding",
                "gzip"));
    counts(bob.post("/account/import", lines.body(), "Content-Type", LINES));

    assertThat(first).isEqualTo("{\"documents\":2,\"deleted\":0,\"shared\":1,\"withheld\":0}");
    assertThat(lines.header("Content-Type")).isEqualTo(LINES);
    assertThat(text(lines).lines().map(line -> line.substring(0, line.indexOf(','))))
        .containsExactly(
            "{\"type\":\"user\"",
            "{\"type\":\"doc\"",
            "{\"type\":\"doc\"",
            "{\"type\":\"docIndex\"",
            "{\"type\":\"docIndex\"",
            "{\"type\":\"end\"");
    JsonObject of = alice.get("/account/export").json();
    JsonObject copy = bob.get("/account/export").json();
    assertThat(documents(copy)).isEqualTo(documents(of));
    assertThat(entries(copy, "userId")).isEqualTo(entries(of, "userId"));
    patch(alice, "milk", "{'visibility': 'private'}");
    patch(bob, "milk", "{'visibility': 'private'}");
  }

  @Test
  void aMergeKeepsWhatIsNotInTheFileAndBringsBackWhatIsDeleted() {
    write(alice, "items", "a", "{'x': 1, 'y': 1, 'tree': {'p': 1}}");
    write(alice, "items", "b", "{'x': 1}");
    String base = alice.pull(ZERO).clock();
    alice.push(deletion("b", clock(0), base));

    Answer answer =
        alice.post(
            "/account/import",
            json(
                "{'docs': {'lists': {'items': ["
                    + "{'_key': 'a', 'x': 2, 'tree': {'q': 2}}, {'_key': 'b', 'z': 3}]}}}"));

    assertThat(counts(answer)).startsWith("{\"documents\":2,\"deleted\":0");
    Map<String, JsonObject> documents = documents(alice.get("/account/export").json());
    assertThat(documents.get("lists/items/\"a\""))
        .isEqualTo(json("{'x': 2, 'y': 1, 'tree': {'p': 1, 'q': 2}, '_key': 'a'}"));
    assertThat(documents.get("lists/items/\"b\"")).isEqualTo(json("{'z': 3, '_key': 'b'}"));
    Answer pulled = alice.pull(base);
    assertThat(pulled.list("serverChanges")).hasSize(2);
  }

  @Test
  void aReplacementDeletesWhatIsNotInTheFile() {
    write(alice, "items", "a", "{'x': 1, 'y': 1}");
    write(alice, "items", "b", "{'x': 1}");
    write(alice, "notes", "c", "{'x': 1}");
    String base = alice.pull(ZERO).clock();

    Answer answer =
        alice.post(
            "/account/import?mode=replace",
            json("{'docs': {'lists': {'items': [{'_key': 'a', 'x': 2}]}}}"));

    assertThat(counts(answer))
        .isEqualTo("{\"documents\":1,\"deleted\":2,\"shared\":0,\"withheld\":0}");
    assertThat(documents(alice.get("/account/export").json()))
        .isEqualTo(Map.of("lists/items/\"a\"", json("{'x': 2, '_key': 'a'}")));
    assertThat(alice.pull(base).toString()).contains("\"_deleted\":true");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "docs.lists.items[1]._key: is missing"
            + "|{'docs': {'lists': {'items': [{'_key': 'new'}, {'x': 1}]}}}",
        "docs.lists.items[1]._key: there is a document of this key already"
            + "|{'docs': {'lists': {'items': [{'_key': 'new'}, {'_key': 'new'}]}}}",
        "docs.lists.items[0]._owner|{'docs': {'lists': {'items': [{'_key': 'k', '_owner': 'x'}]}}}",
        "docs.lists.items[0]._deleted"
            + "|{'docs': {'lists': {'items': [{'_key': 'k', '_deleted': true}]}}}",
        "docs.nowhere.items[0]: there is no such application"
            + "|{'docs': {'nowhere': {'items': [{'_key': 'k'}]}}}",
        "docs.lists: must be an object|{'docs': {'lists': []}}",
        "docs.lists.items: is given twice|{'docs': {'lists': {'items': [], 'items': []}}}",
        "docs.lists.items[0]: a name given twice"
            + "|{'docs': {'lists': {'items': [{'_key': 'k', 'a': 1, 'a': 2}]}}}",
        "docIndex[0].visibility|{'docIndex': [{'app': 'lists', 'collection': 'items',"
            + " 'docKey': 'k', 'userId': 'u', 'visibility': 'friends'}]}",
        "other: is not known here|{'other': 1}",
        "org: this is the export of an organisation|{'org': {}}",
        "body: must be an object|[]",
        "docs: not well-formed JSON|{'docs': {'lists'",
      })
  void aFileWithAMistakeIsRefusedByItsPlaceAndChangesNothing(String row) {
    write(alice, "items", "old", "{'x': 1}");
    String[] parts = row.split("\\|", 2);

    Answer answer = alice.post("/account/import?mode=replace", parts[1].replace('\'', '"'));

    assertRefused(answer, 400, "bad_request");
    assertThat(answer.text("error")).startsWith(parts[0]);
    assertThat(documents(alice.get("/account/export").json()).keySet())
        .containsExactly("lists/items/\"old\"");
  }

  @Test
  void aPartOfAnExportDoesNotReplaceAnything() {
    write(alice, "items", "old", "{'x': 1}");
    String part =
        "{\"type\":\"doc\",\"app\":\"lists\",\"collection\":\"items\",\"doc\":{\"_key\":\"new\"}}\n";

    Answer replaced = alice.post("/account/import?mode=replace", part, "Content-Type", LINES);
    Answer gap =
        alice.post(
            "/account/import?mode=replace",
            part + "{\"type\":\"end\",\"docs\":2}",
            "Content-Type",
            LINES);
    Answer empty = alice.post("/account/import?mode=replace", "{}");
    Answer wrong = alice.post("/account/import", part + "\n{}", "Content-Type", LINES);
    Answer merged = alice.post("/account/import", part, "Content-Type", LINES);

    assertRefused(replaced, 400, "bad_request");
    assertRefused(gap, 400, "bad_request");
    assertThat(gap.text("error")).isEqualTo("line 2.docs: says 2 documents, and there are 1");
    assertRefused(empty, 400, "bad_request");
    assertRefused(wrong, 400, "bad_request");
    assertThat(wrong.text("error")).isEqualTo("line 3.type: is missing");
    assertThat(counts(merged)).startsWith("{\"documents\":1");
    assertThat(documents(alice.get("/account/export").json())).hasSize(2);
  }

  @Test
  void whatIsNoExportIsRefused() {
    assertRefused(
        alice.post("/account/import", "x", "Content-Type", "text/csv"),
        415,
        "unsupported_media_type");
    assertRefused(alice.post("/account/import?mode=all", "{}"), 400, "bad_request");
    assertRefused(alice.get("/account/export?format=xml"), 400, "bad_request");
    assertRefused(alice.get("/account/export?app=lists"), 400, "bad_request");
    assertRefused(
        alice.get("/account/export?format=csv&app=nowhere&collection=items"), 404, "not_found");
    assertRefused(alice.get("/account/export", "Accept", "image/png"), 406, "not_acceptable");
  }

  @Test
  void aTableHasAColumnForEachPathAndNoFormulas() {
    write(alice, "items", "=1+1", "{'b': '=HYPERLINK(\\u0022x\\u0022)', 'a': {'c': -5}}");
    write(alice, "items", "k2", "{'list': [1, 'x'], 'b': 'one, two', '=f': true}");

    Answer answer = alice.get("/account/export?format=csv&app=lists&collection=items");

    assertThat(answer.header("Content-Type")).startsWith("text/csv");
    assertThat(answer.header("Content-Disposition"))
        .matches("attachment; filename=\"landfall-lists-items-\\d{4}-\\d\\d-\\d\\d\\.csv\"");
    String[] rows = text(answer).split("\r\n", -1);
    assertThat(rows).hasSize(4);
    assertThat(rows[0]).isEqualTo("_key,_rev,'=f,a.c,b,list");
    assertThat(rows[1]).matches("'=1\\+1,[0-9a-z.-]+,,-5,\"'=HYPERLINK\\(\"\"x\"\"\\)\",");
    assertThat(rows[2]).matches("k2,[0-9a-z.-]+,true,,\"one, two\",\"\\[1,\"\"x\"\"]\"");
    assertThat(rows[3]).isEmpty();
  }

  @Test
  void anArchiveHasATableForEachCollectionUnderASafeName() throws IOException {
    write(alice, "items", "a", "{'x': 1}");
    write(alice, "../../etc", "a", "{'x': 1}");
    write(alice, "x\",=1+1", "a", "{'x': 1}");

    Answer archive = alice.get("/account/export?format=csv");
    Answer one =
        alice.get("/account/export?format=csv&app=lists&collection=" + encoded("x\",=1+1"));

    assertThat(archive.header("Content-Type")).isEqualTo("application/zip");
    assertThat(unzip(archive.body()).keySet())
        .containsExactly(
            "docIndex.csv", "lists-.__.__etc.csv", "lists-items.csv", "lists-x___1_1.csv");
    assertThat(unzip(archive.body()).get("docIndex.csv"))
        .startsWith("docKey,userId,app,collection,orgId,visibility,")
        .contains("a," + alice.userId() + ",lists,");
    assertThat(one.status()).isEqualTo(200);
    assertThat(one.header("Content-Disposition"))
        .startsWith("attachment; filename=\"landfall-lists-x___1_1-")
        .contains("filename*=UTF-8''landfall-lists-x_%2C%3D1%2B1-");
  }

  @Test
  void anExportIsCompressedForWhoTakesThat() throws IOException {
    for (int i = 0; i < 20; i++) {
      write(alice, "items", "k" + i, "{'title': 'something longer than nothing at all'}");
    }

    Answer packed = alice.get("/account/export", "Accept-Encoding", "gzip");

    assertThat(packed.header("Content-Encoding")).isEqualTo("gzip");
    assertThat(new GZIPInputStream(new ByteArrayInputStream(packed.body())).readAllBytes())
        .isEqualTo(alice.get("/account/export").body());
  }

  @Test
  void anOrganisationIsExportedAndImportedByItsAdministratorsOnly() {
    String organisation =
        alice.post("/orgs", json("{'name': 'Org " + UUID.randomUUID() + "'}")).text("orgId");
    alice.post("/orgs/" + organisation + "/members", json("{'userId': '" + bob.userId() + "'}"));
    JsonObject push =
        body(ZERO)
            .put(
                "changes",
                new JsonArray(List.of(change("plan", json("{'a': 1}"), clock(0)).build())))
            .build();
    bob.sync(push, "X-Org-Id", organisation);
    write(alice, "items", "private", "{'x': 1}");
    String path = "/orgs/" + organisation;

    Answer answer = alice.get(path + "/export");
    String emptied = counts(alice.post(path + "/import?mode=replace", "{\"docs\":{}}"));
    String imported = counts(alice.post(path + "/import", answer.body()));

    assertThat(answer.json().members().keySet())
        .containsExactly("org", "members", "docs", "docIndex");
    assertThat(answer.list("members")).hasSize(2);
    assertThat(documents(answer.json()).keySet()).containsExactly("lists/items/\"plan\"");
    assertThat(emptied).contains("\"deleted\":1");
    assertThat(imported).startsWith("{\"documents\":1,");
    JsonObject after = alice.get(path + "/export").json();
    assertThat(documents(after)).isEqualTo(documents(answer.json()));
    assertThat(entries(after)).isEqualTo(entries(answer.json()));
    assertRefused(bob.get(path + "/export"), 403, "forbidden");
    assertRefused(bob.post(path + "/import", "{}"), 403, "forbidden");
    assertRefused(alice.get("/orgs/" + UUID.randomUUID() + "/export"), 404, "not_found");
    assertRefused(alice.post("/orgs/" + UUID.randomUUID() + "/import", "{}"), 404, "not_found");
    assertRefused(alice.post("/account/import", answer.body()), 400, "bad_request");
  }

  @Test
  void nobodyGivesDocumentsToAnOrganisationTheyAreNotIn() {
    String organisation =
        alice.post("/orgs", json("{'name': 'Org " + UUID.randomUUID() + "'}")).text("orgId");
    write(alice, "items", "plan", "{'a': 1}");
    patch(alice, "plan", "{'visibility': 'org'}");
    JsonObject export = alice.get("/account/export").json();

    String counts = counts(bob.post("/account/import", export));

    assertThat(counts).isEqualTo("{\"documents\":1,\"deleted\":0,\"shared\":0,\"withheld\":1}");
    assertThat(entries(bob.get("/account/export").json()).values().iterator().next().toString())
        .contains("\"visibility\":\"private\"")
        .doesNotContain(organisation);
  }

  /** Half an organisation is read, then it is gone: nobody may take that for the whole of it. */
  @Test
  void anExportThatCannotBeCompletedIsBrokenOff() throws IOException {
    String organisation =
        alice.post("/orgs", json("{'name': 'Org " + UUID.randomUUID() + "'}")).text("orgId");
    String path = "/orgs/" + organisation;
    alice.post(path + "/members", json("{'userId': '" + bob.userId() + "', 'role': 'org-admin'}"));
    Random random = new Random(1);
    for (int i = 0; i < 24; i++) {
      byte[] bytes = new byte[200_000];
      random.nextBytes(bytes);
      // One word: what many words cost a search index is tested elsewhere.
      JsonObject large = JsonObject.builder().put("a", HexFormat.of().formatHex(bytes)).build();
      JsonObject push =
          body(ZERO)
              .put("changes", new JsonArray(List.of(change("k" + i, large, clock(0)).build())))
              .put("acks", true)
              .build();
      assertThat(alice.sync(push, "X-Org-Id", organisation).status()).isEqualTo(200);
    }

    try (RawAnswer object = new RawAnswer(alice, path + "/export");
        RawAnswer lines = new RawAnswer(alice, path + "/export", "Accept", LINES);
        RawAnswer table =
            new RawAnswer(bob, path + "/export?format=csv&app=lists&collection=items");
        RawAnswer archive = new RawAnswer(bob, path + "/export?format=csv")) {
      for (RawAnswer begun : List.of(object, lines, table, archive)) {
        assertThat(begun.next(10_000))
            .startsWith("HTTP/1.1 200 ")
            .containsIgnoringCase("Transfer-Encoding: chunked");
      }
      assertThat(alice.method("DELETE", path).status()).isEqualTo(204);

      assertThat(object.endsWhole()).as("object").isFalse();
      assertThat(lines.endsWhole()).as("lines").isFalse();
      assertThat(table.endsWhole()).as("table").isFalse();
      assertThat(archive.endsWhole()).as("archive").isFalse();
    }
  }
}
