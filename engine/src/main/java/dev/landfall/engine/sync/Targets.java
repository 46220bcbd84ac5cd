package dev.landfall.engine.sync;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.engine.document.Document;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which document a change means. Existing clients name a key alone: their own document of that key
 * if there is one, else the one that somebody shares with them, else a new one of their own.
 */
final class Targets {
  static final Targets NONE = new Targets(Optional.empty(), Map.of());

  /** Why a change is refused: the document may be read only. */
  static final String READ_ONLY = "read_only";

  /** Why a change is refused: the document is not there for the caller. */
  static final String REVOKED = "revoked";

  private final Optional<Place> place;
  private final Map<DocumentKey, List<DocumentId>> foreign;

  private Targets(Optional<Place> place, Map<DocumentKey, List<DocumentId>> foreign) {
    this.place = place;
    this.foreign = foreign;
  }

  private record Place(Caller caller, CollectionName collection) {}

  /** What the caller may do with a document. */
  enum Access {
    NONE,
    READ,
    WRITE
  }

  /** A document, there or to be made, and what the caller may do with it. */
  record Target(DocumentId id, Access access) {}

  /** Asks the store for what others share, if a change may mean that. */
  static Targets of(
      Caller caller, CollectionName collection, List<Change> changes, ApplicationStore store) {
    Set<DocumentKey> keys = new LinkedHashSet<>();
    for (Change change : changes) {
      if (change.owner().isEmpty()) {
        keys.add(change.key());
      }
    }
    Map<DocumentKey, List<DocumentId>> foreign = new HashMap<>();
    if (!keys.isEmpty()) {
      for (DocumentId id : store.foreign(caller.feeds(collection), keys)) {
        if (!id.owner().equals(caller.user()) && !id.owner().equals(caller.owner())) {
          foreign.computeIfAbsent(id.key(), key -> new ArrayList<>(1)).add(id);
        }
      }
    }
    return new Targets(Optional.of(new Place(caller, collection)), foreign);
  }

  /** The documents that {@code change} may mean. */
  List<DocumentId> candidates(Change change) {
    if (change.owner().isPresent()) {
      return named(change, change.owner().get());
    }
    List<DocumentId> candidates = new ArrayList<>();
    candidates.add(own(change));
    candidates.addAll(foreign.getOrDefault(change.key(), List.of()));
    return candidates;
  }

  private DocumentId own(Change change) {
    return id(change, place().caller().owner());
  }

  private DocumentId id(Change change, Owner owner) {
    return new DocumentId(owner, place().collection(), change.key());
  }

  private Place place() {
    return place.orElseThrow(() -> new IllegalStateException("the store has not been asked yet"));
  }

  /** A user's document, or an organisation's: an id does not say which. */
  private List<DocumentId> named(Change change, String owner) {
    Owner ours = place().caller().owner();
    if (owner.equals(ours.value())) {
      return List.of(id(change, ours));
    }
    return List.of(id(change, new UserId(owner)), id(change, new OrganisationId(owner)));
  }

  /** The document that {@code change} means. */
  Target choose(Change change, Draft draft) {
    Caller caller = place().caller();
    List<DocumentId> candidates = candidates(change);
    DocumentId first = candidates.get(0);
    if (candidates.size() == 1 && first.owner().equals(caller.owner())) {
      return new Target(first, Access.WRITE);
    }
    if (change.owner().isPresent()) {
      return readable(candidates, draft).stream()
          .findFirst()
          .map(document -> target(document, caller))
          .orElse(new Target(first, Access.NONE));
    }
    Optional<Document> own = draft.document(first);
    if (own.isPresent() && (!own.get().isDeleted() || isRepeated(change, own.get()))) {
      return new Target(first, Access.WRITE);
    }
    List<Document> others = readable(candidates.subList(1, candidates.size()), draft);
    Optional<Document> other =
        others.stream()
            .filter(document -> !document.isDeleted())
            .findFirst()
            .or(() -> own.isPresent() ? Optional.empty() : others.stream().findFirst());
    return other.map(document -> target(document, caller)).orElse(new Target(first, Access.WRITE));
  }

  /**
   * Whether {@code change} was made for one's own document, which is deleted by now: it comes a
   * second time, and must not reach what somebody has shared under that key since.
   */
  private static boolean isRepeated(Change change, Document tombstone) {
    HybridTimestamp deletion = tombstone.deletion().orElse(HybridTimestamp.ZERO);
    return (change.isDeletion() || change.baseClock().isZero())
        && !change.stamps().isEmpty()
        && change.stamps().values().stream().noneMatch(clock -> clock.isAfter(deletion));
  }

  /** Those the caller reads, those that may be written first. */
  private List<Document> readable(List<DocumentId> ids, Draft draft) {
    Caller caller = place().caller();
    List<Document> writable = new ArrayList<>();
    List<Document> readable = new ArrayList<>();
    for (DocumentId id : ids) {
      Optional<Document> document = draft.document(id).filter(caller::reads);
      document.ifPresent(one -> (caller.writes(one) ? writable : readable).add(one));
    }
    writable.addAll(readable);
    return writable;
  }

  private static Target target(Document document, Caller caller) {
    return new Target(document.id(), caller.writes(document) ? Access.WRITE : Access.READ);
  }
}
