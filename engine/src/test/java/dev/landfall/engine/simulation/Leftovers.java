package dev.landfall.engine.simulation;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.engine.erasure.DeletedUsers;
import dev.landfall.engine.simulation.Counters.Sometimes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is left of people and organisations who are gone, which has to be nothing: I18. */
final class Leftovers {
  private final World world;

  /** Whose deletion has been acknowledged. */
  private final Set<Owner> gone = new HashSet<>();

  /** Documents that were shared with somebody who was gone by then, as one may. */
  private final Set<DocumentId> named = new HashSet<>();

  /** Places in organisations into which somebody was let who was gone by then, likewise. */
  private final Set<Set<String>> places = new HashSet<>();

  Leftovers(World world) {
    this.world = world;
  }

  private Directory directory() {
    return world.servers.backend().directory();
  }

  boolean isUnderWay(Owner owner) {
    return directory().find("erasure", owner.text()).isPresent();
  }

  /** A document has been shared with somebody. */
  void shared(Owner with, DocumentId id) {
    if (isLeaving(with)) {
      named.add(id);
    }
  }

  /**
   * Somebody has been let in. Whether there is such a user nobody looks at, so their membership
   * names them from then on, as it may.
   */
  void letIn(UserId user, OrganisationId organisation) {
    if (isLeaving(user)) {
      places.add(Set.of(user.value(), organisation.value()));
    }
  }

  /** Whether the deletion of an owner has begun, as far as others can tell. */
  boolean isLeaving(Owner owner) {
    return owner instanceof UserId user
        ? new DeletedUsers(directory(), () -> Instant.EPOCH).deletedAt(user).isPresent()
        : directory()
            .find("org", owner.value())
            .filter(record -> !record.content().utf8().contains("\"closed\":true"))
            .isEmpty();
  }

  /** The deletion of an owner has been acknowledged. */
  void gone(Owner owner) {
    world.counters.count(
        owner instanceof UserId ? Sometimes.ACCOUNT_ERASED : Sometimes.ORGANISATION_ERASED);
    gone.add(owner);
  }

  boolean isGone(Owner owner) {
    return gone.contains(owner);
  }

  /** Nothing of anybody who is gone comes back. */
  void appended(Commit commit) {
    for (StoredDocument document : commit.documents()) {
      if (gone.contains(document.id().owner()) && !document.isErased()) {
        throw Oracles.broken("I18: a document of somebody who is gone is stored " + document.id());
      }
      if (isUnderWay(document.id().owner())) {
        world.counters.count(Sometimes.COMMIT_DURING_ERASURE);
      }
    }
  }

  /** Everything that was begun is completed. */
  void settle(List<OrganisationId> organisations) {
    if (!directory().list("erasure", "", 1).isEmpty()) {
      throw Oracles.broken("I18: a deletion is not completed");
    }
    DeletedUsers deleted = new DeletedUsers(directory(), () -> Instant.EPOCH);
    for (String name : World.PEOPLE) {
      UserId user = new UserId(name);
      if (deleted.deletedAt(user).isPresent()) {
        gone.add(user);
      }
    }
    for (OrganisationId organisation : organisations) {
      if (directory().find("org", organisation.value()).isEmpty()) {
        gone.add(organisation);
      }
    }
  }

  void check() {
    ApplicationStore store = world.servers.store();
    for (Owner owner : gone) {
      for (DocumentId id : store.owned(owner, Optional.empty(), 1_000)) {
        StoredDocument stored = store.find(Set.of(id)).get(id);
        if (stored != null && !stored.isErased()) {
          throw Oracles.broken("I18: a document is left: " + id);
        }
      }
      List<DocumentId> mentions =
          new ArrayList<>(store.mentioning('"' + owner.value() + '"', Optional.empty(), 1_000));
      mentions.removeAll(named);
      if (!mentions.isEmpty()) {
        throw Oracles.broken("I18: somebody who is gone is named in " + mentions);
      }
      for (CollectionName collection : Devices.COLLECTIONS) {
        boolean listed =
            store
                .feed(
                    Set.of(new Feed(owner, collection)),
                    HybridTimestamp.ZERO,
                    world.tip(),
                    1_000,
                    1L << 20)
                .items()
                .stream()
                .anyMatch(item -> !named.contains(item.entry().document()));
        if (listed) {
          throw Oracles.broken("I18: a feed is left of " + owner);
        }
      }
      for (String kind : List.of("orgMember", "orgMembership")) {
        for (DirectoryRecord record : directory().list(kind, "", 1_000)) {
          Set<String> place = Set.of(record.name().split("/"));
          if (place.contains(owner.value()) && !places.contains(place)) {
            throw Oracles.broken("I18: a membership is left: " + record);
          }
        }
      }
      words(owner);
    }
  }

  /** What they wrote stands nowhere, what was there before included. */
  private void words(Owner owner) {
    Set<String> words = new HashSet<>();
    world.ledgers.forEach(
        (name, byKey) -> {
          if (name.startsWith(owner.value() + "/")) {
            byKey
                .values()
                .forEach(
                    ledger ->
                        ledger.writes.keySet().forEach(write -> words.add("\"w" + write + "\"")));
          }
        });
    for (Map.Entry<DocumentId, StoredDocument> one : world.oracles.stored().entrySet()) {
      StoredDocument stored = one.getValue();
      if (stored.isErased() && stored.history().length() > 0) {
        throw Oracles.broken("I18: a history is left: " + one.getKey());
      }
      String text = stored.wire().utf8() + stored.record().utf8() + stored.history().utf8();
      for (String word : words) {
        if (text.contains(word)) {
          throw Oracles.broken("I18: a word of somebody who is gone stands in " + one.getKey());
        }
      }
    }
  }
}
