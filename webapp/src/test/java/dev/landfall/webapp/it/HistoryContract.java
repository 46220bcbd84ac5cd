package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.ZERO;
import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.webapp.it.Caller.Answer;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the history of a document promises. */
abstract class HistoryContract {
  private static final String OF_K = "/lists/history?collection=items&key=k";

  private final TestServer server;
  private Caller alice;

  HistoryContract(TestServer server) {
    this.server = server;
  }

  @BeforeEach
  void signIn() {
    alice = Caller.newUser(server);
  }

  private String write(int n, long offset, String base) {
    return alice
        .push(change("k", json("{'n': " + n + "}"), clock(offset)).put("baseClock", base).build())
        .clock();
  }

  private static JsonObject version(Answer answer, int index) {
    return (JsonObject) answer.list("versions").get(index);
  }

  @Test
  void everyVersionIsThereNewestFirst() {
    String first = write(1, -2000, ZERO);
    String edit = clock(-1000);
    alice.push(change("k", json("{'n': 2}"), edit).put("baseClock", first).build());

    Answer history = alice.get(OF_K);

    assertThat(history.list("versions")).hasSize(2);
    assertThat(version(history, 0).get("changed"))
        .isEqualTo(json("{'n': {'from': 1, 'to': 2, 'editClock': '" + edit + "'}}"));
    assertThat(
            ((JsonObject) ((JsonObject) version(history, 1).get("changed")).get("n")).get("from"))
        .isNull();
    assertThat(Instant.parse(((JsonString) version(history, 0).get("at")).value()))
        .isAfter(Instant.now().minusSeconds(600));
    assertThat(history.json().get("more")).isEqualTo(JsonBoolean.FALSE);
  }

  @Test
  void theLosingValueOfAConflictIsKept() {
    write(1, -3000, ZERO);
    write(2, -1000, ZERO);
    Answer late = alice.push(change("k", json("{'n': 3}"), clock(-2000)).build());

    assertThat(late.list("conflicts")).hasSize(1);
    assertThat(alice.get(OF_K).toString()).contains("\"conflict\":[").contains("\"localValue\":3");
  }

  @Test
  void historyComesInPages() {
    String base = ZERO;
    for (int i = 0; i < 4; i++) {
      base = write(i, -4000 + i * 1000, base);
    }

    Answer first = alice.get(OF_K + "&limit=3");
    String last = ((JsonString) version(first, 2).get("commit")).value();
    Answer second = alice.get(OF_K + "&limit=3&before=" + last);

    assertThat(first.list("versions")).hasSize(3);
    assertThat(first.json().get("more")).isEqualTo(JsonBoolean.TRUE);
    assertThat(second.list("versions")).hasSize(1);
    assertThat(second.json().get("more")).isEqualTo(JsonBoolean.FALSE);
  }

  @Test
  void anEarlierVersionComesBackAsANewEdit() {
    String first = write(1, -2000, ZERO);
    String second = write(2, -1000, first);
    String commit = ((JsonString) version(alice.get(OF_K), 1).get("commit")).value();

    Answer restored =
        alice.post(
            "/lists/history/restore",
            JsonObject.builder()
                .put("collection", "items")
                .put("key", "k")
                .put("commit", commit)
                .build());

    assertThat(restored.status()).isEqualTo(200);
    assertThat(restored.json().get("n")).isEqualTo(JsonNumber.of(1));
    assertThat(restored.json().get("_key")).isEqualTo(new JsonString("k"));
    assertThat(alice.pull(second).document().get("n")).isEqualTo(JsonNumber.of(1));
    assertThat(alice.get(OF_K).list("versions")).hasSize(3);
  }

  @Test
  void theHistoryOfOthersIsNotThere() {
    write(1, 0, ZERO);
    Caller bob = Caller.newUser(server);

    Answer missing = bob.get("/lists/history?collection=items&key=nothing");
    assertThat(bob.get(OF_K).status()).isEqualTo(404);
    assertThat(bob.get(OF_K).body()).isEqualTo(missing.body());
    assertThat(bob.get(OF_K + "&owner=" + alice.userId()).body()).isEqualTo(missing.body());
    assertThat(alice.get(OF_K + "&owner=" + alice.userId()).status()).isEqualTo(200);
  }

  @Test
  void aVersionThatIsNotThereCannotComeBack() {
    write(1, 0, ZERO);
    Answer answer =
        alice.post(
            "/lists/history/restore",
            JsonObject.builder()
                .put("collection", "items")
                .put("key", "k")
                .put("commit", clock(0))
                .build());

    assertThat(answer.status()).isEqualTo(404);
  }

  @Test
  void whatIsWrongIsNamed() {
    assertThat(alice.get("/lists/history?key=k").text("error")).startsWith("collection: ");
    assertThat(alice.get("/lists/history?collection=items").text("error")).startsWith("key: ");
    assertThat(alice.get(OF_K + "&before=x").text("error")).startsWith("before: ");
    assertThat(alice.get(OF_K + "&limit=201").text("error")).startsWith("limit: ");
    assertThat(
            alice
                .post("/lists/history/restore", json("{'collection': 'items', 'key': 'k'}"))
                .text("error"))
        .startsWith("commit: ");
    assertThat(alice.post("/lists/history/restore", JsonArray.EMPTY).text("error"))
        .startsWith("body: ");
  }
}
