package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.ZERO;
import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What live streams promise. */
abstract class LiveStreamContract {
  private static final JsonObject MILK = json("{'title': 'milk'}");

  private final TestServer server;
  private Caller alice;
  private Caller bob;

  LiveStreamContract(TestServer server) {
    this.server = server;
  }

  @BeforeEach
  void signIn() {
    alice = Caller.newUser(server);
    bob = Caller.newUser(server);
  }

  /** A stream that is read by a thread of its own. */
  private static final class Stream implements AutoCloseable {
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final HttpResponse<java.io.InputStream> response;

    Stream(Caller caller, String path, String... headers) throws Exception {
      response =
          HttpClient.newHttpClient()
              .send(
                  caller.request(path, headers).header("Accept", "text/event-stream").build(),
                  HttpResponse.BodyHandlers.ofInputStream());
      Thread reader = new Thread(this::read);
      reader.setDaemon(true);
      reader.start();
    }

    private void read() {
      try (BufferedReader in =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          lines.add(line);
        }
      } catch (IOException e) {
        // closed
      }
      lines.add("(end)");
    }

    /** The next line that begins with {@code start}, null if none comes in time. */
    @Nullable String await(String start, int seconds) throws InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      while (true) {
        String line = lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (line == null || line.startsWith(start)) {
          return line;
        }
      }
    }

    @Override
    public void close() throws IOException {
      response.body().close();
    }
  }

  private Stream listen(Caller caller, String since) throws Exception {
    return new Stream(caller, "/lists/live?collections=items,others&since=" + since);
  }

  @Test
  void aChangeIsAHintWithoutContent() throws Exception {
    String since = alice.pull(ZERO).clock();
    try (Stream stream = listen(alice, since)) {
      assertThat(stream.response.statusCode()).isEqualTo(200);
      assertThat(stream.await(":", 20)).isNotNull();

      alice.push(change("milk", MILK, clock(0)).build());

      String id = stream.await("id:", 20);
      String data = stream.await("data:", 20);
      assertThat(id).isNotNull();
      assertThat(data).contains("\"collection\":\"items\"").contains("serverClock");
      assertThat(data).doesNotContain("milk");
    }
  }

  @Test
  void aGrantIsAHintToo() throws Exception {
    alice.push(change("plan", MILK, clock(0)).build());
    String since = bob.pull(ZERO).clock();
    try (Stream stream = listen(bob, since)) {
      stream.await(":", 20);
      alice.send(
          alice
              .request("/docIndex/lists/plan")
              .header("Content-Type", "application/json")
              .method(
                  "PATCH",
                  java.net.http.HttpRequest.BodyPublishers.ofString(
                      "{\"visibility\":\"shared\",\"sharedWith\":[{\"userId\":\""
                          + bob.userId()
                          + "\",\"app\":\"lists\"}]}"))
              .build());

      assertThat(stream.await("data:", 20)).contains("items");
    }
  }

  @Test
  void whoResumesMissesNothing() throws Exception {
    String since = alice.pull(ZERO).clock();
    alice.push(change("milk", MILK, clock(0)).build());

    try (Stream stream =
        new Stream(alice, "/lists/live?collections=items", "Last-Event-ID", since)) {
      assertThat(stream.await("data:", 20)).contains("items");
    }
  }

  @Test
  void nothingNewIsNoEvent() throws Exception {
    alice.push(change("milk", MILK, clock(0)).build());
    String since = alice.pull(ZERO).clock();
    try (Stream stream = listen(alice, since)) {
      bob.push(change("bread", MILK, clock(0)).build());

      assertThat(stream.await("data:", 2)).isNull();
    }
  }

  @Test
  void aStreamOfAnOrganisationEndsWithTheMembership() throws Exception {
    String organisation =
        alice
            .post("/orgs", JsonObject.builder().put("name", "Org " + UUID.randomUUID()).build())
            .text("orgId");
    alice.post(
        "/orgs/" + organisation + "/members",
        JsonObject.builder().put("userId", bob.userId()).build());
    try (Stream stream =
        new Stream(bob, "/lists/live?collections=items&since=" + ZERO, "X-Org-Id", organisation)) {
      assertThat(stream.await(":", 20)).isNotNull();

      alice.method("DELETE", "/orgs/" + organisation + "/members/" + bob.userId());

      assertThat(stream.await("event: end", 60)).isNotNull();
      assertThat(stream.await("data:", 20))
          .contains("\"code\":\"forbidden\"")
          .contains("\"reason\":\"not_a_member\"");
      assertThat(stream.await("(end)", 20)).isEqualTo("(end)");
    }
    Caller.Answer next =
        bob.get("/lists/live?collections=items&since=" + ZERO, "X-Org-Id", organisation);
    assertThat(next.status()).isEqualTo(403);
    assertThat(next.text("reason")).isEqualTo("not_a_member");
  }

  @Test
  void whoResumesHearsOfNothingOld() throws Exception {
    alice.push(change("milk", MILK, clock(0)).build());
    String clock = alice.pull(ZERO).clock();

    try (Stream stream = // as a browser resumes: with the address it began with
        new Stream(alice, "/lists/live?collections=items&since=" + ZERO, "Last-Event-ID", clock)) {
      assertThat(stream.await("data:", 3)).isNull();
    }
  }

  @Test
  void whoResumesHearsOfTheNextCommitOfTheSameMillisecond() throws Exception {
    String ahead = clock(200_000); // so that the commits after it are of its millisecond
    String first = alice.push(change("milk", MILK, ahead).build()).clock();
    String second = alice.push(change("bread", MILK, clock(0)).build()).clock();
    assertThat(second.substring(0, 13)).isEqualTo(first.substring(0, 13));

    try (Stream stream =
        new Stream(alice, "/lists/live?collections=items", "Last-Event-ID", first)) {
      assertThat(stream.await("id:", 20)).contains(second);
    }
  }

  @Test
  void whoBreaksOffBetweenTwoEventsResumesWithBoth() throws Exception {
    String since = alice.pull(ZERO).clock();
    alice.push(change("milk", MILK, clock(0)).build());
    alice.sync(
        Caller.body(ZERO)
            .put("collection", "others")
            .put("changes", new JsonArray(List.of(change("milk", MILK, clock(0)).build())))
            .build());
    String resumed = since;
    try (Stream stream = listen(alice, since)) {
      String line = "";
      while (!line.startsWith("data:")) { // only the first event arrives
        line = stream.await("", 20);
        assertThat(line).isNotNull();
        resumed = line.startsWith("id:") ? line.substring(3).strip() : resumed;
      }
    }

    try (Stream stream =
        new Stream(alice, "/lists/live?collections=items,others", "Last-Event-ID", resumed)) {
      List<String> told = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        told.add(stream.await("data:", 20));
      }
      assertThat(told).anyMatch(data -> data.contains("items"));
      assertThat(told).anyMatch(data -> data.contains("others"));
    }
  }

  @Test
  void aStreamWantsASessionAndAnApplication() {
    assertThat(Caller.anonymous(server).get("/lists/live?collections=items").status())
        .isEqualTo(401);
    assertThat(alice.get("/nothing/live?collections=items").status()).isEqualTo(404);
    assertThat(alice.get("/lists/live").status()).isEqualTo(400);
    assertThat(alice.get("/lists/live?collections=items&since=x").status()).isEqualTo(400);
  }
}
