package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.webapp.it.Caller.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What searching promises on the wire, the same over every store. */
abstract class SearchContract {
  private static final String SEARCH = "/lists/search";

  private final TestServer server;
  private Caller alice;

  SearchContract(TestServer server) {
    this.server = server;
  }

  @BeforeEach
  void aliceWrites() {
    alice = Caller.newUser(server);
    List<JsonValue> changes = new ArrayList<>();
    for (String document :
        List.of(
            "{'k': 'milk', 'title': 'Buy milk and Crème brûlée', 'n': 1, 'tags': ['a', 1.0, null]}",
            "{'k': 'bread', 'title': 'Buy bread', 'n': 2, 'deep': {'x': 'Milchstraße'}}",
            "{'k': 'ten', 'title': '東京都', 'n': 10, 'a.b': 'dotted', '$set': 'dollar'}",
            "{'k': 'text', 'title': '😀', 'n': '10', 'deep': null}",
            "{'k': 'big', 'title': '\uffff', 'n': 1e400, 'deep': {}}",
            "{'k': 'bare'}")) {
      JsonObject fields = json(document);
      changes.add(change(((JsonString) fields.get("k")).value(), fields, clock(0)).build());
    }
    alice.push(changes.toArray(JsonValue[]::new));
  }

  private Answer search(Caller caller, String members, String... headers) {
    String body = "{\"collection\": \"items\"" + members.replace('\'', '"') + "}";
    return caller.post(SEARCH, body, headers);
  }

  private static List<String> keys(Answer answer) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    return answer.list("results").stream()
        .map(one -> ((JsonString) ((JsonObject) one).get("_key")).value())
        .toList();
  }

  private static String leaf(String field, String op, String value) {
    return "{'type': 'filter', 'field': '%s', 'op': '%s', 'value': %s}".formatted(field, op, value);
  }

  @Test
  void withoutAQueryItFindsWhatAPullBringsInItsOrder() {
    Answer found = search(alice, "");

    assertThat(found.list("results")).isEqualTo(alice.pull(Caller.ZERO).list("serverChanges"));
    assertThat(found.json().get("after")).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "n        | eq         | 1.0              | milk",
        "n        | ne         | 1                | bread ten text big bare",
        "n        | gt         | 1                | bread ten big",
        "n        | gte        | 10               | ten big",
        "n        | lt         | 10               | milk bread",
        "n        | lte        | '10'             | text",
        "n        | gt         | '1'              | text",
        "n        | gt         | null             | ",
        "n        | in         | [2, '10', null]  | bread text",
        "n        | nin        | [2, '10']        | milk ten big bare",
        "n        | exists     | true             | milk bread ten text big",
        "n        | exists     | false            | bare",
        "n        | contains   | 1                | ",
        "title    | contains   | 'uy b'           | bread",
        "title    | contains   | 'UY B'           | ",
        "title    | startsWith | 'Buy '           | milk bread",
        "title    | gt         | '\uffff'         | text",
        "tags     | contains   | 1                | milk",
        "tags     | contains   | null             | milk",
        "tags     | eq         | ['a', 1, null]   | milk",
        "tags.0   | exists     | true             | ",
        "deep     | eq         | null             | text",
        "deep     | eq         | {}               | big",
        "deep     | eq         | {'x': 'Milchstraße'} | bread",
        "deep.x   | startsWith | 'Milch'          | bread",
        "a%2Eb    | eq         | 'dotted'         | ten",
        "a.b      | exists     | true             | ",
        "$set     | eq         | 'dollar'         | ten",
        "_key     | startsWith | 'b'              | bread big bare",
        "_rev     | exists     | true             | milk bread ten text big bare",
      })
  void aFilterComparesAsItIsWritten(String field, String op, String value, String expected) {
    List<String> found = keys(search(alice, ", 'filter': " + leaf(field, op, value)));

    assertThat(found).isEqualTo(expected == null ? List.of() : List.of(expected.split(" ")));
  }

  @Test
  void filtersCanBeNegatedAndJoined() {
    String one = leaf("n", "eq", "1");
    String two = leaf("n", "eq", "2").replace("filter", "condition");
    String either = "{'type': 'or', 'conditions': [" + one + ", " + two + "]}";

    assertThat(keys(search(alice, ", 'filter': " + either))).containsExactly("milk", "bread");
    assertThat(keys(search(alice, ", 'filter': {'type': 'not', 'filter': " + either + "}")))
        .containsExactly("ten", "text", "big", "bare");
    assertThat(
            keys(
                search(
                    alice,
                    ", 'filter': {'type': 'and', 'filters': ["
                        + either
                        + ", {'type': 'not', 'filters': ["
                        + one
                        + "]}]}")))
        .containsExactly("bread");
  }

  @Test
  void theOwnerCanBeAskedFor() {
    String mine = leaf("_owner", "eq", "'" + alice.userId() + "'");

    assertThat(keys(search(alice, ", 'filter': " + mine))).hasSize(6);
    assertThat(keys(search(alice, ", 'filter': " + leaf("_owner", "eq", "'x'")))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'BUY bre'                                     | bread",
        "'creme bru'                                   | milk",
        "'bru creme'                                   | ",
        "'milchstrasse'                                | bread",
        "'京都'                                        | ten",
        "'😀'                                          | text",
        "{'query': 'milch', 'fields': ['deep']}        | bread",
        "{'query': 'buy', 'fields': ['deep', 'n']}     | ",
        "'mil'                                         | milk bread",
        "' .'                                          | milk bread ten text big bare",
      })
  void everyWordHasToBeThereTheLastAsAPrefix(String text, String expected) {
    List<String> found = keys(search(alice, ", 'text': " + text));

    assertThat(found).isEqualTo(expected == null ? List.of() : List.of(expected.split(" ")));
  }

  @Test
  void resultsCanBeSortedAndPaged() {
    String sorted = ", 'sort': [{'field': 'n', 'dir': 'desc'}, {'field': 'k'}], 'limit': 4";
    Answer first = search(alice, sorted);
    Answer second = search(alice, sorted + ", 'after': '" + first.text("after") + "'");

    assertThat(keys(first)).containsExactly("text", "big", "ten", "bread");
    assertThat(keys(second)).containsExactly("milk", "bare");
    assertThat(second.json().get("after")).isNull();
  }

  @Test
  void pagesInCommitOrderAreStableUnderWrites() {
    Answer first = search(alice, ", 'limit': 2");
    alice.push(
        change("milk", json("{'n': 77}"), clock(50)).build(),
        change("big", json("{'n': 78}"), clock(50)).build());
    Answer second = search(alice, ", 'limit': 2, 'after': '" + first.text("after") + "'");
    Answer third = search(alice, ", 'limit': 9, 'after': '" + second.text("after") + "'");

    assertThat(keys(first)).containsExactly("milk", "bread");
    assertThat(keys(second)).containsExactly("ten", "text");
    assertThat(keys(third)).containsExactly("big", "bare");
    assertThat(search(alice, ", 'text': 'x', 'after': '" + first.text("after") + "'").status())
        .isEqualTo(400);
  }

  @Test
  void fieldsNarrowTheResults() {
    JsonObject found =
        (JsonObject)
            search(alice, ", 'fields': ['deep.x', '_key'], 'filter': " + leaf("n", "eq", "2"))
                .list("results")
                .get(0);

    assertThat(found.members().keySet())
        .containsExactlyInAnyOrder("deep", "_key", "_rev", "_fieldRevs");
    assertThat(((JsonObject) found.get("_fieldRevs")).members().keySet())
        .containsExactlyInAnyOrder("deep", "deep.x");
  }

  @Test
  void whatIsSharedIsFoundWithItsOwnerAndNothingElse() {
    Caller bob = Caller.newUser(server);
    String key = "shared-" + UUID.randomUUID();
    alice.push(change(key, json("{'title': 'buy more'}"), clock(0)).build());
    String place = "/docIndex/lists/" + key;
    assertThat(keys(search(bob, ", 'text': 'buy more'"))).doesNotContain(key);

    alice.patch(
        place,
        json(
            "{'visibility': 'shared', 'sharedWith': [{'userId': '%s', 'app': 'lists'}]}"
                .formatted(bob.userId())));
    String mine = ", 'filter': " + leaf("_owner", "eq", "'" + alice.userId() + "'");
    Answer shared = search(bob, mine + ", 'text': 'more'");
    alice.patch(place, json("{'visibility': 'private'}"));

    assertThat(keys(shared)).containsExactly(key);
    assertThat(((JsonObject) shared.list("results").get(0)).get("_owner"))
        .isEqualTo(new JsonString(alice.userId()));
    assertThat(keys(search(bob, mine))).isEmpty();
  }

  @Test
  void aFilterOnAConfiguredFieldFindsTheSame() {
    List<JsonValue> changes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      changes.add(change("t" + i, json("{'n': " + i + "}"), clock(0)).build());
    }
    alice.sync(
        Caller.body(Caller.ZERO)
            .put("collection", "indexed")
            .put("changes", new dev.landfall.api.json.JsonArray(changes))
            .build());

    Answer found =
        alice.post(
            SEARCH, json("{'collection': 'indexed', 'filter': " + leaf("n", "gte", "18") + "}"));

    assertThat(keys(found)).containsExactly("t18", "t19");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "filter.op|, 'filter': {'type': 'filter', 'field': 'n', 'op': 'like', 'value': 1}",
        "filter.value|, 'filter': {'type': 'filter', 'field': 'n', 'op': 'eq'}",
        "filter.value|, 'filter': {'type': 'filter', 'field': 'n', 'op': 'in', 'value': 1}",
        "filter.value|, 'filter': {'type': 'filter', 'field': 'n', 'op': 'exists', 'value': 1}",
        "filter.value|, 'filter': {'type': 'filter', 'field': 'n', 'op': 'startsWith', 'value': 1}",
        "filter.field|, 'filter': {'type': 'filter', 'field': '_deleted', 'op': 'eq', 'value': 1}",
        "filter.field|, 'filter': {'type': 'filter', 'field': 1, 'op': 'eq', 'value': 1}",
        "filter.type|, 'filter': {'type': 'xor', 'filters': []}",
        "filter.filters|, 'filter': {'type': 'and'}",
        "filter.filters[1]|, 'filter': {'type': 'and', 'filters': [{'type': 'and', 'filters': []}, 7]}",
        "filter.filter.op|, 'filter': {'type': 'not', 'filter': {'field': 'n', 'op': 7, 'value': 1}}",
        "filter|, 'filter': []",
        "text|, 'text': 7",
        "text.fields[0]|, 'text': {'query': 'x', 'fields': [7]}",
        "sort[0].dir|, 'sort': [{'field': 'n', 'dir': 'up'}]",
        "limit|, 'limit': 1001",
        "limit|, 'limit': 0",
        "fields[0]|, 'fields': ['_rev.x']",
        "after|, 'after': 'nonsense'",
        "sorting|, 'sorting': 1",
      })
  void whatIsWrongIsNamed(String line) {
    String[] parts = line.split("\\|", 2);
    Answer refused = search(alice, parts[1]);

    assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
    assertThat(refused.text("error")).startsWith(parts[0] + ":");
  }

  @Test
  void aTreeThatIsTooDeepOrTooLargeIsRefused() {
    String deep = leaf("n", "eq", "1");
    for (int i = 0; i < 31; i++) {
      deep = "{'type': 'not', 'filter': " + deep + "}";
    }
    String many = (leaf("n", "eq", "1") + ", ").repeat(254) + leaf("n", "eq", "1");

    assertThat(search(alice, ", 'filter': " + deep).status()).isEqualTo(200);
    assertThat(search(alice, ", 'filter': {'type': 'not', 'filter': " + deep + "}").text("error"))
        .startsWith("filter.filter.filter")
        .contains("32");
    String deeper =
        "{'type': 'and', 'filters': [".repeat(100) + leaf("n", "eq", "1") + "]}".repeat(100);
    assertThat(search(alice, ", 'filter': " + deeper).text("error"))
        .startsWith("filter.filters[0].filters[0]")
        .contains("nested deeper");
    assertThat(search(alice, ", 'filter': {'type': 'or', 'filters': [" + many + "]}").status())
        .isEqualTo(200);
    assertThat(
            search(alice, ", 'filter': {'type': 'or', 'filters': [" + many + ", " + many + "]}")
                .text("error"))
        .startsWith("filter.filters[255]:");
    assertThat(
            search(alice, ", 'filter': " + leaf("n", "contains", "'" + "x".repeat(10_001) + "'"))
                .text("error"))
        .startsWith("filter.value:");
  }

  @Test
  void inTheContextOfAnOrganisationItFindsWhatIsThereAndNothingElse() {
    Caller bob = Caller.newUser(server);
    String organisation =
        alice.post("/orgs", json("{'name': 'Org " + UUID.randomUUID() + "'}")).text("orgId");
    alice.post("/orgs/" + organisation + "/members", json("{'userId': '" + bob.userId() + "'}"));
    JsonObject push =
        Caller.body(Caller.ZERO)
            .put(
                "changes",
                new JsonArray(
                    List.of(change("plan", json("{'title': 'Buy shelves'}"), clock(0)).build())))
            .build();
    assertThat(bob.sync(push, "X-Org-Id", organisation).status()).isEqualTo(200);
    String words = ", 'text': 'buy'";

    assertThat(keys(search(alice, words, "X-Org-Id", organisation))).containsExactly("plan");
    assertThat(keys(search(alice, words))).containsExactly("milk", "bread");
    assertThat(keys(search(bob, words))).isEmpty();
    Answer stranger = search(Caller.newUser(server), words, "X-Org-Id", organisation);
    assertThat(stranger.status()).isEqualTo(403);
    alice.method("DELETE", "/orgs/" + organisation + "/members/" + bob.userId());
    assertThat(search(bob, words, "X-Org-Id", organisation).status()).isEqualTo(403);
  }
}
