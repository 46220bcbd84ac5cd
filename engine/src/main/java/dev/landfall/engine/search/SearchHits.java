package dev.landfall.engine.search;

import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.Everybody;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonMembers;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.engine.commit.Caller;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.query.Candidate;
import dev.landfall.engine.query.SearchRequest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What of the feeds a search finds: each document at one place though it stands in several feeds,
 * and none that would be kept from the client in a pull, because it would take it for its own of
 * the same key.
 */
final class SearchHits {
  private final ApplicationStore store;
  private final Caller caller;
  private final SearchRequest request;
  private final ScanBudget budget;

  /**
   * What has to be read of a document to find out whether it is a hit, and in which order; empty
   * for all of it.
   */
  private final Optional<JsonMembers> looked;

  /**
   * A document that is found.
   *
   * @param document as far as the search looks at it
   * @param isOwn whether it belongs to whom the request is about
   * @param isPublic whether it stands where everybody reads
   */
  record Hit(
      HybridTimestamp position, Candidate document, Bytes wire, boolean isOwn, boolean isPublic) {
    DocumentId id() {
      return document.id();
    }
  }

  /** Hits of a search. */
  SearchHits(ApplicationStore store, Caller caller, SearchRequest request, ScanBudget budget) {
    this.store = store;
    this.caller = caller;
    this.request = request;
    this.looked = request.membersLookedAt();
    this.budget = budget;
  }

  /** The hits in a piece, in its order. */
  List<Hit> of(SearchedFeeds.Piece piece) {
    List<Hit> hits = new ArrayList<>();
    Set<DocumentId> others = new LinkedHashSet<>();
    Set<DocumentId> publicOnes = new LinkedHashSet<>();
    for (SearchedFeeds.Found found : piece.found()) {
      budget.goOn();
      DocumentId id = found.entry().document();
      boolean own = id.owner().equals(caller.owner());
      boolean inOwnFeed = found.entry().feed().reader().equals(caller.owner());
      if (own && !inOwnFeed) {
        continue;
      }
      Candidate candidate = candidate(id, found.wire());
      if (!request.matches(candidate)) {
        continue;
      }
      boolean isPublic = found.entry().feed().reader() == Everybody.EVERYBODY;
      hits.add(new Hit(found.entry().position(), candidate, found.wire(), own, isPublic));
      if (!own) {
        others.add(id);
      }
      if (isPublic) {
        publicOnes.add(id);
      }
    }
    return others.isEmpty() ? hits : visible(hits, others, publicOnes);
  }

  private Candidate candidate(DocumentId id, Bytes wire) {
    JsonObject delivered =
        looked.isPresent() ? StoredForm.delivered(wire, looked.get()) : StoredForm.delivered(wire);
    String revision = delivered.get("_rev") instanceof JsonString text ? text.value() : "";
    return new Candidate(id, revision, StoredForm.withoutProtocol(delivered));
  }

  private List<Hit> visible(List<Hit> hits, Set<DocumentId> others, Set<DocumentId> publicOnes) {
    Set<DocumentId> sharedToo = publicOnes.isEmpty() ? Set.of() : shared(publicOnes);
    Set<DocumentKey> ownKeys = request.owners() ? Set.of() : ownKeys(others);
    List<Hit> visible = new ArrayList<>(hits.size());
    for (Hit hit : hits) {
      boolean elsewhere = hit.isPublic() && sharedToo.contains(hit.id());
      boolean withheld = others.contains(hit.id()) && ownKeys.contains(hit.id().key());
      if (!elsewhere && !withheld) {
        visible.add(hit);
      }
    }
    return visible;
  }

  /** Those of {@code ids} that stand in the caller's own feed too. */
  private Set<DocumentId> shared(Set<DocumentId> ids) {
    Set<DocumentKey> keys = new LinkedHashSet<>();
    ids.forEach(id -> keys.add(id.key()));
    return store.foreign(Set.of(new Feed(caller.owner(), request.collection())), keys);
  }

  /** The keys among those of {@code others} under which the caller has living documents. */
  private Set<DocumentKey> ownKeys(Set<DocumentId> others) {
    Set<DocumentId> own = new LinkedHashSet<>();
    others.forEach(id -> own.add(new DocumentId(caller.owner(), id.collection(), id.key())));
    Set<DocumentKey> keys = new LinkedHashSet<>();
    for (StoredDocument document : store.find(own).values()) {
      if (!document.deleted()) {
        keys.add(document.id().key());
      }
    }
    return keys;
  }
}
