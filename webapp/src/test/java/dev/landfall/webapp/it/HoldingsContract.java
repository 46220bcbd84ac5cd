package dev.landfall.webapp.it;

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

/** What one has in each application, and what of it others see. */
abstract class HoldingsContract {
  private final TestServer server;
  private Caller alice;
  private Caller bob;

  HoldingsContract(TestServer server) {
    this.server = server;
  }

  @BeforeEach
  void signIn() {
    alice = Caller.newUser(server);
    bob = Caller.newUser(server);
  }

  private static JsonObject application(Answer answer, String name) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    return answer.list("applications").stream()
        .map(JsonObject.class::cast)
        .filter(one -> one.get("app").equals(new JsonString(name)))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> texts(JsonValue array, String member) {
    return ((JsonArray) array)
        .values().stream()
            .map(one -> ((JsonString) ((JsonObject) one).get(member)).value())
            .toList();
  }

  private void write(Caller by, String key, String... headers) {
    Answer answer =
        by.sync(
            json(
                "{'collection': 'items', 'clientClock': '%s', 'changes': [{'key': '%s', 'doc': {'title': 'Plan'}, 'baseClock': '%s', 'fieldRevs': {'title': '%s'}}]}"
                    .formatted(Caller.ZERO, key, Caller.ZERO, clock(1))),
            headers);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
  }

  @Test
  void applicationsAreNamedWithWhatOneHasInThemAndWhatDocumentsHaveToBeLike() {
    write(alice, "one");

    Answer hers = alice.get("/account/applications");
    Answer his = bob.get("/account/applications");

    JsonObject lists = application(hers, "lists");
    assertThat(lists.get("documents").toString()).isEqualTo("1");
    assertThat(texts(lists.get("collections"), "name")).containsExactly("indexed", "items");
    assertThat(lists.get("collections").toString()).contains("\"indexes\":[\"n\"]");
    assertThat(application(hers, "strict").toString()).contains("\"required\":[\"title\"]");
    assertThat(texts(application(his, "lists").get("collections"), "name"))
        .containsExactly("indexed");
    assertThat(application(his, "lists").get("documents").toString()).isEqualTo("0");
    assertThat(hers.json().get("operator").toString()).isEqualTo("false");
  }

  @Test
  void anOperatorIsToldToBeOne() {
    Caller operator = Caller.named(server, TestServer.OPERATOR);

    assertThat(operator.get("/account/applications").json().get("operator").toString())
        .isEqualTo("true");
  }

  @Test
  void whatOthersSeeIsListedPageByPageAndNothingElse() {
    List<String> shared = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      String key = "plan-" + i + "-" + UUID.randomUUID();
      write(alice, key);
      if (i % 2 == 0) {
        shared.add(key);
        alice.patch(
            "/docIndex/lists/" + key,
            json(
                "{'visibility': 'shared', 'sharedWith': [{'userId': '%s', 'app': 'lists'}]}"
                    .formatted(bob.userId())));
      }
    }
    write(bob, "his-" + UUID.randomUUID());

    List<String> listed = new ArrayList<>();
    String after = "";
    int pages = 0;
    do {
      Answer page = alice.get("/account/shares?limit=2" + after);
      listed.addAll(texts(page.json().get("shares"), "docKey"));
      JsonValue next = page.json().get("after");
      after = next == null ? "" : "&after=" + Caller.encoded(((JsonString) next).value());
      pages++;
    } while (!after.isEmpty());

    assertThat(listed).containsExactlyInAnyOrderElementsOf(shared);
    assertThat(pages).isGreaterThan(3);
    assertThat(bob.get("/account/shares").list("shares")).isEmpty();
    assertThat(alice.get("/account/shares?after=x").status()).isEqualTo(400);
  }
}
