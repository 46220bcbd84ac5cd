package dev.landfall.engine.simulation;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.sync.SyncRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Every cursor that was ever issued, and the oracle of I4: none of them skips anything. */
final class Cursors {
  private static final int TRIED = 16;

  /** A cursor somebody was given. */
  private record Issued(
      UserId user, Owner owner, CollectionName collection, HybridTimestamp cursor) {}

  private final Set<Issued> issued = new HashSet<>();
  private final List<Issued> sample = new ArrayList<>();

  /** What was issued before counts no more. */
  void forget() {
    issued.clear();
    sample.clear();
  }

  void issued(Seat seat, HybridTimestamp cursor) {
    Issued one = new Issued(seat.user, seat.owner, seat.collection, cursor);
    if (!cursor.isZero() && issued.add(one)) {
      sample.add(one);
    }
  }

  /** Whoever kept any cursor ever issued gets all that came after it, in pages or at once. */
  void allDeliver(World world, Set<DocumentId> known) {
    for (int i = 0; i < sample.size(); i += 1 + sample.size() / TRIED) {
      Issued one = sample.get(i);
      if (!world.community.isAdmitted(one.user(), one.owner())) {
        continue;
      }
      SyncEngine engine = world.servers.nodes.get(i % world.servers.nodes.size()).engine;
      Map<String, HybridTimestamp> got = new HashMap<>();
      HybridTimestamp cursor = one.cursor();
      boolean resync = false;
      boolean more = true;
      for (int pages = 0; more; pages++) {
        SyncRequest request =
            new SyncRequest(
                one.collection(),
                cursor,
                List.of(),
                i % 2 == 0 ? OptionalInt.empty() : OptionalInt.of(1 + i % 3),
                OptionalLong.empty(),
                false,
                world.options.people().hasOwners(),
                false);
        Response response =
            Servers.answer(
                () -> engine.sync(Servers.APPLICATION, one.user(), one.owner(), request));
        response.documents().forEach(wire -> got.put(Client.address(wire), Client.revision(wire)));
        resync |= response.resync();
        cursor = response.serverClock();
        more = response.more();
        if (pages > 100) {
          throw Oracles.broken("I4: pages without end from " + one);
        }
      }
      if (resync && !world.options.purges()) {
        throw Oracles.broken("I4: an issued cursor is unknown: " + one);
      }
      check(world, known, one, got, resync);
    }
  }

  private static void check(
      World world,
      Set<DocumentId> known,
      Issued one,
      Map<String, HybridTimestamp> got,
      boolean resync) {
    for (StoredDocument document : world.servers.store().find(known).values()) {
      if (document.id().owner().equals(one.owner())
          && document.id().collection().equals(one.collection())) {
        boolean due = resync ? !document.deleted() : document.revision().isAfter(one.cursor());
        @Nullable HybridTimestamp revision = got.get(document.id().key().value());
        boolean ghost = document.deleted() && revision == null && !isInFeed(world, document);
        if (due && !ghost && !document.revision().equals(revision)) {
          throw Oracles.broken(
              "I4: the cursor "
                  + one
                  + " misses "
                  + document.id()
                  + " at "
                  + document.revision()
                  + ", got "
                  + revision);
        }
      }
    }
  }

  private static boolean isInFeed(World world, StoredDocument document) {
    Feed feed = new Feed(document.id().owner(), document.id().collection());
    return world
        .servers
        .store()
        .feed(Set.of(feed), HybridTimestamp.ZERO, world.tip(), 10_000, 1L << 30)
        .items()
        .stream()
        .anyMatch(item -> item.entry().document().equals(document.id()));
  }
}
