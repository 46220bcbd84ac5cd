package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.ZERO;
import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.webapp.it.Caller.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code GET /{application}/changes} promises. */
abstract class LiveContract {
  private static final String ITEMS = "/lists/changes?collection=items";

  private final TestServer server;
  private Caller alice;

  LiveContract(TestServer server) {
    this.server = server;
  }

  @BeforeEach
  void signIn() {
    alice = Caller.newUser(server);
  }

  @Test
  void whatIsThereIsAnsweredAtOnce() {
    String clock = alice.push(change("k", json("{'a': 1}"), clock(0)).build()).clock();

    long start = System.nanoTime();
    Answer answer = alice.get(ITEMS + "&since=" + ZERO);

    assertThat(answer.document().get("_key")).isEqualTo(new JsonString("k"));
    assertThat(answer.clock()).isEqualTo(clock);
    assertThat(System.nanoTime() - start).isLessThan(20_000_000_000L);
  }

  @Test
  void whoWaitsIsAnsweredWhenSomethingCommits() throws Exception {
    String since = alice.pull(ZERO).clock();
    CompletableFuture<Answer> waiting = alice.getLater(ITEMS + "&wait=30&since=" + since);
    Thread.sleep(300);
    assertThat(waiting).isNotDone();

    alice.push(change("k", json("{'a': 1}"), clock(0)).build());

    assertThat(waiting.get(60, TimeUnit.SECONDS).document().get("_key"))
        .isEqualTo(new JsonString("k"));
  }

  @Test
  void theNewsOfOthersWakeNobody() throws Exception {
    String since = alice.pull(ZERO).clock();
    CompletableFuture<Answer> waiting = alice.getLater(ITEMS + "&wait=60&since=" + since);
    Thread.sleep(300);

    Caller.newUser(server).push(change("k", json("{'a': 1}"), clock(0)).build());
    alice.post(
        "/other/sync",
        Caller.body(ZERO)
            .put(
                "changes",
                new dev.landfall.api.json.JsonArray(
                    List.of(change("k", json("{'a': 1}"), clock(0)).build())))
            .build());

    Thread.sleep(500);
    assertThat(waiting).isNotDone();
    alice.push(change("own", json("{'a': 1}"), clock(0)).build());
    assertThat(waiting.get(90, TimeUnit.SECONDS).document().get("_key"))
        .isEqualTo(new JsonString("own"));
  }

  @Test
  void nothingIsMissedBetweenOnePollAndTheNext() throws Exception {
    int writes = 40;
    Thread writer =
        new Thread(
            () -> {
              for (int i = 0; i < writes; i++) {
                alice.push(change("k" + i, json("{'a': 1}"), clock(0)).build());
              }
            });
    writer.start();

    List<String> keys = new ArrayList<>();
    String since = ZERO;
    while (keys.size() < writes) {
      Answer answer = alice.getLater(ITEMS + "&wait=10&since=" + since).get(60, TimeUnit.SECONDS);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.list("serverChanges")).isNotEmpty();
      answer
          .list("serverChanges")
          .forEach(doc -> keys.add(((JsonString) ((JsonObject) doc).get("_key")).value()));
      since = answer.clock();
    }
    writer.join();

    assertThat(keys).doesNotHaveDuplicates().hasSize(writes);
  }

  @Test
  void aUserHasOnlySoManyWaiting() throws Exception {
    String since = alice.pull(ZERO).clock();
    List<CompletableFuture<Answer>> waiting = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      waiting.add(alice.getLater(ITEMS + "&wait=30&since=" + since));
    }

    CompletableFuture.anyOf(waiting.toArray(CompletableFuture[]::new)).get(25, TimeUnit.SECONDS);
    CompletableFuture<Answer> first =
        waiting.stream().filter(CompletableFuture::isDone).findFirst().orElseThrow();
    waiting.remove(first);
    Answer refused = first.get();
    Answer another = Caller.newUser(server).get(ITEMS + "&wait=0");
    alice.push(change("k", json("{'a': 1}"), clock(0)).build());
    for (CompletableFuture<Answer> one : waiting) {
      assertThat(one.get(60, TimeUnit.SECONDS).list("serverChanges")).hasSize(1);
    }

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.text("code")).isEqualTo("rate_limited");
    assertThat(refused.header("Retry-After")).matches("\\d+");
    assertThat(another.status()).isEqualTo(200);
    assertThat(alice.get(ITEMS + "&wait=0").status()).isEqualTo(200);
  }

  @Test
  void aPageOfChangesHasItsLimit() {
    for (int i = 0; i < 3; i++) {
      alice.push(change("k" + i, json("{'a': 1}"), clock(0)).build());
    }

    Answer answer = alice.get(ITEMS + "&limit=2");

    assertThat(answer.list("serverChanges")).hasSize(2);
    assertThat(answer.number("pending")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?since=" + ZERO,
        "?collection=",
        "?collection=a&collection=b",
        "?collection=a&since=zzz",
        "?collection=a&wait=61",
        "?collection=a&wait=-1",
        "?collection=a&limit=0",
        "?collection=a&limit=x",
        "?collection=a&maxBytes=0",
        "?collection=a&owners=yes"
      })
  void aParameterThatIsWrongIsRefused(String query) {
    Answer answer = alice.get("/lists/changes" + query);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("code")).isEqualTo("bad_request");
  }

  @Test
  void anApplicationThatIsNotConfiguredHasNoChanges() {
    assertThat(alice.get("/nothing/changes?collection=a").status()).isEqualTo(404);
  }
}
