package dev.landfall.engine.sync;

import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Terms;
import dev.landfall.api.store.Tip;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.commit.Caller;
import dev.landfall.engine.commit.Cursors;
import dev.landfall.engine.commit.Draft;
import dev.landfall.engine.commit.Resync;
import dev.landfall.engine.commit.Submission;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.WireForm;
import dev.landfall.engine.index.IndexedFields;
import dev.landfall.engine.merge.ClientCopy;
import dev.landfall.engine.merge.DocumentMerge;
import dev.landfall.engine.merge.MergeOutcome;
import dev.landfall.engine.merge.MergeOutcome.Effect;
import dev.landfall.engine.merge.MergeRules;
import dev.landfall.engine.sync.SyncAnswer.Warning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The changes of one request, to be merged into their documents as one. */
public final class Push implements Submission<List<PushResult>> {
  private static final MergeOutcome NOTHING_NEW =
      new MergeOutcome(Optional.empty(), Effect.NONE, Optional.empty(), List.of());

  private final Caller caller;
  private final SyncRequest request;
  private final List<Change> changes;
  private final MergeRules rules;
  private final Duration history;
  private final String scope;
  private final Cursors cursors;

  /** By what each of the changes makes a document found, where that has been found out. */
  private final List<Optional<Terms>> terms;

  private Targets targets = Targets.NONE;

  /**
   * A push.
   *
   * @param changes those of the request that are valid
   * @param scope of the owner's view of the collection
   * @param cursors tell which base clocks say nothing about this server's documents
   * @param indexes by what documents are found: of new ones that is found out here and now, while
   *     others commit
   */
  public Push(
      Caller caller,
      SyncRequest request,
      List<Change> changes,
      MergeRules rules,
      Duration history,
      String scope,
      Cursors cursors,
      IndexedFields indexes) {
    this.caller = caller;
    this.request = request;
    this.changes = changes;
    this.rules = rules;
    this.history = history;
    this.scope = scope;
    this.cursors = cursors;
    this.terms = new ArrayList<>(changes.size());
    for (Change change : changes) {
      boolean perhapsNew = change.baseClock().isZero();
      terms.add(perhapsNew ? change.fields().map(indexes::terms) : Optional.empty());
    }
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
    targets = Targets.of(caller, request.collection(), changes, store);
    Set<DocumentId> ids = new LinkedHashSet<>();
    for (Change change : changes) {
      ids.addAll(targets.candidates(change));
    }
    return ids;
  }

  /**
   * Later than every clock in the request, so that nothing a client has seen beats what it saw it
   * replace.
   */
  @Override
  public HybridTimestamp floor() {
    HybridTimestamp floor = HybridTimestamp.ZERO;
    for (Change change : changes) {
      floor = HybridTimestamp.later(floor, change.baseClock());
      for (HybridTimestamp stamp : change.stamps().values()) {
        floor = HybridTimestamp.later(floor, stamp);
      }
    }
    return floor;
  }

  @Override
  public List<PushResult> decide(Draft draft) {
    caller.admit();
    List<PushResult> pushed = new ArrayList<>(changes.size());
    Map<HybridTimestamp, Boolean> foreign = new HashMap<>();
    Map<DocumentId, Set<HybridTimestamp>> before = new HashMap<>();
    for (int i = 0; i < changes.size(); i++) {
      Change change = changes.get(i);
      Targets.Target target = targets.choose(change, draft);
      Set<HybridTimestamp> own = before.computeIfAbsent(target.id(), id -> new HashSet<>());
      pushed.add(apply(draft, change, target, terms.get(i), own, foreign));
      own.addAll(change.stamps().values());
    }
    return pushed;
  }

  /**
   * Whether the base clock of a change to the document {@code id} says nothing about it. It may be
   * of the caller's view or, as the revision of a document of somebody else is, of its owner's. A
   * document that is not here is one this server never had only if the clock is of another server:
   * one that was issued here, though for another view, does not bring it back.
   *
   * @param there whether the server has the document or remembers its deletion
   * @param foreign what is known of base clocks in the caller's view
   */
  private boolean isBaseLost(
      HybridTimestamp base,
      DocumentId id,
      boolean there,
      Tip tip,
      Map<HybridTimestamp, Boolean> foreign) {
    if (!there) {
      return !base.isZero() && !cursors.isOfThisLog(base, tip);
    }
    return foreign.computeIfAbsent(base, clock -> cursors.isForeign(clock, scope, tip))
        && (id.owner().equals(caller.owner()) || cursors.isForeign(base, scope(id), tip));
  }

  /** Whether the client goes by a state that this server has lost. */
  private boolean isCursorLost(Tip tip) {
    return cursors.unusable(request.clientClock(), scope, tip).equals(Optional.of(Resync.RESTORED));
  }

  private PushResult apply(
      Draft draft,
      Change change,
      Targets.Target target,
      Optional<Terms> found,
      Set<HybridTimestamp> before,
      Map<HybridTimestamp, Boolean> foreign) {
    DocumentId id = target.id();
    if (target.access() == Targets.Access.NONE) {
      return hidden(id);
    }
    boolean writes = target.access() == Targets.Access.WRITE;
    Optional<Document> stored = draft.document(id);
    boolean there = stored.filter(document -> !document.isDeletionOfUnknown()).isPresent();
    boolean baseLost = isBaseLost(change.baseClock(), id, there, draft.tip(), foreign);
    History past = draft.history(id);
    HybridTimestamp clock = draft.nextClock(scope(id));
    DocumentMerge merge = new DocumentMerge(rules, caller.user(), clock, draft.wallMillis());
    HybridTimestamp base = baseLost ? HybridTimestamp.ZERO : change.baseClock();
    Optional<Document> original =
        base.isZero() ? Optional.empty() : target.originals().stream().findFirst();
    if (original.isPresent()
        && (isDeletionOfCopy(change, there)
            || isEcho(draft, change, stored, original.get(), clock))) {
      Document shown = original.get();
      return refused(draft, shown.id(), shown, NOTHING_NEW, copyOf(change, base, false), clock);
    }
    if (change.isDeletion()) {
      HybridTimestamp deletion = change.stamps().getOrDefault("", HybridTimestamp.ZERO);
      MergeOutcome outcome = merge.delete(id, stored, past, deletion, base, baseLost);
      if (!writes) {
        return refused(draft, id, stored.orElseThrow(), outcome, ClientCopy.NONE, clock);
      }
      put(draft, outcome, past, clock);
      return deleted(id, outcome, base);
    }
    ClientCopy sent = copyOf(change, change.baseClock(), baseLost).after(before);
    ClientCopy copy = isCursorLost(draft.tip()) ? sent.ofLostState() : sent;
    MergeOutcome outcome = merge.merge(id, stored, past, copy);
    if (!writes) {
      return refused(draft, id, stored.orElseThrow(), outcome, copy, clock);
    }
    if (isAnew(change, stored, outcome, base)) {
      Document made = outcome.document().orElseThrow().madeAnew(caller.user(), draft.wallMillis());
      draft.renew(made, past.with(outcome.entry().orElseThrow(), history), clock);
    } else {
      put(draft, outcome, past, clock);
    }
    if (outcome.document().isEmpty()) {
      PushResult unknown = unknown(draft, id, change, copy, clock);
      boolean hasEdits = change.stamps().values().stream().anyMatch(Push::isOfDevice);
      return hasEdits ? unknown.warning(List.of(behind(id, Optional.empty()))) : unknown;
    }
    List<Warning> behind = new ArrayList<>();
    outcome.behind().forEach(path -> behind.add(behind(id, Optional.of(path.text()))));
    PushResult merged = merged(draft, id, outcome, copy, clock).warning(behind);
    if (outcome.effect() == Effect.REVISION && merged.sameAsSent()) {
      found.ifPresent(by -> draft.foundBy(id, by));
    }
    boolean made = outcome.effect() == Effect.REVISION && isLive(outcome.document());
    return original
            .filter(document -> made && !document.isDeleted() && isEdited(change))
            .isPresent()
        ? merged.forked(original.get().id())
        : merged;
  }

  private static boolean isOfDevice(HybridTimestamp clock) {
    return !clock.isZero() && !ServerNode.isServer(clock);
  }

  private Warning behind(DocumentId id, Optional<String> field) {
    Optional<Owner> other = Optional.of(id.owner()).filter(one -> !one.equals(caller.owner()));
    return new Warning(Warning.CLOCK_BEHIND, id.key(), other, field);
  }

  /**
   * Whether a document of one's own that was deleted is not brought back by an edit of it, but made
   * anew: by somebody who does not know of it, or knew of its deletion when they wrote it.
   */
  private boolean isAnew(
      Change change, Optional<Document> stored, MergeOutcome outcome, HybridTimestamp base) {
    boolean revives =
        outcome.effect() == Effect.REVISION
            && isLive(outcome.document())
            && stored.filter(Document::isDeleted).filter(caller::owns).isPresent();
    return revives
        && (base.isZero() || (!stored.orElseThrow().revision().isAfter(base) && isEdited(change)));
  }

  private static boolean isLive(Optional<Document> document) {
    return document.filter(one -> !one.isDeleted()).isPresent();
  }

  private static ClientCopy copyOf(Change change, HybridTimestamp heard, boolean baseLost) {
    JsonObject fields = change.fields().orElse(JsonObject.EMPTY);
    return ClientCopy.of(fields, change.stamps(), heard, baseLost, change.base());
  }

  /** Whether anything was edited after the client had heard from the server. */
  private static boolean isEdited(Change change) {
    return change.stamps().values().stream().anyMatch(clock -> clock.isAfter(change.baseClock()));
  }

  /**
   * Whether the client has let go of its copy of what somebody shows it: there is nothing of its
   * own that could be deleted, and the document of somebody else is not its to delete.
   *
   * @param there whether there is, or has been, a document of one's own
   */
  private static boolean isDeletionOfCopy(Change change, boolean there) {
    return change.isDeletion() && !there;
  }

  /**
   * Whether the client has sent back what somebody shows it. Existing clients do that with each
   * request, and say neither whose it is nor that it is unchanged.
   *
   * @param own one's own document of this key, not there or deleted
   */
  private boolean isEcho(
      Draft draft,
      Change change,
      Optional<Document> own,
      Document original,
      HybridTimestamp clock) {
    if (change.isDeletion() || isEdited(change)) {
      return false;
    }
    if (own.isEmpty()) {
      return true;
    }
    DocumentMerge merge = new DocumentMerge(rules, caller.user(), clock, draft.wallMillis());
    ClientCopy copy = copyOf(change, change.baseClock(), false);
    return !hasNews(
        merge.merge(original.id(), Optional.of(original), draft.history(original.id()), copy));
  }

  /** The scope of the clocks of a document, which is its owner's. */
  private String scope(DocumentId id) {
    return id.owner().equals(caller.owner())
        ? scope
        : ServerNode.scope(id.owner(), id.collection());
  }

  /** The answer is the same whether the document exists or not. */
  private static PushResult hidden(DocumentId id) {
    return new PushResult(
        id,
        HybridTimestamp.ZERO,
        false,
        false,
        false,
        Bytes.EMPTY,
        ClientCopy.NONE,
        List.of(),
        Optional.of(Targets.REVOKED));
  }

  /**
   * A copy of a document that the caller may only read. Existing clients send it with every
   * request, so it is refused only if there is something new in it.
   */
  private PushResult refused(
      Draft draft,
      DocumentId id,
      Document stored,
      MergeOutcome outcome,
      ClientCopy copy,
      HybridTimestamp clock) {
    MergeOutcome kept =
        new MergeOutcome(Optional.of(stored), Effect.NONE, Optional.empty(), List.of());
    PushResult answer = merged(draft, id, kept, copy, clock);
    return new PushResult(
        id,
        answer.revision(),
        answer.sameAsSent(),
        true,
        answer.echo(),
        answer.wire(),
        copy,
        List.of(),
        hasNews(outcome) ? Optional.of(Targets.READ_ONLY) : Optional.empty());
  }

  private static boolean hasNews(MergeOutcome outcome) {
    boolean lost =
        outcome.entry().stream()
            .flatMap(entry -> entry.received().values().stream())
            .anyMatch(edit -> !edit.merged());
    return outcome.effect() == Effect.REVISION || lost;
  }

  private void put(Draft draft, MergeOutcome outcome, History past, HybridTimestamp clock) {
    if (outcome.effect() != Effect.NONE) {
      History next = outcome.entry().map(entry -> past.with(entry, history)).orElse(past);
      draft.put(outcome.document().orElseThrow(), next, clock, outcome.effect() == Effect.REVISION);
    }
  }

  private PushResult deleted(DocumentId id, MergeOutcome outcome, HybridTimestamp base) {
    Document document = outcome.document().orElseThrow();
    boolean same = document.isDeleted();
    boolean ghost = document.isDeletionOfUnknown();
    boolean echo =
        !ghost
            && (outcome.effect() == Effect.REVISION || !same || document.revision().isAfter(base));
    return new PushResult(
        id,
        document.revision(),
        same,
        !ghost,
        echo,
        echo ? told(id, WireForm.of(document)) : Bytes.EMPTY,
        ClientCopy.NONE,
        outcome.conflicts(),
        Optional.empty());
  }

  private PushResult merged(
      Draft draft, DocumentId id, MergeOutcome outcome, ClientCopy copy, HybridTimestamp clock) {
    Document document = outcome.document().orElseThrow();
    boolean same = !document.isDeleted() && document.values().equals(copy.leaves());
    boolean echo =
        outcome.effect() == Effect.REVISION || !same || document.revision().isAfter(copy.base());
    Bytes wire = Bytes.EMPTY;
    if (echo) {
      Map<LeafPath, HybridTimestamp> raised =
          same || request.acks() ? Map.of() : RaisedClocks.of(document, copy, clock);
      if (raised.containsValue(clock)) {
        draft.raise(clock);
      }
      boolean asStored = outcome.effect() == Effect.REVISION && raised.isEmpty();
      wire = told(id, asStored ? draft.delivered(id) : WireForm.of(document, raised));
    }
    return new PushResult(
        id,
        document.revision(),
        same,
        true,
        echo,
        wire,
        copy,
        outcome.conflicts(),
        Optional.empty());
  }

  private Bytes told(DocumentId id, Bytes wire) {
    return id.owner().equals(caller.owner()) ? wire : WireForm.withOwner(wire, id.owner());
  }

  /**
   * A copy with nothing new in it of a document that is not here: the client is told to drop it,
   * under clocks that no later edit of its own can have.
   */
  private PushResult unknown(
      Draft draft, DocumentId id, Change change, ClientCopy copy, HybridTimestamp next) {
    HybridTimestamp clock = draft.tip().clock();
    if (!copy.fields().isEmpty() && !clock.isAfter(change.baseClock())) {
      clock = next;
      draft.raise(clock);
    }
    Map<String, HybridTimestamp> clocks = new HashMap<>();
    for (String top : copy.fields().members().keySet()) {
      clocks.put(LeafPath.ofField(top).text(), clock);
      clocks.putIfAbsent(top, clock);
    }
    HybridTimestamp told =
        HybridTimestamp.ZERO; // it has no revision, and is told before all others
    return new PushResult(
        id,
        told,
        false,
        false,
        true,
        WireForm.tombstone(change.key(), told, clocks),
        copy,
        List.of(),
        Optional.empty());
  }
}
