package dev.landfall.engine;

import static dev.landfall.engine.TestServer.TASKS;
import static dev.landfall.engine.TestServer.TODO;

import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.engine.TestServer.Answer;
import dev.landfall.engine.commit.Admission;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.Grant;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/** One of several server nodes over a store, and short ways to share and to sync there. */
final class Sharer {
  private final SyncEngine engine;

  Sharer(StoreBackend store, long seed, LongSupplier millis) {
    this(store, seed, millis, Admission.ALL);
  }

  Sharer(StoreBackend store, long seed, LongSupplier millis, Admission admission) {
    engine =
        new SyncEngine(
            store,
            List.of(new ApplicationDefinition(TODO, "", Map.of())),
            SyncSettings.DEFAULT,
            () -> Instant.ofEpochMilli(millis.getAsLong()),
            new Random(seed),
            admission,
            EngineObserver.NONE);
  }

  SyncEngine engine() {
    return engine;
  }

  /** A sync of a client that tells documents by their owners. */
  Answer sync(UserId user, HybridTimestamp clock, Change... changes) {
    return sync(user, user, clock, true, changes);
  }

  Answer sync(UserId user, Owner owner, HybridTimestamp clock, boolean owners, Change... changes) {
    SyncRequest request =
        new SyncRequest(
            TASKS,
            clock,
            List.of(changes),
            OptionalInt.empty(),
            OptionalLong.empty(),
            false,
            owners,
            false);
    return TestServer.deliver(engine.sync(TODO, user, owner, request));
  }

  void share(Owner owner, UserId creator, String key, UnaryOperator<Sharing> change) {
    DocumentId id = new DocumentId(owner, TASKS, new DocumentKey(key));
    engine.share(TODO, creator, owner, id, change);
  }

  static UnaryOperator<Sharing> with(UserId user, boolean writes) {
    return sharing ->
        sharing
            .withVisibility(Visibility.SHARED, Optional.empty())
            .with(new Grant(user, TODO, writes));
  }

  static UnaryOperator<Sharing> without(UserId user) {
    return sharing -> sharing.without(user, TODO);
  }

  /** The change as it is sent by somebody who names the owner of the document. */
  static Change of(Owner owner, Change change) {
    return new Change(
        change.key(),
        change.fields(),
        change.stamps(),
        change.baseClock(),
        change.base(),
        Optional.of(owner.value()));
  }
}
