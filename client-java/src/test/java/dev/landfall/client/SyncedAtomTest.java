package dev.landfall.client;

import static dev.landfall.client.Eventually.eventually;
import static dev.landfall.client.Eventually.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.client.replica.DocumentAddress;
import dev.landfall.client.replica.Replica;
import dev.landfall.client.replica.ResolvedConflict;
import dev.landfall.client.replica.Step;
import dev.landfall.client.store.Binding;
import dev.landfall.client.store.LocalStore;
import dev.landfall.client.store.LocalStoreException;
import dev.landfall.engine.document.Grant;
import dev.landfall.engine.document.Visibility;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client as an application sees it, against the engine behind HTTP. */
class SyncedAtomTest {
  private static final Duration OFTEN = Duration.ofMillis(100);
  private static final Duration NEVER = Duration.ofDays(1);
  private static final UserId ALICE = new UserId("alice");
  private static final UserId BOB = new UserId("bob");

  @TempDir Path folder;
  private EngineServer server;
  private final List<Landfall> open = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    server = EngineServer.start();
  }

  @AfterEach
  void stop() {
    open.forEach(Landfall::close);
    server.close();
  }

  private Landfall.Opening as(String token) {
    return Landfall.open(server.address(), "planner").token(token).interval(OFTEN);
  }

  private Landfall connect(Landfall.Opening opening) {
    Landfall connection = opening.connect();
    open.add(connection);
    return connection;
  }

  private SyncedAtom<JsonObject> tasks(Landfall.Opening opening) {
    return connect(opening).atom("tasks", Codec.JSON);
  }

  private static JsonObject task(String title) {
    return JsonObject.builder().put("title", title).put("done", false).build();
  }

  private static UnaryOperator<Map<String, JsonObject>> put(String name, JsonObject document) {
    return before -> {
      Map<String, JsonObject> after = new LinkedHashMap<>(before);
      after.put(name, document);
      return after;
    };
  }

  private static UnaryOperator<Map<String, JsonObject>> remove(String name) {
    return before -> {
      Map<String, JsonObject> after = new LinkedHashMap<>(before);
      after.remove(name);
      return after;
    };
  }

  private static UnaryOperator<Map<String, JsonObject>> title(String name, String title) {
    return before -> {
      Map<String, dev.landfall.api.json.JsonValue> fields =
          new LinkedHashMap<>(before.get(name).members());
      fields.put("title", new JsonString(title));
      return put(name, JsonObject.of(fields)).apply(before);
    };
  }

  @Test
  void whatOneDeviceWritesAnotherReads() throws Exception {
    SyncedAtom<JsonObject> phone = tasks(as("alice"));
    SyncedAtom<JsonObject> laptop = tasks(as("alice"));

    result(phone.swap(put("milk", task("Milk"))).whenSynced());

    eventually(() -> task("Milk").equals(laptop.deref().get("milk")));
    assertThat(phone.pending()).isZero();
    assertThat(phone.lastSync()).isPresent();
    result(laptop.ready());
  }

  @Test
  void aHintBringsNewsLongBeforeTheInterval() throws Exception {
    SyncedAtom<JsonObject> laptop = tasks(as("alice").interval(NEVER));
    result(laptop.ready());
    SyncedAtom<JsonObject> phone = tasks(as("alice").interval(NEVER));

    phone.swap(put("milk", task("Milk")));

    eventually(() -> laptop.deref().containsKey("milk"));
  }

  @Test
  void withoutHintsTheIntervalBringsNews() throws Exception {
    server.live = false;
    SyncedAtom<JsonObject> laptop = tasks(as("alice"));
    result(laptop.ready());

    tasks(as("alice").liveHints(false)).swap(put("milk", task("Milk")));

    eventually(() -> laptop.deref().containsKey("milk"));
  }

  @Test
  void editsMadeOfflineOnTwoDevicesMeetFieldByField() throws Exception {
    SyncedAtom<JsonObject> phone = tasks(as("alice"));
    SyncedAtom<JsonObject> laptop = tasks(as("alice"));
    result(phone.swap(put("milk", task("Milk"))).whenSynced());
    eventually(() -> laptop.deref().containsKey("milk"));
    server.isDown.set(Integer.MAX_VALUE);

    phone.swap(title("milk", "Oat milk"));
    laptop.swap(put("milk", JsonObject.builder().put("title", "Milk").put("done", true).build()));
    eventually(() -> phone.status() == Status.OFFLINE && laptop.status() == Status.OFFLINE);
    server.isDown.set(0);

    JsonObject both = JsonObject.builder().put("title", "Oat milk").put("done", true).build();
    eventually(
        () -> both.equals(phone.deref().get("milk")) && both.equals(laptop.deref().get("milk")));
  }

  @Test
  void anEditMadeWhileARequestIsOnItsWayIsKeptAndSent() throws Exception {
    SyncedAtom<JsonObject> phone = tasks(as("alice"));
    result(phone.ready());
    AtomicBoolean once = new AtomicBoolean(true);
    server.before =
        () -> {
          if (phone.pending() > 0 && once.getAndSet(false)) {
            phone.swap(title("milk", "Oat milk"));
          }
        };

    result(phone.swap(put("milk", task("Milk"))).whenSynced());

    eventually(() -> phone.pending() == 0);
    assertThat(phone.deref().get("milk")).isEqualTo(task("Oat milk"));
    SyncedAtom<JsonObject> laptop = tasks(as("alice"));
    eventually(() -> task("Oat milk").equals(laptop.deref().get("milk")));
  }

  @Test
  void aLostAnswerChangesNothingTwice() throws Exception {
    SyncedAtom<JsonObject> phone = tasks(as("alice").liveHints(false));
    result(phone.ready());
    server.losesAnswers.set(2);

    result(phone.swap(put("milk", task("Milk"))).whenSynced());

    assertThat(server.changes.get()).isGreaterThan(1);
    assertThat(versions("milk")).isEqualTo(1);
  }

  private int versions(String key) {
    return server
        .engine()
        .history(
            EngineServer.PLANNER,
            ALICE,
            ALICE,
            new DocumentId(ALICE, new CollectionName("tasks"), new DocumentKey(key)),
            Optional.empty(),
            100)
        .versions()
        .size();
  }

  @Test
  void aClockThatIsWrongByHoursIsCorrected() throws Exception {
    SyncedAtom<JsonObject> ahead =
        tasks(as("alice").clock(() -> Instant.now().plus(Duration.ofHours(5))));
    SyncedAtom<JsonObject> right = tasks(as("alice"));

    result(ahead.swap(put("milk", task("Milk"))).whenSynced());
    eventually(() -> right.deref().containsKey("milk"));
    result(right.swap(title("milk", "Oat milk")).whenSynced());

    eventually(() -> task("Oat milk").equals(ahead.deref().get("milk")));
    result(ahead.swap(remove("milk")).whenSynced());
    eventually(() -> right.deref().isEmpty());
  }

  @Test
  void aTokenThatIsNotAcceptedIsAskedForAgain() throws Exception {
    server.expired.add("alice-old");
    AtomicInteger asked = new AtomicInteger();
    SyncedAtom<JsonObject> phone =
        tasks(
            as("alice-old")
                .onUnauthorized(
                    () -> {
                      asked.incrementAndGet();
                      return CompletableFuture.completedFuture("alice-new");
                    }));

    result(phone.swap(put("milk", task("Milk"))).whenSynced());

    assertThat(asked.get()).isEqualTo(1);
  }

  @Test
  void withoutATokenItWaitsForTheUserToSignIn() throws Exception {
    server.expired.add("alice-old");
    Landfall connection = connect(as("alice-old"));
    SyncedAtom<JsonObject> phone = connection.atom("tasks", Codec.JSON);
    Receipt receipt = phone.swap(put("milk", task("Milk")));
    eventually(() -> phone.status() == Status.UNAUTHORIZED);
    assertThat(receipt.whenSynced()).isNotDone();

    connection.signIn("alice-new");

    result(receipt.whenSynced());
  }

  @Test
  void aFresherTokenIsUsedAndTold() throws Exception {
    server.fresherToken = Optional.of("alice-fresh");
    List<String> told = new CopyOnWriteArrayList<>();
    SyncedAtom<JsonObject> phone = tasks(as("alice-old").onFreshToken(told::add));
    result(phone.ready());
    eventually(() -> told.contains("alice-fresh"));

    server.expired.add("alice-old");

    result(phone.swap(put("milk", task("Milk"))).whenSynced());
  }

  @Test
  void aRefusedChangeWaitsInTheInboxAndTheOthersGoThrough() throws Exception {
    SyncedAtom<JsonObject> phone = connect(as("alice")).atom("strict", Codec.JSON);
    JsonObject wrong = JsonObject.builder().put("title", 5).build();
    result(phone.ready());

    Receipt bad = phone.swap(put("bread", wrong));
    Receipt good = phone.swap(put("milk", task("Milk")));

    result(good.whenSynced());
    assertThatThrownBy(() -> result(bad.whenSynced()))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(ChangeRefusedException.class);
    assertThat(phone.deref()).containsOnlyKeys("milk");
    RefusedChange refused = phone.inbox().get(0);
    assertThat(refused.name()).isEqualTo("bread");
    assertThat(refused.code()).isEqualTo("bad_request");
    assertThat(refused.document()).contains(wrong);
    refused.drop();
    assertThat(phone.inbox()).isEmpty();
    assertThatThrownBy(refused::retry).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void withoutRoomEverythingStaysPendingAndTheServerIsLeftAlone() throws Exception {
    server.close();
    server = EngineServer.withRoomFor(2);
    Landfall connection = connect(as("alice"));
    SyncedAtom<JsonObject> phone = connection.atom("tasks", Codec.JSON);
    result(phone.swap(put("milk", task("Milk"))).whenSynced());
    result(phone.swap(put("eggs", task("Eggs"))).whenSynced());
    assertThat(phone.problem()).isEmpty();

    Receipt receipt = phone.swap(put("bread", task("Bread")));
    eventually(() -> phone.status() == Status.ERROR);

    assertThat(phone.problem().map(Problem::code)).contains("quota_exceeded");
    assertThat(phone.problem().orElseThrow().message()).contains("more than 2 documents");
    SyncedAtom<JsonObject> laptop = tasks(as("bob"));
    for (int i = 0; i < 10; i++) { // each is a hint for Alice, too
      phone.swap(title("bread", "Bread " + i));
      result(laptop.swap(put("tea", task("Tea " + i))).whenSynced());
    }
    assertThat(server.withoutRoom).hasValue(1);
    assertThat(phone.pending()).isEqualTo(1);
    assertThat(phone.inbox()).isEmpty();
    assertThat(receipt.whenSynced()).isNotDone();

    phone.swap(remove("milk"));
    connection.syncNow();

    result(receipt.whenSynced());
    eventually(() -> phone.status() == Status.IDLE);
    assertThat(phone.problem()).isEmpty();
    assertThat(phone.deref()).containsOnlyKeys("eggs", "bread");
  }

  @Test
  void withoutRoomWhatOthersWriteArrivesAllTheSame() throws Exception {
    server.close();
    server = EngineServer.withRoomFor(2);
    SyncedAtom<JsonObject> laptop = tasks(as("alice"));
    result(laptop.swap(put("milk", task("Milk"))).whenSynced());
    result(laptop.swap(put("eggs", task("Eggs"))).whenSynced());
    Landfall connection = connect(as("alice").interval(NEVER).liveHints(false));
    SyncedAtom<JsonObject> phone = connection.atom("tasks", Codec.JSON);
    result(phone.ready());
    result(laptop.swap(remove("milk").andThen(title("eggs", "Six eggs"))::apply).whenSynced());
    result(laptop.swap(put("tea", task("Tea"))).whenSynced());

    phone.swap(title("milk", "Oat milk").andThen(put("bread", task("Bread")))::apply);
    eventually(() -> phone.status() == Status.ERROR);

    assertThat(phone.deref())
        .containsEntry("eggs", task("Six eggs"))
        .containsEntry("milk", task("Oat milk"))
        .containsOnlyKeys("milk", "eggs", "tea", "bread");
    laptop.swap(remove("eggs").andThen(remove("tea"))::apply);
    eventually(() -> laptop.pending() == 0);
    connection.syncNow();
    eventually(() -> phone.pending() == 0);
    assertThat(phone.deref())
        .containsOnly(Map.entry("milk", task("Oat milk")), Map.entry("bread", task("Bread")));
  }

  @Test
  void aDocumentThatIsTooLargeDoesNotHoldUpTheOthers() throws Exception {
    SyncedAtom<JsonObject> phone = tasks(as("alice"));
    result(phone.ready());
    Map<String, JsonObject> many = new LinkedHashMap<>();
    for (int i = 0; i < 9; i++) {
      many.put("task-" + i, task("Task " + i));
    }
    many.put("huge", task("x".repeat(1_100_000)));

    phone.reset(many);

    eventually(() -> phone.pending() == 0);
    assertThat(phone.deref()).hasSize(9).doesNotContainKey("huge");
    assertThat(phone.inbox()).extracting(RefusedChange::name).containsExactly("huge");
  }

  @Test
  void anOwnAndAForeignDocumentOfOneKeyAreBothThere() throws Exception {
    SyncedAtom<JsonObject> alice = tasks(as("alice"));
    SyncedAtom<JsonObject> bob = tasks(as("bob"));
    result(alice.swap(put("plan", task("Alice's"))).whenSynced());
    result(bob.swap(put("plan", task("Bob's"))).whenSynced());

    share("plan", true);

    eventually(() -> bob.deref().size() == 2);
    assertThat(bob.deref()).containsEntry("plan", task("Bob's"));
    assertThat(bob.deref()).containsEntry("@alice/plan", task("Alice's"));
    result(bob.swap(title("@alice/plan", "Ours")).whenSynced());
    eventually(() -> task("Ours").equals(alice.deref().get("plan")));
    assertThat(bob.deref()).containsEntry("plan", task("Bob's"));
  }

  private void share(String key, boolean writes) {
    server
        .engine()
        .share(
            EngineServer.PLANNER,
            ALICE,
            ALICE,
            new DocumentId(ALICE, new CollectionName("tasks"), new DocumentKey(key)),
            sharing ->
                sharing
                    .withVisibility(Visibility.SHARED, Optional.empty())
                    .with(new Grant(BOB, EngineServer.PLANNER, writes)));
  }

  private void unshare(String key) {
    server
        .engine()
        .share(
            EngineServer.PLANNER,
            ALICE,
            ALICE,
            new DocumentId(ALICE, new CollectionName("tasks"), new DocumentKey(key)),
            sharing -> sharing.without(BOB, EngineServer.PLANNER));
  }

  @Test
  void aChangeOfADocumentThatMayOnlyBeReadIsRefusedAndCanBeKept() throws Exception {
    SyncedAtom<JsonObject> alice = tasks(as("alice"));
    SyncedAtom<JsonObject> bob = tasks(as("bob"));
    result(alice.swap(put("plan", task("Alice's"))).whenSynced());
    share("plan", false);
    eventually(() -> bob.deref().containsKey("@alice/plan"));

    bob.swap(title("@alice/plan", "Mine"));

    eventually(() -> !bob.inbox().isEmpty());
    assertThat(bob.inbox().get(0).code()).isEqualTo("read_only");
    eventually(() -> task("Alice's").equals(bob.deref().get("@alice/plan")));
    assertThat(bob.inbox().get(0).copyToOwn()).isEqualTo("plan");
    assertThat(bob.deref()).containsEntry("plan", task("Mine"));
    assertThat(bob.inbox()).isEmpty();
  }

  @Test
  void unsentEditsOfADocumentThatIsTakenAwayGoToTheInbox() throws Exception {
    SyncedAtom<JsonObject> alice = tasks(as("alice"));
    SyncedAtom<JsonObject> bob = tasks(as("bob"));
    result(alice.swap(put("plan", task("Alice's"))).whenSynced());
    share("plan", true);
    eventually(() -> bob.deref().containsKey("@alice/plan"));
    server.isDown.set(Integer.MAX_VALUE);

    bob.swap(title("@alice/plan", "Late"));
    unshare("plan");
    server.isDown.set(0);

    eventually(() -> !bob.inbox().isEmpty() && bob.deref().isEmpty());
    assertThat(bob.inbox().get(0).code()).isEqualTo("revoked");
    assertThat(bob.inbox().get(0).document()).contains(task("Late"));
    eventually(() -> alice.deref().get("plan").equals(task("Alice's")));
  }

  @Test
  void conflictsAreTold() throws Exception {
    SyncedAtom<JsonObject> phone = tasks(as("alice").liveHints(false));
    SyncedAtom<JsonObject> laptop = tasks(as("alice").liveHints(false));
    result(phone.swap(put("milk", JsonObject.builder().put("n", 1).build())).whenSynced());
    eventually(() -> laptop.deref().containsKey("milk"));
    List<ResolvedConflict> conflicts = new CopyOnWriteArrayList<>();
    phone.onConflict(conflicts::add);
    laptop.onConflict(conflicts::add);
    server.isDown.set(Integer.MAX_VALUE);

    phone.swap(put("milk", JsonObject.builder().put("n", 2).build()));
    laptop.swap(put("milk", JsonObject.builder().put("n", 3).build()));
    eventually(() -> phone.status() == Status.OFFLINE && laptop.status() == Status.OFFLINE);
    server.isDown.set(0);

    eventually(() -> !conflicts.isEmpty());
    assertThat(conflicts.get(0).field()).isEqualTo("n");
    eventually(() -> phone.deref().equals(laptop.deref()));
    assertThat(conflicts.get(0).result())
        .isEqualTo(Optional.ofNullable(phone.deref().get("milk").get("n")));
    assertThat(conflicts.get(0).result()).isNotEqualTo(Optional.of(JsonNumber.of(1)));
  }

  @Test
  void watchersAndSubscribersSeeEachValueInOrder() throws Exception {
    SyncedAtom<JsonObject> phone = tasks(as("alice").interval(NEVER));
    List<Set<String>> watched = new CopyOnWriteArrayList<>();
    List<Set<String>> published = new CopyOnWriteArrayList<>();
    phone.addWatch("test", (key, atom, before, after) -> watched.add(after.keySet()));
    phone.addWatch(
        "failing",
        (key, atom, before, after) -> {
          throw new IllegalStateException("a listener of an application");
        });
    phone.values().subscribe(collecting(published));
    eventually(() -> published.contains(Set.of()));

    phone.swap(put("milk", task("Milk")));
    phone.swap(put("bread", task("Bread")));
    phone.removeWatch("test");
    phone.swap(remove("milk"));

    assertThat(watched).containsExactly(Set.of("milk"), Set.of("milk", "bread"));
    eventually(() -> published.get(published.size() - 1).equals(Set.of("bread")));
  }

  private static Flow.Subscriber<Map<String, JsonObject>> collecting(List<Set<String>> values) {
    return new Flow.Subscriber<>() {
      @Override
      public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
      }

      @Override
      public void onNext(Map<String, JsonObject> value) {
        values.add(value.keySet());
      }

      @Override
      public void onError(Throwable problem) {}

      @Override
      public void onComplete() {}
    };
  }

  @Test
  void whatWasNotSentIsSentAfterARestart() throws Exception {
    Path file = folder.resolve("planner.db");
    server.isDown.set(Integer.MAX_VALUE);
    SyncedAtom<JsonObject> before = tasks(as("alice").store(LocalStore.file(file)));
    Receipt receipt = before.swap(put("milk", task("Milk")));
    eventually(() -> before.status() == Status.OFFLINE);
    open.remove(0).close();
    assertThat(receipt.whenSynced()).isCompletedExceptionally();
    assertThatThrownBy(() -> before.swap(remove("milk"))).isInstanceOf(IllegalStateException.class);
    server.isDown.set(0);

    SyncedAtom<JsonObject> after = tasks(as("alice").store(LocalStore.file(file)));

    assertThat(after.deref()).containsEntry("milk", task("Milk"));
    eventually(() -> after.pending() == 0);
    assertThat(versions("milk")).isEqualTo(1);
  }

  @Test
  void aSignOutSaysWhatWouldBeLost() throws Exception {
    Path file = folder.resolve("planner.db");
    server.isDown.set(Integer.MAX_VALUE);
    Landfall connection = connect(as("alice").store(LocalStore.file(file)));
    connection.atom("tasks", Codec.JSON).swap(put("milk", task("Milk")));

    SignOut refused = connection.signOut(false);
    SignOut forced = connection.signOut(true);

    assertThat(refused).isEqualTo(new SignOut(false, Map.of("tasks", Set.of("milk")), 0));
    assertThat(forced.done()).isTrue();
    try (LocalStore store = LocalStore.file(file)) {
      assertThat(store.collections()).isEmpty();
    }
  }

  @Test
  void aStoreOfAnotherAccountIsNotOpened() {
    LocalStore store = LocalStore.memory();
    connect(as("alice").account("alice").store(store)).close();

    assertThatThrownBy(() -> as("bob").account("bob").store(store).connect())
        .isInstanceOf(WrongReplicaException.class)
        .hasMessageContaining("'alice'");
  }

  @Test
  void aChangeThatCannotBeSavedHasNotHappened() {
    AtomicBoolean full = new AtomicBoolean();
    SyncedAtom<JsonObject> phone = tasks(as("alice").store(failing(full)));
    phone.swap(put("milk", task("Milk")));
    full.set(true);

    assertThatThrownBy(() -> phone.swap(put("bread", task("Bread"))))
        .isInstanceOf(LocalStoreException.class);

    assertThat(phone.deref()).containsOnlyKeys("milk");
    full.set(false);
    phone.swap(put("salt", task("Salt")));
    assertThat(phone.deref()).containsOnlyKeys("milk", "salt");
  }

  private static LocalStore failing(AtomicBoolean fails) {
    LocalStore memory = LocalStore.memory();
    return new LocalStore() {
      @Override
      public Optional<Binding> binding() {
        return memory.binding();
      }

      @Override
      public void bind(Binding binding) {
        memory.bind(binding);
      }

      @Override
      public Set<CollectionName> collections() {
        return memory.collections();
      }

      @Override
      public Replica load(CollectionName collection, String node) {
        return memory.load(collection, node);
      }

      @Override
      public void save(CollectionName collection, Step step) {
        if (fails.get()) {
          throw new LocalStoreException("the disk is full");
        }
        memory.save(collection, step);
      }

      @Override
      public void clear() {
        memory.clear();
      }

      @Override
      public void close() {
        memory.close();
      }
    };
  }

  @Test
  void fieldsThatTheApplicationDoesNotKnowAreKept() throws Exception {
    record Task(String title) {}
    Codec<Task> titles =
        Codec.of(
            json -> new Task(((JsonString) json.get("title")).value()),
            task -> JsonObject.builder().put("title", task.title()).build());
    SyncedAtom<JsonObject> newer = tasks(as("alice"));
    result(newer.swap(put("milk", task("Milk"))).whenSynced());
    result(newer.swap(put("odd", JsonObject.builder().put("n", 1).build())).whenSynced());
    SyncedAtom<Task> older = connect(as("alice")).atom("tasks", titles);
    eventually(() -> older.deref().containsKey("milk"));

    result(older.reset(Map.of("milk", new Task("Oat milk"))).whenSynced());

    assertThat(older.deref()).containsOnlyKeys("milk"); // what is no task is left out, and alone
    eventually(() -> task("Oat milk").equals(newer.deref().get("milk")));
    assertThat(newer.deref()).containsKey("odd");
  }

  @Test
  void wrongNamesAndEmptyDocumentsChangeNothing() {
    SyncedAtom<JsonObject> phone = tasks(as("alice"));

    assertThatThrownBy(() -> phone.swap(put("", task("Milk"))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> phone.swap(put("@milk", task("Milk"))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> phone.swap(put("milk", JsonObject.EMPTY)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> phone.swap(before -> phone.swap(put("a", task("b"))) == null ? null : before))
        .isInstanceOf(IllegalStateException.class);

    assertThat(phone.deref()).isEmpty();
    assertThat(phone.pending()).isZero();
  }

  @Test
  void namesTellDocumentsApart() {
    for (String name : List.of("milk", "@alice/milk", "@@alice/milk", "a/b", "@a~/@/", "%")) {
      assertThat(DocumentAddress.parse(name).name()).isEqualTo(name);
    }
    assertThat(DocumentAddress.own("@alice/milk").name()).isEqualTo("@@alice/milk");
    assertThat(DocumentAddress.of("alice", "milk").name()).isEqualTo("@alice/milk");
  }
}
