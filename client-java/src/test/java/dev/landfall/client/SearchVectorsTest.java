package dev.landfall.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.client.replica.DocumentAddress;
import dev.landfall.client.replica.LeafClocks;
import dev.landfall.client.replica.Reply;
import dev.landfall.client.replica.Resync;
import dev.landfall.client.store.Binding;
import dev.landfall.client.store.LocalStore;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.query.Awkward;
import dev.landfall.engine.query.Questions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The same question finds the same on the device and on the server. */
class SearchVectorsTest {
  private static final Path FILE = Path.of("..", "conformance", "vectors", "search.json");
  private static final URI NOWHERE = URI.create("http://127.0.0.1:1");
  private static final UserId ALICE = new UserId("alice");
  private static final long START = 1_764_000_000_000L;
  private static final int DOCUMENTS = 60;
  private static final int QUESTIONS = Integer.getInteger("landfall.test.questions", 500);

  /** A device of Alice's that is told of documents, and sees no server. */
  private static Connection device(List<Reply.Told> documents) {
    Connection.Builder builder = Connection.builder(NOWHERE, "planner").liveHints(false);
    LocalStore store = LocalStore.memory();
    Binding bound = Binding.to(NOWHERE, EngineServer.PLANNER, Optional.empty(), "");
    store.bind(
        new Binding(
            bound.address(),
            bound.application(),
            bound.organisation(),
            bound.account(),
            Optional.of(ALICE),
            bound.instance(),
            bound.lost(),
            bound.epoch()));
    Connection connection = builder.store(store).connect();
    connection
        .atom("tasks", Codec.JSON)
        .done(
            new Reply(
                clock(documents.size()),
                documents,
                Map.of(),
                List.of(),
                List.of(),
                false,
                Resync.NONE,
                OptionalLong.empty(),
                List.of()),
            START);
    return connection;
  }

  private static HybridTimestamp clock(int number) {
    return new HybridTimestamp(START + number, 0, "srv.a.b");
  }

  private static Reply.Told told(DocumentAddress address, int number, JsonObject fields) {
    HybridTimestamp clock = clock(number);
    LeafClocks clocks = LeafClocks.told(fields, Map.of(), clock);
    return new Reply.Told(address, clock, Reply.Fate.LIVE, fields, clocks);
  }

  @Test
  void questionsFindWhatTheVectorsSay() throws Exception {
    for (JsonValue one : ((JsonArray) JsonText.parse(Files.readString(FILE))).values()) {
      JsonObject group = (JsonObject) one;
      List<Reply.Told> documents = new ArrayList<>();
      for (JsonValue document : list(group, "documents")) {
        JsonObject fields = (JsonObject) document;
        String key = QueryQuestions.text(Objects.requireNonNull(fields.get("_key")));
        DocumentAddress address =
            fields.get("_owner") instanceof JsonString owner && !owner.value().equals("alice")
                ? DocumentAddress.of(owner.value(), key)
                : DocumentAddress.own(key);
        documents.add(told(address, documents.size(), StoredForm.withoutProtocol(fields)));
      }
      try (Connection device = device(documents)) {
        SyncedCollection<JsonObject> tasks = device.collection("tasks", Codec.JSON);
        for (JsonValue each : list(group, "cases")) {
          JsonObject expected = (JsonObject) each;
          JsonObject question = (JsonObject) Objects.requireNonNull(expected.get("question"));
          List<JsonValue> pages = new ArrayList<>();
          List<JsonValue> results = new ArrayList<>();
          Query<JsonObject> query = QueryQuestions.of(question);
          Optional<Query<JsonObject>> next = Optional.of(query);
          while (next.isPresent()) {
            Result<JsonObject> page = tasks.find(next.get());
            List<JsonValue> names = new ArrayList<>();
            page.found().keySet().forEach(name -> names.add(new JsonString(id(name))));
            pages.add(new JsonArray(names));
            results.addAll(page.documents());
            next = page.after().map(query::after);
          }

          assertThat(new JsonArray(pages)).as("%s", question).isEqualTo(expected.get("pages"));
          if (expected.get("results") != null) {
            assertThat(new JsonArray(results))
                .as("%s", question)
                .isEqualTo(expected.get("results"));
          }
        }
      }
    }
  }

  /** The vectors call one's own documents by their keys, whatever these are. */
  private static String id(String name) {
    return name.startsWith("@@") ? name.substring(1) : name;
  }

  private static List<JsonValue> list(JsonObject object, String name) {
    return ((JsonArray) Objects.requireNonNull(object.get(name))).values();
  }

  @Test
  void anyQuestionFindsTheSameAsTheEngine() throws Exception {
    long seed = Long.getLong("landfall.test.seed", new SecureRandom().nextInt(1_000_000_000));
    System.out.println("SearchVectorsTest: -Dlandfall.test.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    Awkward awkward = new Awkward(random);
    try (EngineServer server = EngineServer.start();
        Connection device =
            Connection.builder(server.address(), "planner").token("alice").connect()) {
      SyncedCollection<JsonObject> tasks = device.collection("tasks", Codec.JSON);
      Eventually.result(tasks.atom().ready());
      Map<String, JsonObject> documents = new LinkedHashMap<>();
      for (int i = 0; documents.size() < DOCUMENTS; i++) {
        JsonObject document = StoredForm.withoutProtocol(awkward.document());
        if (!document.isEmpty()) {
          documents.put("task" + i, document);
        }
      }
      documents.forEach(
          (key, document) -> {
            Receipt unused = tasks.put(key, document); // each a change, so each has a place
          });
      Eventually.eventually(() -> tasks.atom().pending() == 0);

      for (int i = 0; i < QUESTIONS; i++) {
        JsonObject question = question(random, awkward);
        Query<JsonObject> query = QueryQuestions.of(question);

        Result<JsonObject> here = tasks.find(query);
        Result<JsonObject> there = tasks.find(query.server(true));

        assertThat(there.fromServer()).isTrue();
        assertThat(new ArrayList<>(here.found().keySet()))
            .as("seed %s: %s", seed, question)
            .isEqualTo(new ArrayList<>(there.found().keySet()));
        assertThat(here.found()).as("seed %s: %s", seed, question).isEqualTo(there.found());
      }
    }
  }

  private static JsonObject question(SplittableRandom random, Awkward awkward) {
    JsonObject.Builder question = JsonObject.builder();
    if (random.nextInt(5) > 0) {
      question.put("filter", Questions.json(awkward.filter(2)));
    }
    if (random.nextInt(4) == 0) {
      question.put(
          "text",
          JsonValues.of(List.of("creme", "mil", "a", "京", "bread m").get(random.nextInt(5))));
    }
    List<JsonValue> keys = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      keys.add(
          JsonObject.builder()
              .put("field", awkward.path().text())
              .put("dir", random.nextBoolean() ? "asc" : "desc")
              .build());
    }
    if (!keys.isEmpty()) {
      question.put("sort", new JsonArray(keys));
    }
    return question.put("limit", 1 + random.nextInt(80)).build();
  }
}
