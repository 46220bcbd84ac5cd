package dev.landfall.engine.simulation;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.engine.query.SearchRequest;
import dev.landfall.engine.query.TextQuery;
import dev.landfall.engine.search.SearchPage;
import dev.landfall.engine.simulation.Counters.Sometimes;
import dev.landfall.engine.simulation.Servers.Node;
import dev.landfall.engine.sync.SyncRequest;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * People who look at everything there is for them, search in it and export what is theirs. All of
 * it has to be the same, and nothing older than what they have seen.
 */
final class Reading {
  private final World world;
  private final Readers readers;
  private final Sessions sessions;

  Reading(World world, Readers readers, Sessions sessions) {
    this.world = world;
    this.readers = readers;
    this.sessions = sessions;
  }

  /** A pull of everything for a client that tells documents by their owners. */
  static SyncRequest everything(Seat seat) {
    return new SyncRequest(
        seat.collection,
        HybridTimestamp.ZERO,
        List.of(),
        OptionalInt.empty(),
        OptionalLong.empty(),
        false,
        true,
        false);
  }

  private Map<String, JsonObject> pulled(Seat seat, Node node) {
    Map<String, JsonObject> pulled = new TreeMap<>();
    Response response = world.community.answer(node, seat, everything(seat));
    if (!response.isOk()) {
      throw Oracles.broken("I14: " + seat + " gets nothing: " + response.status());
    }
    response.documents().forEach(wire -> pulled.put(Client.address(wire), wire));
    return pulled;
  }

  /** Everything that is there for somebody is there for them. */
  void complete(Seat seat) {
    Set<DocumentId> told = new HashSet<>();
    pulled(seat, world.servers.nodes.get(0))
        .keySet()
        .forEach(address -> told.add(seat.id(address)));
    Set<DocumentId> due = readers.readable(seat.owner, seat);
    if (!told.equals(due)) {
      throw Oracles.broken("I14: " + seat + " is told " + told + " and not " + due);
    }
  }

  /** Somebody reads in three ways at one moment. */
  void read(Seat seat, Node node, boolean admitted, SplittableRandom random) {
    if (!admitted) {
      int status = world.community.answer(node, seat, everything(seat)).status();
      if (status == 200) {
        throw Oracles.broken("I13: " + seat + " reads without being admitted");
      }
      return;
    }
    Map<String, JsonObject> pulled = pulled(seat, node);
    search(seat, node, pulled, Optional.empty());
    word(pulled, random).ifPresent(word -> search(seat, node, pulled, Optional.of(word)));
    world.counters.count(Sometimes.SEARCHED);
    export(seat, node);
    world.counters.count(Sometimes.EXPORTED);
    sessions.known(seat).forEach((address, revision) -> see(seat, pulled, address, revision));
  }

  private void see(
      Seat seat, Map<String, JsonObject> pulled, String address, HybridTimestamp revision) {
    JsonObject wire = pulled.get(address);
    if (wire != null) {
      sessions.check(seat, address, wire);
      return;
    }
    DocumentId id = seat.id(address);
    StoredDocument stored = world.servers.store().find(Set.of(id)).get(id);
    boolean there =
        stored != null && !stored.deleted() && readers.readable(seat.owner, seat).contains(id);
    if (there) {
      throw Oracles.broken(
          "I6: what was read is not there: " + seat + " " + address + " " + revision);
    }
  }

  private static Optional<String> word(Map<String, JsonObject> pulled, SplittableRandom random) {
    for (JsonObject wire : pulled.values()) {
      for (var value : Client.fields(wire).members().values()) {
        if (value instanceof JsonString text && !text.value().isEmpty() && random.nextBoolean()) {
          return Optional.of(text.value().split("\n")[0]);
        }
      }
    }
    return Optional.empty();
  }

  private void search(Seat seat, Node node, Map<String, JsonObject> pulled, Optional<String> word) {
    Optional<TextQuery> text = word.map(one -> new TextQuery(one, List.of()));
    SearchPage page =
        node.engine.search(
            Servers.APPLICATION,
            seat.user,
            seat.owner,
            new SearchRequest(
                seat.collection,
                Optional.empty(),
                text,
                List.of(),
                SearchRequest.MAX_LIMIT,
                Optional.empty(),
                Optional.empty(),
                true));
    Map<String, JsonObject> found = new TreeMap<>();
    page.results()
        .forEach(
            bytes -> {
              JsonObject wire = Servers.parse(bytes.utf8());
              found.put(Client.address(wire), wire);
            });
    Map<String, JsonObject> due = new TreeMap<>(pulled);
    text.ifPresent(query -> due.values().removeIf(wire -> !query.matches(Client.fields(wire))));
    if (!found.equals(due)) {
      throw Oracles.broken(
          "I14: a search by " + seat + " for " + word + " finds " + found + " and not " + due);
    }
  }

  private void export(Seat seat, Node node) {
    Map<String, JsonObject> exported = new TreeMap<>();
    try {
      node.engine
          .owned(Servers.APPLICATION, seat.owner)
          .read(
              seat.collection,
              (key, wire) -> exported.put(key.value(), Servers.parse(wire.utf8())));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    Map<String, JsonObject> due = new TreeMap<>();
    for (StoredDocument stored : world.oracles.stored().values()) {
      DocumentId id = stored.id();
      if (id.owner().equals(seat.owner)
          && id.collection().equals(seat.collection)
          && !stored.deleted()) {
        due.put(id.key().value(), Servers.parse(stored.wire().utf8()));
      }
    }
    if (!exported.equals(due)) {
      throw Oracles.broken("I17: an export has " + exported + " and not " + due);
    }
  }
}
