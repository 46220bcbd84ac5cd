package dev.landfall.engine.sync;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.engine.commit.Caller;
import dev.landfall.engine.commit.Draft;
import dev.landfall.engine.document.Document;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which document a change means: that of the owner it names, and without one always one's own, so
 * that nobody catches what one writes by sharing a document of that key beforehand. Of documents
 * that the caller does not read nothing is loaded.
 */
public final class Targets {
  public static final Targets NONE = new Targets(Optional.empty(), Map.of());

  /** Why a change is refused: the document may be read only. */
  static final String READ_ONLY = "read_only";

  /** Why a change is refused: the document is not there for the caller. */
  public static final String REVOKED = "revoked";

  private final Optional<Place> place;
  private final Map<DocumentKey, List<DocumentId>> foreign;

  private Targets(Optional<Place> place, Map<DocumentKey, List<DocumentId>> foreign) {
    this.place = place;
    this.foreign = foreign;
  }

  private record Place(Caller caller, CollectionName collection) {}

  /** What the caller may do with a document. */
  public enum Access {
    NONE,
    READ,
    WRITE
  }

  /**
   * A document, there or to be made, and what the caller may do with it.
   *
   * @param originals documents of others that the caller's copy may have been made from, because
   *     the caller reads them and has none of this key; those that may be written first
   */
  public record Target(DocumentId id, Access access, List<Document> originals) {
    Target(DocumentId id, Access access) {
      this(id, access, List.of());
    }
  }

  /** Asks the store what others let the caller read, if a change may mean that. */
  public static Targets of(
      Caller caller, CollectionName collection, List<Change> changes, ApplicationStore store) {
    Set<DocumentKey> keys = new LinkedHashSet<>();
    for (Change change : changes) {
      boolean perhapsCopied = change.owner().isEmpty() && !change.baseClock().isZero();
      if (perhapsCopied || !isOwn(change, caller)) {
        keys.add(change.key());
      }
    }
    Map<DocumentKey, List<DocumentId>> foreign = new HashMap<>();
    for (DocumentId id : caller.foreign(store, collection, keys)) {
      foreign.computeIfAbsent(id.key(), key -> new ArrayList<>(1)).add(id);
    }
    return new Targets(Optional.of(new Place(caller, collection)), foreign);
  }

  private static boolean isOwn(Change change, Caller caller) {
    return change.owner().isEmpty() || change.owner().equals(Optional.of(caller.owner().value()));
  }

  /** The documents that have to be looked at to decide about {@code change}. */
  public List<DocumentId> candidates(Change change) {
    if (!isOwn(change, place().caller())) {
      return named(change);
    }
    List<DocumentId> candidates = new ArrayList<>();
    candidates.add(id(change, place().caller().owner()));
    if (change.owner().isEmpty() && !change.baseClock().isZero()) {
      candidates.addAll(foreign.getOrDefault(change.key(), List.of()));
    }
    return candidates;
  }

  private DocumentId id(Change change, Owner owner) {
    return new DocumentId(owner, place().collection(), change.key());
  }

  private Place place() {
    return place.orElseThrow(() -> new IllegalStateException("the store has not been asked yet"));
  }

  /** Those of a user or an organisation, an id does not say which, that the caller reads. */
  private List<DocumentId> named(Change change) {
    String owner = change.owner().orElseThrow();
    return foreign.getOrDefault(change.key(), List.of()).stream()
        .filter(id -> id.owner().value().equals(owner))
        .toList();
  }

  /** The document that {@code change} means. */
  public Target choose(Change change, Draft draft) {
    Caller caller = place().caller();
    List<DocumentId> candidates = candidates(change);
    if (!isOwn(change, caller)) {
      return readable(candidates, draft).stream()
          .findFirst()
          .map(document -> target(document, caller))
          .orElseGet(() -> new Target(unreadable(change), Access.NONE));
    }
    DocumentId own = candidates.get(0);
    boolean mayBeCopied =
        candidates.size() > 1 && draft.document(own).map(Document::isDeleted).orElse(true);
    return new Target(
        own,
        Access.WRITE,
        mayBeCopied ? readable(candidates.subList(1, candidates.size()), draft) : List.of());
  }

  /** What a refusal names; whether it is a user or an organisation makes no difference there. */
  private DocumentId unreadable(Change change) {
    String owner = change.owner().orElseThrow();
    Owner user = new UserId(owner);
    return id(change, user.equals(place().caller().owner()) ? new OrganisationId(owner) : user);
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
