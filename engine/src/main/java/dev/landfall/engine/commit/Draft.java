package dev.landfall.engine.commit;

import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.Principal;
import dev.landfall.api.Register;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Terms;
import dev.landfall.api.store.Tip;
import dev.landfall.api.store.Usage;
import dev.landfall.engine.clock.HybridClock;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.document.Registers;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.document.WireForm;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A commit in the making: what the store holds, and what the submissions so far have put on top of
 * it. For one thread.
 */
public final class Draft {
  /** How many documents are read at a time: what waits to be looked at is not all in memory. */
  private static final int SLICE = 200;

  /** How far {@link #endMillisecond} goes ahead of the wall clock, in milliseconds. */
  public static final long MAX_LEAD = 1_000;

  private final ApplicationDefinition application;
  private final ApplicationStore store;
  private final List<DocumentId> ids;
  private final Map<DocumentId, Integer> order = new HashMap<>();
  private Map<DocumentId, StoredDocument> slice = Map.of();
  private Set<DocumentId> sliced = Set.of();
  private final Map<DocumentId, Version> committed = new LinkedHashMap<>();
  private final Map<DocumentId, Version> pending = new LinkedHashMap<>();
  private final Tip tip;
  private final String epoch;
  private final long wallMillis;
  private final boolean measures;
  private final Map<Owner, Usage> growth = new HashMap<>();
  private final Map<Owner, Usage> pendingGrowth = new HashMap<>();

  /** The nodes of the clocks, by scope. */
  private final Map<String, String> nodes = new HashMap<>();

  private HybridTimestamp clock;
  private @Nullable HybridTimestamp taken;
  private HybridTimestamp clockBefore;
  private @Nullable HybridTimestamp takenBefore;

  /**
   * A document with its history.
   *
   * @param feed whether its readers have to hear of it
   * @param wire what is delivered, if that is known already
   * @param terms by what it is found, if that is known already
   * @param access for whom alone something has changed
   */
  private record Version(
      Document document,
      History history,
      boolean feed,
      @Nullable Bytes wire,
      @Nullable Terms terms,
      Map<Principal, Access> access) {
    Version(
        Document document,
        History history,
        boolean feed,
        @Nullable Bytes wire,
        Map<Principal, Access> access) {
      this(document, history, feed, wire, null, access);
    }
  }

  /** That somebody gets access, or loses it. */
  private record Access(FeedEntry.Kind kind, HybridTimestamp position) {}

  /**
   * A draft of the commit after {@code tip}.
   *
   * @param ids the documents that may be asked for, in the order in which they will be
   * @param measures whether to find out by how much owners have more
   */
  Draft(
      ApplicationDefinition application,
      ApplicationStore store,
      Collection<DocumentId> ids,
      Tip tip,
      String epoch,
      long wallMillis,
      boolean measures) {
    this.application = application;
    this.store = store;
    this.ids = List.copyOf(ids);
    for (DocumentId id : this.ids) {
      order.putIfAbsent(id, order.size());
    }
    this.tip = tip;
    this.clock = tip.clock();
    this.clockBefore = tip.clock();
    this.epoch = epoch;
    this.wallMillis = wallMillis;
    this.measures = measures;
  }

  /** The commit before this one. */
  public Tip tip() {
    return tip;
  }

  /** Now, in milliseconds since the Unix epoch. */
  public long wallMillis() {
    return wallMillis;
  }

  /** The document as it is with everything put so far; one that is erased is not there. */
  public Optional<Document> document(DocumentId id) {
    Version version = version(id);
    if (version != null) {
      return Optional.of(version.document()).filter(document -> !document.isErased());
    }
    StoredDocument stored = stored(id);
    return stored == null || stored.isErased()
        ? Optional.empty()
        : Optional.of(StoredForm.decode(stored));
  }

  /** Its history. */
  public History history(DocumentId id) {
    Version version = version(id);
    if (version != null) {
      return version.history();
    }
    StoredDocument stored = stored(id);
    return stored == null ? History.NONE : new History(stored.history());
  }

  /**
   * The clock that the next document of {@code scope} would be committed under; taken only by
   * {@link #put}.
   */
  public HybridTimestamp nextClock(String scope) {
    HybridTimestamp next = HybridClock.tick(clock, wallMillis);
    return next.withNode(nodes.computeIfAbsent(scope, one -> new ServerNode(epoch, one).text()));
  }

  /**
   * Stores a document under the clock that {@link #nextClock} gave.
   *
   * @param feed whether it is a new revision, for its readers to hear of
   */
  public void put(Document document, History history, HybridTimestamp taken, boolean feed) {
    Version before = version(document.id());
    boolean told = feed || (before != null && before.feed());
    Map<Principal, Access> access = before == null ? Map.of() : before.access();
    put(before, new Version(document, history, told, delivered(before, document, told), access));
    this.clock = taken;
    this.taken = taken;
  }

  private void put(@Nullable Version before, Version version) {
    DocumentId id = version.document().id();
    if (measures) {
      StoredDocument stored = before == null ? stored(id) : null;
      Usage until = stored == null ? usage(before) : Usage.of(stored);
      pendingGrowth.merge(id.owner(), usage(version).minus(until), Usage::plus);
    }
    pending.put(id, version);
  }

  private static Usage usage(@Nullable Version version) {
    Bytes wire = version == null || version.document().isDeleted() ? null : version.wire();
    return wire == null ? Usage.NONE : new Usage(1, wire.length());
  }

  /** What is delivered of a document, if it stays as it is or has to be measured. */
  private @Nullable Bytes delivered(@Nullable Version before, Document document, boolean told) {
    if (told) {
      return measures ? WireForm.of(document) : null;
    }
    return wire(before, document.id());
  }

  /** What is delivered of a document that was put as a new revision; made once. */
  public Bytes delivered(DocumentId id) {
    Version version = Objects.requireNonNull(version(id), "it has been put");
    if (version.wire() != null) {
      return version.wire();
    }
    Bytes wire = WireForm.of(version.document());
    pending.put(
        id,
        new Version(
            version.document(),
            version.history(),
            version.feed(),
            wire,
            version.terms(),
            version.access()));
    return wire;
  }

  /** Says by what a document is found that was put, for as long as nothing else is put. */
  public void foundBy(DocumentId id, Terms terms) {
    Version version = Objects.requireNonNull(version(id), "it has been put");
    pending.put(
        id,
        new Version(
            version.document(),
            version.history(),
            version.feed(),
            version.wire(),
            terms,
            version.access()));
  }

  /**
   * Stores a document that has other readers now, under the clock that {@link #nextClock} gave.
   * Nobody else hears of it.
   */
  public void share(Document document, History history, HybridTimestamp taken) {
    Version before = version(document.id());
    boolean told = before != null && before.feed();
    putForOthers(document, history, taken, told);
  }

  /**
   * Stores a new revision of a document that has other readers now, under the clock that {@link
   * #nextClock} gave.
   */
  public void renew(Document document, History history, HybridTimestamp taken) {
    putForOthers(document, history, taken, true);
  }

  private void putForOthers(
      Document document, History history, HybridTimestamp taken, boolean told) {
    Version before = version(document.id());
    Set<Principal> now = audience(document);
    Set<Principal> until =
        document(document.id()).map(this::audience).orElseThrow(IllegalStateException::new);
    Map<Principal, Access> access =
        new LinkedHashMap<>(before == null ? Map.of() : before.access());
    for (Principal reader : now) {
      if (!until.contains(reader)) {
        access.put(reader, new Access(FeedEntry.Kind.CHANGED, taken));
      }
    }
    for (Principal reader : until) {
      if (!now.contains(reader)) {
        access.put(reader, new Access(FeedEntry.Kind.REVOKED, taken));
      }
    }
    put(before, new Version(document, history, told, delivered(before, document, told), access));
    this.clock = taken;
    this.taken = taken;
  }

  /**
   * Leaves nothing of a document but its id, and takes it from everybody who reads it. Its owner
   * hears nothing: there is none any more.
   */
  public void erase(Document document, HybridTimestamp taken) {
    Version before = version(document.id());
    Map<Principal, Access> access =
        new LinkedHashMap<>(before == null ? Map.of() : before.access());
    for (Principal reader : audience(document)) {
      if (!reader.equals(document.id().owner())) {
        access.put(reader, new Access(FeedEntry.Kind.REVOKED, taken));
      }
    }
    pending.put(
        document.id(),
        new Version(Document.erased(document.id(), taken), History.NONE, false, null, access));
    this.clock = taken;
    this.taken = taken;
  }

  /** In whose feeds a document stands. */
  private Set<Principal> audience(Document document) {
    Owner owner = document.id().owner();
    Sharing sharing = document.index().sharing();
    Set<Principal> audience = new LinkedHashSet<>(sharing.readers(owner, application.name()));
    audience.addAll(sharing.registers(owner, application.name()));
    return audience;
  }

  /** Starts a submission: what follows is later than {@code floor}. */
  void begin(HybridTimestamp floor) {
    clockBefore = clock;
    takenBefore = taken;
    clock = HybridTimestamp.later(clock, floor);
  }

  /** What is committed after this is later than {@code handedOut}, even if nothing else is. */
  public void raise(HybridTimestamp handedOut) {
    clock = HybridTimestamp.later(clock, handedOut);
  }

  /**
   * Ends the millisecond: what is committed after this is of a later one. As long as the clock is
   * no further ahead of the wall's than {@link #MAX_LEAD}; nobody can drive it away by asking.
   *
   * @return a millisecond after which everything later is committed, since the Unix epoch
   */
  public long endMillisecond() {
    String nobody = new ServerNode(epoch, "").text();
    boolean ended = clock.sequence() == 0 && clock.node().equals(nobody);
    long next = Math.max(clock.millis() + 1, wallMillis);
    if (!ended && next <= wallMillis + MAX_LEAD) {
      clock = new HybridTimestamp(next, 0, nobody);
    }
    return lastMillisecond();
  }

  /** The last millisecond after which everything later is committed, since the Unix epoch. */
  public long lastMillisecond() {
    return Math.max(0, clock.millis() - 1);
  }

  /** Ends a submission and keeps what it has put. */
  void keep() {
    committed.putAll(pending);
    pending.clear();
    pendingGrowth.forEach((owner, more) -> growth.merge(owner, more, Usage::plus));
    pendingGrowth.clear();
  }

  /** Ends a submission as if it had not begun. */
  void drop() {
    pending.clear();
    pendingGrowth.clear();
    clock = clockBefore;
    taken = takenBefore;
  }

  /**
   * What the commit makes of the documents in each register that the submission which has not ended
   * has to do with.
   */
  Map<Register, ShareQuota.Growth> shares() {
    Map<Register, ShareQuota.Growth> shares = new LinkedHashMap<>();
    for (Version version : pending.values()) {
      for (Register register : registers(version)) {
        shares.computeIfAbsent(register, unused -> new ShareQuota.Growth());
      }
    }
    if (!shares.isEmpty()) {
      Map<DocumentId, Version> all = new LinkedHashMap<>(committed);
      all.putAll(pending);
      for (Version version : all.values()) {
        for (Register register : registers(version)) {
          ShareQuota.Growth growth = shares.get(register);
          if (growth != null) {
            Access access = version.access().get(register);
            boolean gained = access != null && access.kind() == FeedEntry.Kind.CHANGED;
            growth.add(version.document(), gained, bytes(version));
          }
        }
      }
    }
    return shares;
  }

  /**
   * Those that may be fuller: by a change of what is in a document only that of the public ones.
   */
  private Set<Register> registers(Version version) {
    Document document = version.document();
    Sharing sharing = document.index().sharing();
    Owner owner = document.id().owner();
    if (!version.access().isEmpty()) {
      return sharing.registers(owner, application.name());
    }
    return sharing.visibility() == Visibility.PUBLIC
        ? Set.of(Registers.published(owner))
        : Set.of();
  }

  private static long bytes(Version version) {
    if (version.document().isDeleted()) {
      return 0;
    }
    Bytes wire = version.wire();
    return (wire == null ? WireForm.of(version.document()) : wire).length();
  }

  /** By how much owners have more after what was kept; empty if that is not measured. */
  Map<Owner, Usage> growth() {
    return growth;
  }

  /** The same of the submission that has not ended. */
  Map<Owner, Usage> pendingGrowth() {
    return pendingGrowth;
  }

  /** How many documents are to be stored. */
  int size() {
    return committed.size();
  }

  /**
   * Whether a floor stands above the commit before, so that the clock has to move although nothing
   * is stored.
   */
  boolean needsClock() {
    return clock.isAfter(tip.clock());
  }

  /** The clock of the whole commit: later than every document's and every floor's. */
  HybridTimestamp clock() {
    return clock.equals(taken) ? clock : nextClock("");
  }

  List<StoredDocument> documents() {
    List<StoredDocument> documents = new ArrayList<>(committed.size());
    for (Version version : committed.values()) {
      Document document = version.document();
      Bytes known = version.wire();
      Bytes wire = known == null ? WireForm.of(document) : known;
      Terms found = version.terms();
      documents.add(
          StoredForm.encode(
              document, wire, version.history().bytes(), found == null ? terms(document) : found));
    }
    return documents;
  }

  private Terms terms(Document document) {
    return document.isDeleted()
        ? Terms.NONE
        : application.collection(document.id().collection()).indexes().terms(document.fields());
  }

  /**
   * Stores a document as it is if it is not found by what it would be found by if it were written
   * now. Nobody hears of it.
   */
  public void index(DocumentId id) {
    StoredDocument stored = stored(id);
    if (stored == null || version(id) != null) {
      return; // what is written now is indexed now
    }
    Document document = StoredForm.decode(stored);
    if (!stored.terms().equals(terms(document))) {
      pending.put(
          id, new Version(document, new History(stored.history()), false, stored.wire(), Map.of()));
    }
  }

  List<FeedEntry> entries() {
    List<FeedEntry> entries = new ArrayList<>(committed.size());
    for (Version version : committed.values()) {
      Document document = version.document();
      Map<Principal, Access> news = new LinkedHashMap<>(version.access());
      if (version.feed()) {
        for (Principal reader : audience(document)) {
          news.merge(
              reader,
              new Access(FeedEntry.Kind.CHANGED, document.revision()),
              (granted, changed) ->
                  granted.position().isAfter(changed.position()) ? granted : changed);
        }
      }
      news.forEach(
          (reader, access) ->
              entries.add(
                  new FeedEntry(
                      Registers.feed(reader, document.id().collection()),
                      access.position(),
                      document.id(),
                      access.kind())));
    }
    return entries;
  }

  private @Nullable Bytes wire(@Nullable Version before, DocumentId id) {
    if (before != null) {
      return before.wire();
    }
    StoredDocument stored = stored(id);
    return stored == null ? null : stored.wire();
  }

  private @Nullable StoredDocument stored(DocumentId id) {
    if (!sliced.contains(id)) {
      int start = order.getOrDefault(id, ids.size());
      sliced = new HashSet<>(ids.subList(start, Math.min(ids.size(), start + SLICE)));
      slice = store.find(sliced);
    }
    return slice.get(id);
  }

  private @Nullable Version version(DocumentId id) {
    Version version = pending.get(id);
    return version != null ? version : committed.get(id);
  }
}
