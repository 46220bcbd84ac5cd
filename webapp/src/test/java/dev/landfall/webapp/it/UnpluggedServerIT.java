package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.ZERO;
import static dev.landfall.webapp.it.Caller.body;
import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.store.tck.FreshSeed;
import dev.landfall.webapp.it.Caller.Answer;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The server of SQLite is killed in the middle of writing, again and again. */
class UnpluggedServerIT {
  private static final int ROUNDS = Integer.getInteger("landfall.kill.rounds", 6);
  private static final int WRITERS = 4;
  private static final int BATCH = 3;

  /** The last acknowledged value of each document, and the highest that was ever sent. */
  private final Map<String, Integer> acknowledged = new ConcurrentHashMap<>();

  private final Map<String, Integer> sent = new ConcurrentHashMap<>();

  @Test
  void everyAcknowledgedWriteSurvivesAKillAndTheClockGoesOn() throws Exception {
    try (TestServer server = new TestServer("kill", Map.of("landfall.store", "sqlite"))) {
      Random random = new Random(FreshSeed.of(UnpluggedServerIT.class));
      String lastClock = ZERO;
      server.start();
      Caller alice = Caller.named(server, "alice");
      Caller writer = Caller.withToken(server, alice.token());
      for (int round = 0; round < ROUNDS; round++) {
        int before = total();
        writeUntilKilled(server, writer, 300 + random.nextInt(400));
        assertThat(total()).as("writes in round " + round).isGreaterThan(before);

        server.start();

        lastClock = assertNothingIsLost(writer, lastClock, round);
      }
    }
  }

  private int total() {
    return acknowledged.values().stream().mapToInt(Integer::intValue).sum();
  }

  private void writeUntilKilled(TestServer server, Caller caller, int millis) throws Exception {
    CountDownLatch warm = new CountDownLatch(WRITERS);
    List<Thread> writers = new ArrayList<>();
    List<Throwable> surprises = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      int id = i;
      Thread thread = new Thread(() -> write(caller, id, warm, surprises));
      thread.start();
      writers.add(thread);
    }
    assertThat(warm.await(150, TimeUnit.SECONDS)).as("writers %s", surprises).isTrue();
    Thread.sleep(millis);
    server.kill();
    for (Thread thread : writers) {
      thread.join();
    }
    assertThat(surprises).isEmpty();
  }

  /** Counts up some documents, all of them in one request, until nobody answers. */
  private void write(Caller caller, int id, CountDownLatch warm, List<Throwable> surprises) {
    AtomicInteger requests = new AtomicInteger();
    try {
      while (true) {
        String at = clock(0).replace("phone", "w" + id);
        List<JsonValue> changes = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        int next = 1 + sent.getOrDefault("w" + id + "-0", 0);
        for (int i = 0; i < BATCH; i++) {
          String key = "w" + id + "-" + i;
          keys.add(key);
          sent.put(key, next);
          changes.add(change(key, json("{'n': " + next + "}"), at).build());
        }
        Answer answer =
            caller.post(
                "/planner/sync",
                body(ZERO).put("limit", 1).put("changes", new JsonArray(changes)).build());
        if (answer.status() != 200) {
          throw new IllegalStateException(answer.toString());
        }
        keys.forEach(key -> acknowledged.put(key, next));
        if (requests.incrementAndGet() == 2) {
          warm.countDown();
        }
        Thread.sleep(2); // so that the next edit has a later clock
      }
    } catch (UncheckedIOException e) {
      // killed
    } catch (InterruptedException | RuntimeException e) {
      synchronized (surprises) {
        surprises.add(e);
      }
    }
  }

  private String assertNothingIsLost(Caller caller, String lastClock, int round) {
    Answer answer = caller.post("/planner/sync", body(ZERO).build());
    Map<String, Integer> stored = new TreeMap<>();
    for (JsonValue value : answer.list("serverChanges")) {
      JsonObject document = (JsonObject) value;
      stored.put(
          ((JsonString) document.get("_key")).value(),
          ((JsonNumber) document.get("n")).value().intValueExact());
    }
    acknowledged.forEach(
        (key, value) ->
            assertThat(stored.getOrDefault(key, 0))
                .as(key + " in round " + round)
                .isBetween(value, sent.get(key)));
    for (int id = 0; id < WRITERS; id++) {
      for (int i = 1; i < BATCH; i++) {
        assertThat(stored.get("w" + id + "-" + i))
            .as("a request is stored whole, round " + round)
            .isEqualTo(stored.get("w" + id + "-0"));
      }
    }
    sent.putAll(stored);
    acknowledged.putAll(stored);
    assertThat(answer.clock()).as("clock in round " + round).isGreaterThan(lastClock);
    Answer next =
        caller.post(
            "/planner/sync",
            body(answer.clock())
                .put(
                    "changes",
                    new JsonArray(
                        List.of(
                            change("marker", json("{'r': " + round + "}"), clock(0))
                                .put("doc", json("{'n': 0, 'r': " + round + "}"))
                                .build())))
                .build());
    assertThat(next.clock()).isGreaterThan(answer.clock());
    assertThat(next.list("serverChanges")).hasSize(1);
    return next.clock();
  }
}
