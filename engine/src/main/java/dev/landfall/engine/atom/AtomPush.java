package dev.landfall.engine.atom;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.engine.atom.AtomAnswer.Refusal;
import dev.landfall.engine.atom.AtomAnswer.Result;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.commit.Caller;
import dev.landfall.engine.commit.Draft;
import dev.landfall.engine.commit.Submission;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import dev.landfall.engine.merge.Replacement;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.Targets;
import dev.landfall.engine.transit.AtomForm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Writes whole documents, each if its version is still the one that its writer has seen. What is
 * the same in both keeps its clocks, so that the edits that others make offline are merged with
 * what was changed, and with nothing else.
 */
public final class AtomPush implements Submission<AtomAnswer> {
  private final Caller caller;
  private final List<AtomChange> changes;
  private final Map<AtomChange, String> invalid;
  private final Duration keep;
  private final Map<CollectionName, Targets> targets = new LinkedHashMap<>();
  private boolean stores;

  /**
   * A write.
   *
   * @param invalid what is wrong with those that cannot be stored, by identity
   */
  public AtomPush(
      Caller caller, List<AtomChange> changes, Map<AtomChange, String> invalid, Duration keep) {
    this.caller = caller;
    this.changes = changes;
    this.invalid = invalid;
    this.keep = keep;
  }

  @Override
  public int size() {
    return changes.size();
  }

  @Override
  public String author() {
    return caller.user().value();
  }

  @Override
  public Set<DocumentId> documents(ApplicationStore store) {
    Map<CollectionName, List<Change>> byGroup = new LinkedHashMap<>();
    for (AtomChange change : changes) {
      asChange(change)
          .ifPresent(
              one -> byGroup.computeIfAbsent(change.group(), key -> new ArrayList<>()).add(one));
    }
    Set<DocumentId> ids = new LinkedHashSet<>();
    byGroup.forEach(
        (group, members) -> {
          Targets found = Targets.of(caller, group, members, store);
          targets.put(group, found);
          members.forEach(one -> ids.addAll(found.candidates(one)));
        });
    return ids;
  }

  private Optional<Change> asChange(AtomChange change) {
    return change
        .key()
        .map(
            key ->
                new Change(
                    key,
                    change.fields(),
                    Map.of(),
                    HybridTimestamp.ZERO,
                    Optional.empty(),
                    change.owner()));
  }

  @Override
  public AtomAnswer decide(Draft draft) {
    caller.admit();
    List<Result> results = new ArrayList<>(changes.size());
    stores = false;
    for (AtomChange change : changes) {
      results.add(
          asChange(change)
              .map(one -> decide(draft, change, one))
              .orElseGet(() -> refused(change, Refusal.INVALID, "the key is too long", null)));
    }
    return new AtomAnswer(results, stores ? draft.endMillisecond() : draft.lastMillisecond());
  }

  private Result decide(Draft draft, AtomChange change, Change asked) {
    Targets found = targets.getOrDefault(change.group(), Targets.NONE);
    Targets.Target target = found.choose(asked, draft);
    Document stored =
        draft.document(target.id()).filter(one -> !one.isDeletionOfUnknown()).orElse(null);
    if (target.access() != Targets.Access.WRITE) {
      return refused(change, Refusal.FORBIDDEN, "", stored);
    }
    long version = stored == null ? 0 : stored.index().version();
    if (change.version() != version) {
      return stored != null && change.version() == version - 1 && isAsSent(change, stored)
          ? new Result(change, Optional.empty(), Optional.empty(), Optional.of(told(stored)))
          : refused(change, Refusal.STALE, "", stored);
    }
    String problem = invalid.get(change);
    if (problem != null) {
      return refused(change, Refusal.INVALID, problem, stored);
    }
    Optional<Document> written = write(draft, target.id(), stored, change.fields());
    return new Result(change, Optional.empty(), Optional.empty(), written.map(this::told));
  }

  private AtomDocument told(Document document) {
    return AtomDocument.of(document, caller.owner());
  }

  private Result refused(
      AtomChange change,
      Refusal refusal,
      String message,
      @org.jspecify.annotations.Nullable Document stored) {
    return new Result(
        change,
        Optional.of(refusal),
        Optional.of(message).filter(text -> !text.isEmpty()),
        Optional.ofNullable(stored).map(this::told));
  }

  /** Whether the document is what {@code change} makes of it: it has come a second time. */
  private static boolean isAsSent(AtomChange change, Document stored) {
    if (change.fields().isEmpty() || stored.isDeleted()) {
      return change.fields().isEmpty() && stored.isDeleted();
    }
    Map<LeafPath, JsonValue> sent = Leaves.of(change.fields().get());
    Map<LeafPath, JsonValue> held = stored.values();
    return sent.keySet().equals(held.keySet())
        && sent.entrySet().stream()
            .allMatch(
                leaf -> isSame(leaf.getValue(), Objects.requireNonNull(held.get(leaf.getKey()))));
  }

  /** The document as it is then; empty if there is none to delete. */
  private Optional<Document> write(
      Draft draft,
      DocumentId id,
      @org.jspecify.annotations.Nullable Document stored,
      Optional<JsonObject> fields) {
    if (fields.isEmpty() && (stored == null || stored.isDeleted())) {
      return Optional.ofNullable(stored);
    }
    HybridTimestamp clock = draft.nextClock(ServerNode.scope(id.owner(), id.collection()));
    Document.IndexEntry index =
        stored == null
            ? Document.IndexEntry.created(caller.user(), draft.wallMillis())
            : stored.index().updatedAt(draft.wallMillis());
    Replacement written =
        Replacement.of(
            id,
            Optional.ofNullable(stored),
            fields.map(Leaves::of),
            (path, next, before) -> isSame(next, before),
            clock,
            index);
    if (stored != null && fields.isPresent() && !written.changes(stored)) {
      return Optional.of(stored);
    }
    stores = true;
    History history = draft.history(id).with(written.entry(), keep);
    Document document = written.document();
    boolean revives = stored != null && stored.isDeleted();
    if (revives && caller.owns(document)) {
      document = document.madeAnew(caller.user(), draft.wallMillis());
      draft.renew(document, history, clock);
    } else {
      draft.put(document, history, clock, true);
    }
    return Optional.of(written.document());
  }

  /**
   * Whether both are one Transit value. Not whether they are equal as JSON: 1 and 1.0 are not the
   * same; nor whether they are the same text: a JSON client may have written a number of any
   * length.
   */
  private static boolean isSame(JsonValue sent, JsonValue stored) {
    String text = JsonText.print(sent);
    return text.equals(JsonText.print(stored))
        || JsonText.print(AtomForm.decoded(sent)).equals(JsonText.print(AtomForm.decoded(stored)));
  }
}
