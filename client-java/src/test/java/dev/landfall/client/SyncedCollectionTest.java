package dev.landfall.client;

import static dev.landfall.client.Eventually.eventually;
import static dev.landfall.client.Eventually.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Documents one by one, and questions that stay answered. */
class SyncedCollectionTest extends ClientTest {
  record Task(String title, boolean done, int rank) {}

  private static final Codec<Task> TASK =
      Codec.of(
          json ->
              new Task(
                  ((JsonString) json.members().get("title")).value(),
                  json.get("done") == JsonBoolean.TRUE,
                  json.get("rank") instanceof JsonNumber rank ? rank.value().intValueExact() : 0),
          task ->
              JsonObject.builder()
                  .put("title", task.title())
                  .put("done", task.done())
                  .put("rank", task.rank())
                  .build());
  private static final Task MILK = new Task("Milk", false, 1);
  private static final Task BREAD = new Task("Bread", true, 2);

  private SyncedCollection<Task> tasks(Place place, String device) {
    return connect(as("alice").store(store(place, device))).collection("tasks", TASK);
  }

  /** Everything a publisher has said. */
  private static final class Listener<V> implements Flow.Subscriber<V> {
    final List<V> heard = new CopyOnWriteArrayList<>();
    volatile Flow.@Nullable Subscription subscription;

    static <V> Listener<V> to(Flow.Publisher<V> publisher) {
      Listener<V> listener = new Listener<>();
      publisher.subscribe(listener);
      return listener;
    }

    @Override
    public void onSubscribe(Flow.Subscription line) {
      subscription = line;
      line.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(V value) {
      heard.add(value);
    }

    @Override
    public void onError(Throwable problem) {
      throw new AssertionError(problem);
    }

    @Override
    public void onComplete() {
      subscription = null;
    }

    V last() {
      return heard.get(heard.size() - 1);
    }
  }

  @Test
  void whatIsPutIsThereAndReachesOtherDevices() throws Exception {
    SyncedCollection<Task> phone = tasks(Place.FILE, "phone");
    SyncedCollection<Task> laptop = tasks(Place.HEAP, "laptop");

    Receipt receipt = phone.put(MILK);

    assertThat(receipt.whenSaved()).isCompleted();
    assertThat(phone.get(receipt.name())).contains(MILK);
    result(receipt.whenSynced());
    eventually(() -> laptop.get(receipt.name()).isPresent());
    assertThat(laptop.get(receipt.name())).contains(MILK);
  }

  @Test
  void keysThatAreMadeSortByTime() {
    SyncedCollection<Task> tasks = tasks(Place.HEAP, "phone");
    List<String> keys = new ArrayList<>();

    for (int i = 0; i < 100; i++) {
      keys.add(tasks.put(MILK).name());
    }

    assertThat(keys).isSorted().doesNotHaveDuplicates();
    assertThat(UUID.fromString(keys.get(0)).version()).isEqualTo(7);
  }

  @Test
  void aPatchChangesItsFieldsAndNoOthers() throws Exception {
    Connection connection = connect(as("alice").store(store(Place.HEAP, "phone")));
    SyncedCollection<JsonObject> tasks = connection.collection("tasks", Codec.JSON);
    tasks.put("milk", json("{\"title\":\"Milk\",\"at\":{\"shop\":\"A\",\"row\":1},\"n\":1}"));

    tasks.patch("milk", Patch.set("at.row", 2).and("done", true).andRemove("n"));

    assertThat(tasks.get("milk"))
        .contains(json("{\"title\":\"Milk\",\"at\":{\"shop\":\"A\",\"row\":2},\"done\":true}"));
    assertThatThrownBy(() -> Patch.set("_rev", 1)).isInstanceOf(IllegalArgumentException.class);
  }

  private static JsonObject json(String text) throws Exception {
    return (JsonObject) dev.landfall.api.json.JsonText.parse(text);
  }

  @Test
  void fieldsThatTheApplicationDoesNotKnowStay() throws Exception {
    SyncedCollection<JsonObject> raw =
        connect(as("alice").store(store(Place.HEAP, "laptop"))).collection("tasks", Codec.JSON);
    result(
        raw.put("milk", json("{\"title\":\"Milk\",\"done\":false,\"rank\":1,\"colour\":\"red\"}"))
            .whenSynced());
    SyncedCollection<Task> tasks = tasks(Place.HEAP, "phone");
    eventually(() -> tasks.get("milk").isPresent());

    result(tasks.put("milk", new Task("Oat milk", false, 1)).whenSynced());

    eventually(
        () ->
            raw.get("milk")
                .map(JsonObject::members)
                .filter(all -> all.containsValue((JsonValue) new JsonString("Oat milk")))
                .isPresent());
    assertThat(raw.get("milk").orElseThrow().get("colour")).isEqualTo(new JsonString("red"));
  }

  @Test
  void severalChangesHappenTogetherOrNotAtAll() {
    SyncedCollection<Task> tasks = tasks(Place.HEAP, "phone");
    tasks.put("milk", MILK);

    assertThatThrownBy(
            () ->
                tasks.bulk(
                    changes -> {
                      changes.remove("milk");
                      changes.update("bread", bread -> bread);
                    }))
        .isInstanceOf(NoSuchElementException.class);
    Receipt receipt =
        tasks.bulk(
            changes -> {
              changes.put("bread", BREAD);
              changes.update("bread", bread -> new Task(bread.title(), bread.done(), 7));
              changes.remove("milk");
            });

    assertThat(tasks.get("milk")).isEmpty();
    assertThat(tasks.get("bread")).contains(new Task("Bread", true, 7));
    assertThat(receipt.names()).containsExactlyInAnyOrder("bread", "milk");
  }

  @Test
  void theLastChangeIsTakenBackAndMadeAgain() {
    SyncedCollection<Task> tasks = tasks(Place.HEAP, "phone");
    tasks.put("milk", MILK);
    tasks.update("milk", milk -> new Task("Oat milk", milk.done(), milk.rank()));

    assertThat(tasks.undo("milk")).isPresent();
    assertThat(tasks.get("milk")).contains(MILK);
    assertThat(tasks.undo("milk")).isPresent();
    assertThat(tasks.get("milk")).contains(new Task("Oat milk", false, 1));
    tasks.remove("milk");
    assertThat(tasks.undo("milk")).isPresent();
    assertThat(tasks.get("milk")).contains(new Task("Oat milk", false, 1));
    assertThat(tasks.undo("bread")).isEmpty();
  }

  @Test
  void aQueryIsPutByTheMethodsOfADocument() {
    SyncedCollection<Task> tasks = tasks(Place.HEAP, "phone");
    tasks.put("milk", MILK);
    tasks.put("bread", BREAD);
    tasks.put("salt", new Task("Salt", false, 3));

    Query<Task> open = tasks.where(Task::done).eq(false).orderByDescending(Task::rank);

    assertThat(tasks.find(open).found().keySet()).containsExactly("salt", "milk");
    assertThat(tasks.first(open).orElseThrow().title()).isEqualTo("Salt");
    assertThat(tasks.count(open)).isEqualTo(2);
    assertThat(tasks.find(open.and("rank").lt(3)).found().keySet()).containsExactly("milk");
    assertThat(tasks.find(tasks.all().text("sal")).found().keySet()).containsExactly("salt");
    assertThatThrownBy(() -> tasks.where((Task task) -> task.title()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Task::title");
  }

  @Test
  void aResultSaysWhereTheNextOneBegins() {
    SyncedCollection<Task> tasks = tasks(Place.HEAP, "phone");
    for (int i = 0; i < 5; i++) {
      tasks.put("task" + i, new Task("t", false, i));
    }
    Query<Task> two = tasks.all().orderBy("rank").limit(2);

    Result<Task> first = tasks.find(two);
    tasks.remove("task1"); // where the first one ended
    Result<Task> second = tasks.find(two.after(first.after().orElseThrow()));
    Result<Task> third = tasks.find(two.after(second.after().orElseThrow()));

    assertThat(first.total()).isEqualTo(5);
    assertThat(second.found().keySet()).containsExactly("task2", "task3");
    assertThat(third.found().keySet()).containsExactly("task4");
    assertThat(third.after()).isEmpty();
    assertThatThrownBy(() -> tasks.find(two.after("x")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aWatchedResultTellsWhatIsPendingAndKeepsWhatIsTheSame() throws Exception {
    server.isDown.set(1_000_000);
    SyncedCollection<Task> tasks = tasks(Place.HEAP, "phone");
    tasks.put("milk", MILK);
    Listener<Result<Task>> open = Listener.to(tasks.watch(tasks.where(Task::done).eq(false)));
    eventually(() -> !open.heard.isEmpty());
    Task shown = open.last().found().get("milk");

    tasks.put("bread", BREAD); // is not among them
    tasks.put("salt", new Task("Salt", false, 3));

    eventually(() -> open.last().found().size() == 2);
    assertThat(open.last().pending()).containsExactlyInAnyOrder("milk", "salt");
    assertThat(open.last().found().get("milk")).isSameAs(shown);
    server.isDown.set(0);
    eventually(() -> open.last().pending().isEmpty());
    assertThat(open.last().total()).isEqualTo(2);
  }

  @Test
  void aWatchedResultAlwaysEqualsTheQueryAskedAfresh() throws Exception {
    long seed = new SecureRandom().nextInt(1_000_000_000);
    System.out.println("SyncedCollectionTest: watched results from seed " + seed);
    Random random = new Random(seed);
    SyncedCollection<Task> phone = tasks(Place.HEAP, "phone");
    SyncedCollection<Task> laptop = tasks(Place.HEAP, "laptop");
    List<Query<Task>> queries =
        List.of(
            phone.all(),
            phone.where(Task::done).eq(true),
            phone.where("rank").gt(3).orderBy("title").limit(3),
            phone.all().text("mi").orderByDescending("rank").orderBy("_key").limit(5));
    List<Listener<Result<Task>>> listeners =
        queries.stream().map(query -> Listener.to(phone.watch(query))).toList();

    for (int i = 0; i < 400; i++) {
      SyncedCollection<Task> one = random.nextBoolean() ? phone : laptop;
      String key = "task" + random.nextInt(12);
      if (random.nextInt(5) == 0) {
        one.remove(key);
      } else {
        String title = List.of("milk", "bread", "mint", "salt").get(random.nextInt(4));
        one.put(key, new Task(title, random.nextBoolean(), random.nextInt(8)));
      }
    }
    eventually(() -> phone.atom().pending() == 0 && laptop.atom().pending() == 0);
    eventually(() -> phone.atom().deref().equals(laptop.atom().deref()));

    for (int i = 0; i < queries.size(); i++) {
      Query<Task> query = queries.get(i);
      Listener<Result<Task>> listener = listeners.get(i);
      eventually(() -> listener.last().equals(phone.find(query)));
      assertThat(new ArrayList<>(listener.last().found().keySet()))
          .as("seed %s, %s", seed, query)
          .isEqualTo(new ArrayList<>(phone.find(query).found().keySet()));
    }
  }

  @Test
  void theServerIsAskedAndThisDeviceIfItCannotBe() throws Exception {
    SyncedCollection<Task> tasks = tasks(Place.HEAP, "phone");
    result(tasks.put("milk", MILK).whenSynced());

    assertThat(tasks.find(tasks.all().server(true)).fromServer()).isTrue();
    server.close();
    Result<Task> here = tasks.find(tasks.all().server(true));

    assertThat(here.fromServer()).isFalse();
    assertThat(here.found().keySet()).containsExactly("milk");
  }

  @Test
  void whoDoesNotListenAnyMoreCostsNothing() throws Exception {
    SyncedCollection<Task> tasks = tasks(Place.HEAP, "phone");
    Listener<Result<Task>> listener = Listener.to(tasks.watch(tasks.all()));
    eventually(() -> !listener.heard.isEmpty());

    Flow.Subscription line = listener.subscription;
    assertThat(line).isNotNull();
    line.cancel();
    tasks.put("milk", MILK);

    assertThat(tasks.atom().followers()).isZero();
    assertThat(listener.last().found()).isEmpty();
  }
}
