package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.ZERO;
import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.store.mongo.TestDatabase;
import dev.landfall.store.tck.FreshSeed;
import dev.landfall.webapp.it.Caller.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two server processes over one database. A client may send each request to another of them. */
class TwoServersIT {
  private static final int WRITERS = 6;
  private static final int WRITES = 20;
  private static final int KILLS = Integer.getInteger("landfall.kill.servers", 2);

  private static TestDatabase database;
  private static List<TestServer> servers;

  /** One user, over either server. */
  private List<Caller> alice;

  private final Queue<Throwable> surprises = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void start() throws IOException {
    database = TestDatabase.create();
    servers = List.of(server("node-a"), server("node-b"));
    servers.get(0).launch(); // both at once, on a database that is empty
    servers.get(1).launch();
    servers.get(0).awaitReady();
    servers.get(1).awaitReady();
  }

  private static TestServer server(String name) throws IOException {
    Map<String, String> settings = new TreeMap<>(TestServer.on(database));
    settings.put("landfall.applications.file", TestServer.APPLICATIONS);
    return new TestServer(name, settings);
  }

  /** Open Liberty gives whoever is connected half a minute, and says so when that is over. */
  @AfterAll
  static void aServerEndsInOrderThoughSomebodyListensAndSomebodyWaits() throws Exception {
    try {
      for (TestServer server : servers) {
        Caller alice = Caller.newUser(server);
        HttpResponse<InputStream> stream =
            HttpClient.newHttpClient()
                .send(
                    alice.request("/lists/live?collections=items").build(),
                    HttpResponse.BodyHandlers.ofInputStream());
        assertThat(stream.statusCode()).isEqualTo(200);
        CompletableFuture<Answer> poll =
            alice.getLater("/lists/changes?collection=items&wait=60&since=" + ZERO);
        awaitWaiting(alice, 2);

        server.close();

        assertThat(new String(stream.body().readAllBytes(), UTF_8)).contains(": open");
        assertThat(poll.get(60, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(server.console()).doesNotContain("CWWKE1102W", "CWWKE1107W");
      }
    } finally {
      servers.forEach(TestServer::close);
      database.close();
    }
  }

  private static void awaitWaiting(Caller caller, int number) throws InterruptedException {
    Pattern enough = Pattern.compile("\nlandfall_feed_waiters[^\n]* " + number + "\\.0");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(150);
    while (!enough.matcher(new String(caller.get("/metrics").body(), UTF_8)).find()) {
      assertThat(System.nanoTime()).as("nobody waits").isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  @BeforeEach
  void signIn() {
    Caller first = Caller.newUser(servers.get(0));
    alice = List.of(first, Caller.withToken(servers.get(1), first.token()));
  }

  @Test
  void writersAndReadersThatHopBetweenTheServersLoseAndSkipNothing() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    List<Map<String, JsonObject>> views = new ArrayList<>();
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Map<String, JsonObject> view = new TreeMap<>();
      int first = i;
      views.add(view);
      readers.add(run(() -> follow(view, first, over)));
    }
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      int id = i;
      writers.add(run(() -> hop(id)));
    }
    for (Thread writer : writers) {
      writer.join();
    }
    over.set(true);
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(surprises).isEmpty();

    Map<String, JsonObject> all = documents(alice.get(0).pull(ZERO));
    assertThat(documents(alice.get(1).pull(ZERO))).isEqualTo(all);
    assertThat(views.get(0)).isEqualTo(all);
    assertThat(views.get(1)).isEqualTo(all);
    assertThat(all).hasSize(1 + WRITERS + WRITERS * WRITES);
    for (int id = 0; id < WRITERS; id++) {
      assertThat(whole(all.get("common"), "f" + id)).isEqualTo(WRITES);
      assertThat(whole(all.get("w" + id), "n")).isEqualTo(WRITES);
    }
  }

  /** Each request goes to the other server and carries the cursor that the last one gave. */
  private void hop(int id) throws InterruptedException {
    String cursor = ZERO;
    for (int n = 1; n <= WRITES; n++) {
      String at = clock(0).replace("phone", "w" + id);
      Caller caller = alice.get((n + id) % 2);
      Answer answer =
          caller.sync(
              Caller.body(cursor)
                  .put(
                      "changes",
                      new JsonArray(
                          List.of(
                              change("w" + id, json("{'n': " + n + "}"), at).build(),
                              change("common", json("{'f" + id + "': " + n + "}"), at).build(),
                              change("w" + id + "-" + n, json("{'n': " + n + "}"), at).build())))
                  .build());
      assertThat(answer.status()).as("%s", answer).isEqualTo(200);
      assertThat(answer.json().get("resync")).as("a cursor of the other server").isNull();
      assertThat(answer.clock()).isGreaterThan(cursor);
      assertThat(documents(answer)).containsKeys("w" + id, "common", "w" + id + "-" + n);
      cursor = answer.clock();
      Thread.sleep(2); // so that the next edit has a later clock
    }
  }

  /** Reads in pages, each from the other server, until it has read to the end after the writers. */
  private void follow(Map<String, JsonObject> view, int first, AtomicBoolean over) {
    String cursor = ZERO;
    for (int page = 0; ; page++) {
      boolean last = over.get();
      Answer answer =
          alice.get((page + first) % 2).sync(Caller.body(cursor).put("limit", 7).build());
      assertThat(answer.status()).as("%s", answer).isEqualTo(200);
      assertThat(answer.json().get("resync")).as("a cursor of the other server").isNull();
      assertThat(answer.clock()).isGreaterThanOrEqualTo(cursor);
      documents(answer)
          .forEach(
              (key, document) -> {
                JsonObject before = view.put(key, document);
                assertThat(before == null || revision(before).compareTo(revision(document)) <= 0)
                    .as("%s does not go back", key)
                    .isTrue();
              });
      cursor = answer.clock();
      if (last && answer.number("pending") == 0) {
        return;
      }
    }
  }

  @Test
  void whoWaitsAtOneServerHearsOfACommitOfTheOther() throws Exception {
    for (int at = 0; at < 2; at++) {
      String since = alice.get(at).pull(ZERO).clock();
      CompletableFuture<Answer> waiting =
          alice.get(at).getLater("/lists/changes?collection=items&wait=45&since=" + since);
      Thread.sleep(1_500);
      assertThat(waiting).isNotDone();

      String key = "news" + at;
      alice.get(1 - at).push(change(key, json("{'a': 1}"), clock(0)).build());

      Answer answer = waiting.get(40, TimeUnit.SECONDS);
      assertThat(documents(answer)).containsOnlyKeys(key);
      assertThat(alice.get(1 - at).pull(answer.clock()).list("serverChanges")).isEmpty();
    }
  }

  @Test
  void whatAKilledServerAcknowledgedIsThereThroughTheOther() throws Exception {
    Random random = new Random(FreshSeed.of(TwoServersIT.class));
    ConcurrentMap<String, Integer> acknowledged = new ConcurrentHashMap<>();
    ConcurrentMap<String, Integer> sent = new ConcurrentHashMap<>();
    for (int round = 0; round < KILLS; round++) {
      int victim = round % 2;
      AtomicInteger written = new AtomicInteger();
      AtomicBoolean over = new AtomicBoolean();
      List<Thread> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        String key = "k" + i;
        int at = i % 2;
        writers.add(run(() -> count(alice.get(at), key, sent, acknowledged, written, over)));
      }
      while (written.get() < 5 * WRITERS && surprises.isEmpty()) {
        Thread.sleep(5);
      }
      Thread.sleep(random.nextInt(300));
      servers.get(victim).kill();
      Map<String, Integer> promised = new TreeMap<>(acknowledged);
      Map<String, JsonObject> seen = documents(alice.get(1 - victim).pull(ZERO));
      int before = written.get();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(150);
      while (written.get() < before + WRITERS && System.nanoTime() < end) {
        Thread.sleep(5);
      }
      over.set(true);
      for (Thread writer : writers) {
        writer.join();
      }

      assertThat(surprises).isEmpty();
      assertThat(written.get()).as("the other goes on").isGreaterThanOrEqualTo(before + WRITERS);
      promised.forEach((key, n) -> assertThat(whole(seen.get(key), "n")).isGreaterThanOrEqualTo(n));
      servers.get(victim).start();
      for (Caller caller : alice) {
        Map<String, JsonObject> all = documents(caller.pull(ZERO));
        acknowledged.forEach(
            (key, n) -> assertThat(whole(all.get(key), "n")).as(key).isBetween(n, sent.get(key)));
      }
    }
  }

  /** Counts a document up until told to stop or until the server is gone. */
  private static void count(
      Caller caller,
      String key,
      Map<String, Integer> sent,
      Map<String, Integer> acknowledged,
      AtomicInteger written,
      AtomicBoolean over)
      throws InterruptedException {
    while (!over.get()) {
      int next = 1 + sent.getOrDefault(key, 0);
      sent.put(key, next);
      String at = clock(0).replace("phone", key);
      JsonObject edit = change(key, json("{'n': " + next + "}"), at).build();
      Answer answer;
      try {
        answer =
            caller.sync(
                Caller.body(ZERO)
                    .put("limit", 1)
                    .put("changes", new JsonArray(List.of(edit)))
                    .build());
      } catch (UncheckedIOException e) {
        return; // killed
      }
      assertThat(answer.status()).as("%s", answer).isEqualTo(200);
      acknowledged.put(key, next);
      written.incrementAndGet();
      Thread.sleep(2); // so that the next edit has a later clock
    }
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  private Thread run(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (InterruptedException | RuntimeException | AssertionError e) {
                surprises.add(e);
              }
            });
    thread.start();
    return thread;
  }

  private static Map<String, JsonObject> documents(Answer answer) {
    Map<String, JsonObject> documents = new TreeMap<>();
    for (JsonValue value : answer.list("serverChanges")) {
      JsonObject document = (JsonObject) value;
      documents.put(((JsonString) document.get("_key")).value(), document);
    }
    return documents;
  }

  private static String revision(JsonObject document) {
    return ((JsonString) document.get("_rev")).value();
  }

  private static int whole(JsonObject document, String field) {
    return ((JsonNumber) document.get(field)).value().intValueExact();
  }
}
