package dev.landfall.engine.transfer;

import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.commit.Caller;
import dev.landfall.engine.commit.Draft;
import dev.landfall.engine.commit.Submission;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import dev.landfall.engine.merge.Replacement;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Writes documents of a file as edits made now, by whoever imports it. What is deleted comes back.
 */
final class Import implements Submission<Integer> {
  private final Caller caller;
  private final List<Incoming.Fields> documents;
  private final boolean replaces;
  private final BiPredicate<DocumentId, JsonObject> valid;
  private final Duration keep;

  /**
   * A part of an import.
   *
   * @param documents each once
   * @param replaces whether a document is what the file says and nothing else; otherwise it keeps
   *     the fields that the file does not have
   * @param valid whether a document may be like that
   * @param keep how long history is kept
   */
  Import(
      Caller caller,
      List<Incoming.Fields> documents,
      boolean replaces,
      BiPredicate<DocumentId, JsonObject> valid,
      Duration keep) {
    this.caller = caller;
    this.documents = List.copyOf(documents);
    this.replaces = replaces;
    this.valid = valid;
    this.keep = keep;
  }

  @Override
  public int size() {
    return documents.size();
  }

  @Override
  public String author() {
    return caller.user().value();
  }

  @Override
  public Set<DocumentId> documents(ApplicationStore store) {
    Set<DocumentId> ids = new LinkedHashSet<>();
    documents.forEach(one -> ids.add(id(one)));
    return ids;
  }

  @Override
  public Integer decide(Draft draft) {
    caller.admit();
    for (Incoming.Fields one : documents) {
      write(one, draft);
    }
    return documents.size();
  }

  private DocumentId id(Incoming.Fields one) {
    DocumentKey key = one.key();
    return new DocumentId(caller.owner(), one.collection(), key);
  }

  private void write(Incoming.Fields one, Draft draft) {
    DocumentId id = id(one);
    Optional<Document> stored = draft.document(id);
    Map<LeafPath, JsonValue> given = Leaves.of(one.fields());
    Map<LeafPath, JsonValue> next =
        replaces || stored.isEmpty() ? given : merged(id, stored.get(), given);
    HybridTimestamp clock = draft.nextClock(ServerNode.scope(id.owner(), id.collection()));
    Document.IndexEntry index =
        stored
            .map(document -> document.index().updatedAt(draft.wallMillis()))
            .orElseGet(() -> Document.IndexEntry.created(caller.user(), draft.wallMillis()));
    Replacement written =
        Replacement.of(
            id,
            stored,
            Optional.of(next),
            (path, value, before) -> !given.containsKey(path),
            clock,
            index);
    History history = draft.history(id).with(written.entry(), keep);
    if (stored.filter(Document::isDeleted).isPresent()) {
      Document document = written.document().madeAnew(caller.user(), draft.wallMillis());
      draft.renew(document, history, clock);
    } else {
      draft.put(written.document(), history, clock, true);
    }
  }

  /**
   * What the file has, and of the rest what has a place beside it. Where both together are more
   * than is allowed, or not what the schema asks for, it is the file alone.
   */
  private Map<LeafPath, JsonValue> merged(
      DocumentId id, Document stored, Map<LeafPath, JsonValue> given) {
    Set<LeafPath> branches = new HashSet<>();
    given.keySet().forEach(path -> branches.addAll(path.ancestors()));
    Map<LeafPath, JsonValue> merged = new LinkedHashMap<>(given);
    stored
        .values()
        .forEach(
            (path, value) -> {
              List<LeafPath> above = path.ancestors().stream().filter(given::containsKey).toList();
              boolean room =
                  !given.containsKey(path)
                      && !branches.contains(path)
                      && above.stream().map(given::get).allMatch(Import::isEmptyObject);
              if (room) {
                above.forEach(merged::remove);
                merged.put(path, value);
              }
            });
    return merged.size() == given.size() || valid.test(id, Leaves.join(merged)) ? merged : given;
  }

  private static boolean isEmptyObject(@Nullable JsonValue value) {
    return value != null && value.equals(JsonObject.EMPTY);
  }
}
