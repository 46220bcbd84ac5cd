package dev.landfall.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Data to look at: three people, an organisation, documents that are shared, conflicts, devices and
 * an invitation. A client like any other makes them, over HTTP, on a server in memory that has
 * nothing else.
 */
public final class Demo {
  private static final String ZERO = "0000000000000-000000-00000000";
  private static final int ATTEMPTS = 600;
  private static final Pattern MEMBER = Pattern.compile("\"%s\":\"([^\"]*)\"");

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final URI server;

  /** Fills the server at {@code server}. */
  public Demo(URI server) {
    this.server = server;
  }

  /** Somebody who is signed in. */
  private record Person(String id, String token) {}

  /**
   * What keeps a demo from starting: it has a store of its own and no other.
   *
   * @param setting a setting by its key, null if it is not set
   */
  static List<String> obstacles(Function<String, @Nullable String> setting) {
    List<String> obstacles = new ArrayList<>();
    for (String key : List.of("landfall.store", "landfall.sqlite.file", "landfall.mongo.uri")) {
      String given = setting.apply(key);
      if (given != null && !(key.equals("landfall.store") && given.equals("memory"))) {
        obstacles.add(key + ": the demo runs in memory and touches no other store; leave it out");
      }
    }
    String applications = setting.apply("landfall.applications.file");
    if (applications != null) {
      obstacles.add("landfall.applications.file: the demo has the applications of the example");
    }
    return obstacles;
  }

  /** Waits until the server is ready, fills it and says how to look at it. */
  public void run(PrintStream out) throws IOException, InterruptedException {
    awaitReady();
    fill();
    out.println(
        """

        The demo is ready. Everything is in memory and gone when the server stops.
          The API: %1$s/openapi/ui/
          Sign in without a password, as Alice, Bob or Carol:
            curl -s %1$s/auth/dev -H 'Content-Type: application/json' -d '{"name":"Alice","email":"alice@example.org"}'
          Alice administers the organisation "Demo Choir"; Bob and Carol are in it.
          There are conflicts in todo/tasks ("concert"), documents given to Bob, a link, and an open invitation."""
            .formatted(server));
  }

  private void awaitReady() throws IOException, InterruptedException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        HttpRequest ready = HttpRequest.newBuilder(server.resolve("/health/ready")).build();
        if (client.send(ready, BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // it does not listen yet
      }
      Thread.sleep(200);
    }
    throw new IOException("the server at " + server + " does not get ready");
  }

  /**
   * Makes the data.
   *
   * @throws IOException if the server refuses something, or somebody of these people has documents
   *     already
   */
  public void fill() throws IOException, InterruptedException {
    Person alice = signIn("Alice");
    Person bob = signIn("Bob");
    Person carol = signIn("Carol");
    for (Person person : List.of(alice, bob, carol)) {
      if (!pull(person, "todo", "tasks").contains("\"serverChanges\":[]")) {
        throw new IOException("the store holds something: the demo leaves it as it is");
      }
    }
    profiles(alice, bob, carol);
    String choir = organisation(alice, bob, carol);
    tasks(alice, bob);
    shopping(alice, bob);
    push(
        carol,
        "",
        "planner",
        "events",
        "tablet",
        change("rehearsal", "{\"title\":\"Rehearsal\",\"day\":\"Tuesday\"}", ZERO, "tablet"));
    push(
        alice,
        choir,
        "todo",
        "tasks",
        "laptop",
        change("hall", "{\"title\":\"Book the hall\",\"priority\":7}", ZERO, "laptop"));
    push(
        bob,
        choir,
        "todo",
        "tasks",
        "phone",
        change("scores", "{\"title\":\"Copy the scores\",\"priority\":4}", ZERO, "phone"));
    post(alice, "", "/orgs/" + choir + "/invitations", "{\"email\":\"dora@example.org\"}");
  }

  private Person signIn(String name) throws IOException, InterruptedException {
    String answer =
        send(
            HttpRequest.newBuilder(server.resolve("/auth/dev"))
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofString(
                        "{\"name\":\"%s\",\"email\":\"%s@example.org\"}"
                            .formatted(name, name.toLowerCase(Locale.ROOT)))));
    return new Person(member(answer, "userId"), member(answer, "token"));
  }

  private void profiles(Person... people) throws IOException, InterruptedException {
    for (Person person : people) {
      request(person, "", "PATCH", "/account/profile", "{\"findable\":\"email\"}");
    }
  }

  private String organisation(Person admin, Person... members)
      throws IOException, InterruptedException {
    String id = member(post(admin, "", "/orgs", "{\"name\":\"Demo Choir\"}"), "orgId");
    for (Person one : members) {
      post(admin, "", "/orgs/" + id + "/members", "{\"userId\":\"" + one.id() + "\"}");
    }
    return id;
  }

  /** Tasks of which one has been changed on two devices at once, and one is gone. */
  private void tasks(Person alice, Person bob) throws IOException, InterruptedException {
    String made =
        push(
            alice,
            "",
            "todo",
            "tasks",
            "laptop",
            change(
                "concert",
                "{\"title\":\"Concert\",\"notes\":\"Church, 8 pm\",\"priority\":3,"
                    + "\"tags\":[\"choir\"]}",
                ZERO,
                "laptop"),
            change("taxes", "{\"title\":\"Taxes\",\"done\":false,\"priority\":9}", ZERO, "laptop"),
            change("old", "{\"title\":\"Old\"}", ZERO, "laptop"));
    String base = member(made, "serverClock");
    push(
        alice,
        "",
        "todo",
        "tasks",
        "phone",
        change(
            "concert",
            "{\"title\":\"Christmas concert\",\"notes\":\"Church, 8 pm\",\"priority\":5,"
                + "\"tags\":[\"choir\",\"december\"]}",
            base,
            "phone"));
    push(
        alice,
        "",
        "todo",
        "tasks",
        "laptop",
        change(
            "concert",
            "{\"title\":\"Concert with orchestra\",\"notes\":\"Church, 8 pm\\nBring stands\","
                + "\"priority\":8,\"tags\":[\"choir\",\"orchestra\"]}",
            base,
            "laptop"),
        "{\"key\":\"old\",\"deleted\":true,\"baseClock\":\"%s\",\"fieldRevs\":{\"\":\"%s\"}}"
            .formatted(base, clock("laptop")));
    request(
        alice,
        "",
        "PATCH",
        "/docIndex/todo/concert?collection=tasks",
        "{\"visibility\":\"shared\",\"sharedWith\":[{\"userId\":\"%s\",\"app\":\"todo\",\"access\":\"write\"}]}"
            .formatted(bob.id()));
    post(alice, "", "/docIndex/todo/taxes/shareToken?collection=tasks", "{\"redeem\":true}");
  }

  private void shopping(Person alice, Person bob) throws IOException, InterruptedException {
    push(
        alice,
        "",
        "shopping-list",
        "items",
        "phone",
        change("milk", "{\"name\":\"Milk\",\"amount\":2,\"shops\":[\"market\"]}", ZERO, "phone"),
        change("bread", "{\"name\":\"Bread\",\"amount\":1}", ZERO, "phone"));
    request(
        alice,
        "",
        "PATCH",
        "/docIndex/shopping-list/milk?collection=items",
        "{\"visibility\":\"shared\",\"sharedWith\":[{\"userId\":\"%s\",\"app\":\"shopping-list\"}]}"
            .formatted(bob.id()));
    push(bob, "", "shopping-list", "items", "phone");
  }

  private static String clock(String node) {
    return "%013x-000000-%s".formatted(System.currentTimeMillis(), node);
  }

  /** A change of all its fields. */
  private static String change(String key, String document, String base, String device) {
    StringBuilder stamps = new StringBuilder();
    Matcher names = Pattern.compile("[{,]\"([a-z]+)\":").matcher(document);
    while (names.find()) {
      stamps.append(stamps.isEmpty() ? "" : ",");
      stamps.append('"').append(names.group(1)).append("\":\"").append(clock(device)).append('"');
    }
    return "{\"key\":\"%s\",\"doc\":%s,\"baseClock\":\"%s\",\"fieldRevs\":{%s}}"
        .formatted(key, document, base, stamps);
  }

  private String push(
      Person person,
      String organisation,
      String application,
      String collection,
      String device,
      String... changes)
      throws IOException, InterruptedException {
    return post(
        person,
        organisation,
        "/" + application + "/sync",
        ("{\"collection\":\"%s\",\"clientClock\":\"%s\",\"changes\":[%s],"
                + "\"device\":{\"id\":\"demo-%s\",\"name\":\"My %4$s\",\"platform\":\"Demo\"}}")
            .formatted(collection, ZERO, String.join(",", changes), device));
  }

  private String pull(Person person, String application, String collection)
      throws IOException, InterruptedException {
    return post(
        person,
        "",
        "/" + application + "/sync",
        "{\"collection\":\"%s\",\"clientClock\":\"%s\",\"device\":{\"id\":\"demo-laptop\"}}"
            .formatted(collection, ZERO));
  }

  private String post(Person person, String organisation, String path, String body)
      throws IOException, InterruptedException {
    return request(person, organisation, "POST", path, body);
  }

  private String request(
      Person person, String organisation, String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.resolve(path))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + person.token())
            .method(method, BodyPublishers.ofString(body));
    if (!organisation.isEmpty()) {
      request.header("X-Org-Id", organisation);
    }
    return send(request);
  }

  private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpRequest made = request.timeout(Duration.ofSeconds(60)).build();
    HttpResponse<String> answer = client.send(made, BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2) {
      throw new IOException(
          made.method()
              + " "
              + made.uri().getPath()
              + " was answered with "
              + answer.statusCode()
              + ": "
              + answer.body());
    }
    return answer.body();
  }

  private static String member(String json, String name) throws IOException {
    Matcher found = Pattern.compile(MEMBER.pattern().formatted(name)).matcher(json);
    if (!found.find()) {
      throw new IOException("an answer lacks " + name);
    }
    return found.group(1);
  }
}
