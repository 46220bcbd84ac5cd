package dev.landfall.engine;

import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.BOB;
import static dev.landfall.engine.TestServer.TASKS;
import static dev.landfall.engine.TestServer.TODO;
import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.edit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.atom.AtomAnswer.Refusal;
import dev.landfall.engine.atom.AtomChange;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a document costs those who may not read it: what one costs that is not there. */
class StrangersTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;

  private final WatchedStore store = new WatchedStore();
  private final TestServer server =
      new TestServer(SyncSettings.DEFAULT, CollectionDefinition.FREE_FORM, store);

  /** A request about a document of Alice, by somebody who may not read it. */
  private record Request(String name, Asking asking) {
    @Override
    public String toString() {
      return name;
    }
  }

  private interface Asking {
    void ask(SyncEngine engine, DocumentId id);
  }

  static Stream<Request> requests() {
    UserId bob = BOB;
    return Stream.of(
        new Request(
            "history",
            (engine, id) ->
                refused(() -> engine.history(TODO, bob, bob, id, Optional.empty(), 10))),
        new Request(
            "restore",
            (engine, id) -> refused(() -> engine.restore(TODO, bob, bob, id, at(1, "x")))),
        new Request(
            "leave",
            (engine, id) ->
                refused(() -> engine.leave(TODO, bob, "alice", id.key(), Optional.of(TASKS)))),
        new Request(
            "share",
            (engine, id) -> refused(() -> engine.share(TODO, bob, bob, id, sharing -> sharing))),
        new Request(
            "push",
            (engine, id) -> {
              Change change =
                  Sharer.of(
                      ALICE, edit(id.key().value(), "{'a':1}", Map.of("a", at(1, "x")), ZERO));
              SyncRequest request = SyncRequest.push(TASKS, ZERO, List.of(change));
              assertThat(engine.sync(TODO, bob, bob, request).rejections()).hasSize(1);
            }),
        new Request(
            "atom",
            (engine, id) -> {
              AtomChange change =
                  new AtomChange(
                      TASKS,
                      Optional.of(ALICE.value()),
                      Optional.of(id.key()),
                      Optional.of(JsonObject.EMPTY),
                      1);
              assertThat(
                      engine.writeAtoms(TODO, bob, bob, List.of(change)).results().get(0).refusal())
                  .contains(Refusal.FORBIDDEN);
            }));
  }

  private static void refused(Runnable request) {
    try {
      request.run();
    } catch (SyncException e) {
      assertThat(e.problem()).isEqualTo(SyncProblem.NOT_FOUND);
      return;
    }
    throw new AssertionError("not refused");
  }

  @ParameterizedTest
  @MethodSource("requests")
  void aDocumentThatMayNotBeReadIsNotLoaded(Request request) {
    server.push(ZERO, edit("secret", "{'a':1}", Map.of("a", at(1, "phone")), ZERO));
    DocumentId secret = TestServer.id("secret");
    DocumentId missing = new DocumentId(ALICE, TASKS, new DocumentKey("missing"));

    List<String> forMissing = calls(engine -> request.asking().ask(engine, missing));
    List<String> forSecret = calls(engine -> request.asking().ask(engine, secret));

    assertThat(forSecret).isEqualTo(forMissing);
    assertThat(store.asked).doesNotContain(secret);
  }

  private List<String> calls(Consumer<SyncEngine> requests) {
    requests.accept(server.engine()); // what is remembered after the first time
    store.forget();
    requests.accept(server.engine());
    return List.copyOf(store.calls);
  }
}
