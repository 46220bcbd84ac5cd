package dev.landfall.client;

import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.client.http.ServerLink;
import dev.landfall.client.replica.Batch;
import dev.landfall.client.replica.Copy;
import dev.landfall.client.replica.DocumentAddress;
import dev.landfall.client.replica.LocalChange;
import dev.landfall.client.replica.Outgoing;
import dev.landfall.client.replica.Refusal;
import dev.landfall.client.replica.Replica;
import dev.landfall.client.replica.Reply;
import dev.landfall.client.replica.ResolvedConflict;
import dev.landfall.client.replica.Resync;
import dev.landfall.client.replica.Step;
import dev.landfall.client.replica.Warning;
import dev.landfall.client.store.LocalStore;
import dev.landfall.client.store.LocalStoreException;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import dev.landfall.engine.document.StoredForm;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A collection on this device, as one immutable value from name to document, kept in step with the
 * server. Reading and changing it touches the device alone and works without a network. What a
 * document is called, {@link DocumentAddress} tells.
 *
 * <p>Safe for concurrent use.
 *
 * @param <T> what a document is
 */
public final class SyncedAtom<T> {
  private static final Logger LOG = Logger.getLogger(SyncedAtom.class.getName());

  private record Standing(Status status, Optional<Problem> problem) {}

  private record Change<T>(Map<String, T> before, Map<String, T> after) {}

  /** Hears which documents may be others now. */
  interface Follower {
    /** These may be; the lock is held. */
    void touched(Set<DocumentAddress> addresses);

    /** All may be; the lock is held. */
    void renewed();

    /** Some were; the lock is not held. */
    void tell();

    /** The connection is closed. */
    void close();
  }

  private record Waiting(
      long number, Set<DocumentAddress> documents, CompletableFuture<@Nullable Void> synced) {}

  private final CollectionName collection;
  private final Codec<T> codec;
  private final InstantSource clock;
  private final Executor callbacks;
  private final Runnable wake;
  private final ConflatingPublisher<Map<String, T>> values;

  private final ReentrantLock lock = new ReentrantLock();
  private final Replica replica;
  private final Keeper keeper;
  private final Rounds rounds;
  private final Consumer<Restored> restoration;
  private final Consumer<ReplicaEvent> events;
  private final List<Waiting> receipts = new ArrayList<>();
  private boolean swapping;
  private boolean closed;
  private Optional<Problem> hidden = Optional.empty();

  private final ConcurrentHashMap<String, Watcher<T>> watchers = new ConcurrentHashMap<>();
  private final List<Consumer<ResolvedConflict>> conflictListeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<Warning>> warningListeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<RefusedChange>> refusalListeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<Set<String>>> revocationListeners = new CopyOnWriteArrayList<>();
  private final Queue<Change<T>> news = new ArrayDeque<>();
  private boolean telling;

  private final CompletableFuture<@Nullable Void> ready = new CompletableFuture<>();

  /** What is shown, changed in place. The lock is held. */
  private final Map<String, T> documents = new LinkedHashMap<>();

  /** A copy of it; null if somebody has to make one. */
  private volatile @Nullable Map<String, T> value;

  /** Who asks about single documents. They are told with the lock held, and later without it. */
  private final List<Follower> followers = new CopyOnWriteArrayList<>();

  /** What takes back the last own change of a document. */
  private final Map<DocumentAddress, LocalChange> undo = new LinkedHashMap<>();

  private volatile Standing standing = new Standing(Status.IDLE, Optional.empty());
  private volatile Optional<Instant> lastSync = Optional.empty();

  SyncedAtom(
      CollectionName collection,
      Codec<T> codec,
      LocalStore store,
      String node,
      InstantSource clock,
      Executor callbacks,
      Consumer<Restored> restoration,
      boolean asksBeforeRestoring,
      Consumer<ReplicaEvent> events,
      Runnable wake) {
    this.collection = collection;
    this.codec = codec;
    this.clock = clock;
    this.callbacks = callbacks;
    this.wake = wake;
    this.restoration = restoration;
    this.events = events;
    this.replica = store.load(collection, node);
    this.keeper = new Keeper(store, collection, replica);
    this.rounds = new Rounds(this, asksBeforeRestoring);
    this.values = new ConflatingPublisher<>(this::deref, callbacks);
    show();
    if (!replica.state().complete().isZero()) {
      ready.complete(null);
    }
  }

  private void show() {
    documents.clear();
    replica.copies().forEach((address, copy) -> show(address, copy));
    value = null;
  }

  /** The name of the collection. */
  public String name() {
    return collection.value();
  }

  /** The value: immutable, in the order in which documents came. */
  public Map<String, T> deref() {
    Map<String, T> known = value;
    if (known != null) {
      return known;
    }
    lock.lock();
    try {
      Map<String, T> now = value;
      if (now == null) {
        now = Collections.unmodifiableMap(new LinkedHashMap<>(documents));
        value = now;
      }
      return now;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Changes the value: the documents that differ are edited, those that are gone are deleted, those
   * that are new are made. When this returns, the change is saved.
   *
   * @param change a pure function of the value; it gets an immutable map and returns another
   * @throws IllegalArgumentException if a name is none, or a document cannot be encoded; nothing
   *     has changed
   * @throws LocalStoreException if the change cannot be saved; nothing has changed
   * @throws WrongReplicaException if what is on this device belongs to somebody else
   */
  public Receipt swap(UnaryOperator<Map<String, T>> change) {
    return edit(
        () -> {
          Map<String, T> before = deref();
          return differences(before, new LinkedHashMap<>(change.apply(before)));
        });
  }

  /**
   * Makes changes that are found out under the lock.
   *
   * @param changes a pure function
   */
  Receipt edit(Supplier<Map<DocumentAddress, LocalChange>> changes) {
    Receipt receipt;
    lock.lock();
    try {
      requireOpen();
      if (swapping) {
        throw new IllegalStateException("the function given to swap has to be pure");
      }
      Map<DocumentAddress, LocalChange> edits;
      swapping = true;
      try {
        edits = changes.get();
      } finally {
        swapping = false;
      }
      if (edits.isEmpty()) {
        return new Receipt(Set.of(), CompletableFuture.completedFuture(null));
      }
      Map<DocumentAddress, Map<LeafPath, JsonValue>> before = new LinkedHashMap<>();
      edits.keySet().forEach(address -> before.put(address, leaves(address)));
      take(replica.edit(edits, clock.millis()), keeper::edit);
      before.forEach(
          (address, was) -> {
            Map<LeafPath, JsonValue> now = leaves(address);
            undo.put(address, was.isEmpty() ? LocalChange.DELETION : LocalChange.between(now, was));
          });
      receipt = receipt(edits.keySet());
    } finally {
      lock.unlock();
    }
    changed();
    return receipt;
  }

  /** Takes back the last own change of a document; false if there was none. */
  Optional<Receipt> undo(DocumentAddress address) {
    lock.lock();
    try {
      LocalChange back = undo.get(address);
      if (back == null) {
        return Optional.empty();
      }
      boolean gone = back.deletes() && leaves(address).isEmpty();
      return Optional.of(edit(() -> gone ? Map.of() : Map.of(address, back)));
    } finally {
      lock.unlock();
    }
  }

  /** The leaves of a document as it is shown; none if there is no such document. */
  Map<LeafPath, JsonValue> leaves(DocumentAddress address) {
    return replica.copy(address).flatMap(Copy::document).map(Leaves::of).orElse(Map.of());
  }

  /** What one document is. */
  Optional<T> get(DocumentAddress address) {
    lock.lock();
    try {
      return Optional.ofNullable(documents.get(address.name()));
    } finally {
      lock.unlock();
    }
  }

  /** What a document with these leaves is. */
  T decoded(Map<LeafPath, JsonValue> leaves) {
    return codec.decode(Leaves.join(leaves));
  }

  /** Looks at the replica, at no copy if nothing of it may be shown. */
  <R> R reading(Function<Map<DocumentAddress, Copy>, R> look) {
    lock.lock();
    try {
      return look.apply(hidden.isPresent() || closed ? Map.of() : replica.copies());
    } finally {
      lock.unlock();
    }
  }

  /** What a document is that need not be one of those here. */
  T decode(JsonObject document) {
    return codec.decode(document);
  }

  /** Does something while nothing changes. */
  void locked(Runnable work) {
    lock.lock();
    try {
      work.run();
    } finally {
      lock.unlock();
    }
  }

  /** Has {@code follower} hear of documents. */
  void follow(Follower follower) {
    followers.add(follower);
  }

  /** How many follow. */
  int followers() {
    return followers.size();
  }

  /** Ends {@link #follow}. */
  void unfollow(Follower follower) {
    followers.remove(follower);
  }

  /** Makes {@code newValue} the value; see {@link #swap}. */
  public Receipt reset(Map<String, T> newValue) {
    return swap(before -> newValue);
  }

  /** One document becomes what the function makes of it; empty for none. See {@link #swap}. */
  public Receipt update(String name, UnaryOperator<Optional<T>> change) {
    return swap(
        before -> {
          Map<String, T> after = new LinkedHashMap<>(before);
          change
              .apply(Optional.ofNullable(before.get(name)))
              .ifPresentOrElse(document -> after.put(name, document), () -> after.remove(name));
          return after;
        });
  }

  private Map<DocumentAddress, LocalChange> differences(
      Map<String, T> before, Map<String, T> after) {
    Map<DocumentAddress, LocalChange> edits = new LinkedHashMap<>();
    after.forEach(
        (name, document) -> {
          T old = before.get(name);
          if (old == Objects.requireNonNull(document, name) || document.equals(old)) {
            return;
          }
          LocalChange change =
              LocalChange.between(old == null ? Map.of() : leavesOf(old), leavesOf(document));
          if (old == null && change.isEmpty()) {
            throw new IllegalArgumentException("'" + name + "': a document has at least one field");
          }
          if (!change.isEmpty()) {
            edits.put(DocumentAddress.parse(name), change);
          }
        });
    for (String name : before.keySet()) {
      if (!after.containsKey(name)) {
        edits.put(DocumentAddress.parse(name), LocalChange.DELETION);
      }
    }
    return edits;
  }

  /** The leaves of a document as it is stored. */
  Map<LeafPath, JsonValue> leavesOf(T document) {
    return Leaves.of(StoredForm.withoutProtocol(codec.encode(document)));
  }

  /** Has {@code watcher} called after each change, on whatever thread made it. */
  public void addWatch(String key, Watcher<T> watcher) {
    watchers.put(key, watcher);
  }

  /** Ends {@link #addWatch}. */
  public void removeWatch(String key) {
    watchers.remove(key);
  }

  /** The value and later ones; whoever is slow misses those in between and never the last. */
  public Flow.Publisher<Map<String, T>> values() {
    return values;
  }

  /** Completes when the value is all that the server had, now or on an earlier day. */
  public CompletableFuture<@Nullable Void> ready() {
    return ready.copy();
  }

  /** How it stands with the server. */
  public Status status() {
    return standing.status();
  }

  /** What is behind {@code OFFLINE}, {@code UNAUTHORIZED} and {@code ERROR}; empty otherwise. */
  public Optional<Problem> problem() {
    return standing.problem();
  }

  /** How many documents have changes that the server does not have yet. */
  public int pending() {
    lock.lock();
    try {
      return hidden.isPresent() ? 0 : replica.pending().size();
    } finally {
      lock.unlock();
    }
  }

  /** When the server last answered, in this process. */
  public Optional<Instant> lastSync() {
    return lastSync;
  }

  /**
   * Has {@code listener} called for each conflict, on a thread of the connection.
   *
   * @return ends that
   */
  public Runnable onConflict(Consumer<ResolvedConflict> listener) {
    conflictListeners.add(listener);
    return () -> conflictListeners.remove(listener);
  }

  /**
   * Has {@code listener} called for each warning of the server, on a thread of the connection.
   *
   * @return ends that
   */
  public Runnable onWarning(Consumer<Warning> listener) {
    warningListeners.add(listener);
    return () -> warningListeners.remove(listener);
  }

  /**
   * Has {@code listener} called for each change that goes to the {@link #inbox()}, on a thread of
   * the connection.
   *
   * @return ends that
   */
  public Runnable onRefused(Consumer<RefusedChange> listener) {
    refusalListeners.add(listener);
    return () -> refusalListeners.remove(listener);
  }

  /**
   * Has {@code listener} called with the names of documents that were taken away by somebody else,
   * on a thread of the connection. What had not been sent of them is in the {@link #inbox()}.
   *
   * @return ends that
   */
  public Runnable onRevoked(Consumer<Set<String>> listener) {
    revocationListeners.add(listener);
    return () -> revocationListeners.remove(listener);
  }

  /** The changes that the server did not take, oldest first. */
  public List<RefusedChange> inbox() {
    lock.lock();
    try {
      List<RefusedChange> inbox = new ArrayList<>();
      if (hidden.isPresent()) {
        return inbox;
      }
      replica.inbox().values().forEach(refusal -> inbox.add(new RefusedChange(this, refusal)));
      return inbox;
    } finally {
      lock.unlock();
    }
  }

  Receipt retry(Refusal refusal) {
    Receipt receipt;
    lock.lock();
    try {
      requireWaiting(refusal);
      take(replica.retry(refusal, clock.millis()), keeper::edit);
      receipt = receipt(Set.of(refusal.address()));
    } finally {
      lock.unlock();
    }
    changed();
    return receipt;
  }

  String copyToOwn(Refusal refusal) {
    DocumentAddress target;
    lock.lock();
    try {
      requireWaiting(refusal);
      if (refusal.document().isEmpty()) {
        throw new IllegalStateException("it was a deletion; there is nothing to copy");
      }
      String key = refusal.address().key().value();
      target = DocumentAddress.own(key);
      for (int i = 2; replica.copy(target).isPresent(); i++) {
        target = DocumentAddress.own(key + " (" + i + ")");
      }
      take(replica.copyTo(target, refusal, clock.millis()), keeper::edit);
    } finally {
      lock.unlock();
    }
    changed();
    return target.name();
  }

  void drop(Refusal refusal) {
    lock.lock();
    try {
      requireWaiting(refusal);
      take(replica.drop(refusal), keeper::edit);
    } finally {
      lock.unlock();
    }
  }

  private void requireWaiting(Refusal refusal) {
    requireOpen();
    if (!replica.inbox().containsKey(refusal.number())) {
      throw new IllegalStateException("this is not in the inbox any more");
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the connection is closed");
    }
    if (hidden.isPresent()) {
      throw new WrongReplicaException(hidden.get().message());
    }
  }

  private Receipt receipt(Set<DocumentAddress> documents) {
    CompletableFuture<@Nullable Void> synced = new CompletableFuture<>();
    receipts.add(new Waiting(replica.state().changes(), Set.copyOf(documents), synced));
    return new Receipt(names(documents), synced);
  }

  private void changed() {
    tell();
    wake.run();
  }

  /** Lets a step happen. The lock is held. */
  private void take(Step step, Consumer<Step> how) {
    boolean isWatched = !watchers.isEmpty() || values.hasSubscribers();
    Map<String, T> before = isWatched ? deref() : Map.of();
    Map<DocumentAddress, Optional<JsonObject>> seen = new LinkedHashMap<>();
    Set<DocumentAddress> touched = step.copies().keySet();
    touched.forEach(address -> seen.put(address, replica.copy(address).flatMap(Copy::document)));
    how.accept(step);
    announce(step);
    seen.entrySet()
        .removeIf(
            entry -> entry.getValue().equals(replica.copy(entry.getKey()).flatMap(Copy::document)));
    for (DocumentAddress address : seen.keySet()) {
      Optional<Copy> copy = replica.copy(address);
      if (copy.isPresent()) {
        show(address, copy.get());
      } else {
        documents.remove(address.name());
      }
    }
    if (!touched.isEmpty()) {
      followers.forEach(follower -> follower.touched(touched));
    }
    if (!seen.isEmpty()) {
      value = null;
      if (isWatched) {
        news.add(new Change<>(before, deref()));
      }
    }
  }

  /** Calls the listeners of what is in a step. The lock is held. */
  private void announce(Step step) {
    for (Optional<Refusal> refusal : step.refusals().values()) {
      if (refusal.isPresent()) {
        RefusedChange change = new RefusedChange(this, refusal.get());
        call(refusalListeners, change);
        event(new ReplicaEvent.Refused(name(), change));
      }
    }
    if (!step.revoked().isEmpty()) {
      call(revocationListeners, names(step.revoked()));
      event(new ReplicaEvent.Revoked(name(), names(step.revoked())));
    }
  }

  private void event(ReplicaEvent event) {
    callbacks.execute(() -> safely(() -> events.accept(event)));
  }

  private <E> void call(List<Consumer<E>> listeners, E event) {
    listeners.forEach(listener -> callbacks.execute(() -> safely(() -> listener.accept(event))));
  }

  private void show(DocumentAddress address, Copy copy) {
    Optional<JsonObject> document = copy.document();
    if (document.isEmpty()) {
      documents.remove(address.name());
      return;
    }
    try {
      documents.put(address.name(), codec.decode(document.get()));
    } catch (RuntimeException e) {
      documents.remove(address.name());
      LOG.log(
          Level.WARNING,
          "a document of ''{0}'' is not what this application expects: {1}",
          new Object[] {collection.value(), e.getClass().getName()});
    }
  }

  /** Tells watchers what has happened, in order; one thread at a time does it. */
  private void tell() {
    followers.forEach(Follower::tell);
    while (true) {
      Change<T> change;
      lock.lock();
      try {
        if (telling) {
          return; // whoever does it tells this as well
        }
        change = news.poll();
        if (change == null) {
          return;
        }
        telling = true;
      } finally {
        lock.unlock();
      }
      try {
        Change<T> one = change;
        watchers.forEach(
            (key, watcher) -> safely(() -> watcher.changed(key, this, one.before, one.after)));
        values.changed();
      } finally {
        lock.lock();
        try {
          telling = false;
        } finally {
          lock.unlock();
        }
      }
    }
  }

  private static void safely(Runnable callback) {
    try {
      callback.run();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "a listener of the application failed", e);
    }
  }

  // What the loop does.

  CollectionName collection() {
    return collection;
  }

  HybridTimestamp cursor() {
    lock.lock();
    try {
      return replica.state().cursor();
    } finally {
      lock.unlock();
    }
  }

  Set<String> unsent() {
    lock.lock();
    try {
      return names(replica.pending());
    } finally {
      lock.unlock();
    }
  }

  static Set<String> names(Set<DocumentAddress> addresses) {
    Set<String> names = new LinkedHashSet<>();
    addresses.forEach(address -> names.add(address.name()));
    return names;
  }

  void stands(Status status) {
    standing = new Standing(status, Optional.empty());
  }

  void stands(Status status, String code, String message) {
    standing = new Standing(status, Optional.of(new Problem(code, message)));
  }

  /** The server was set back, and may not know any more who may see this. */
  void mayBeForgotten() {
    String message = "the server was restored and may not know of the membership any more";
    Problem problem = new Problem("not_a_member", message, Optional.of("restored"));
    standing = new Standing(Status.ERROR, Optional.of(problem));
  }

  void notSaved() {
    stands(Status.ERROR, "not_saved", "what the server said cannot be saved on this device");
  }

  /** Pushes and pulls until there is nothing more to do, or it does not go on. */
  Round round(ServerLink link) throws InterruptedException {
    return rounds.run(link);
  }

  /** The next round is as if nothing had ever been refused on the way. */
  void retryAll() {
    rounds.retry();
  }

  /** What the server has lost may be brought back. */
  void bringBack() {
    rounds.agree();
  }

  /** What is on this device belongs to somebody else: nothing of it is shown. */
  void hide(Problem why) {
    boolean wasShown;
    lock.lock();
    try {
      wasShown = hidden.isEmpty();
      hidden = Optional.of(why);
      if (wasShown) {
        showInstead(documents::clear);
      }
    } finally {
      lock.unlock();
    }
    tell();
    stands(Status.ERROR, why.code(), why.message());
  }

  /** It is known who asks and whom, and all is well. Ends {@link #hide}. */
  void showAgain() {
    rounds.doubt();
    lock.lock();
    try {
      if (hidden.isEmpty()) {
        return;
      }
      hidden = Optional.empty();
      showInstead(this::show);
    } finally {
      lock.unlock();
    }
    tell();
    stands(Status.IDLE);
  }

  private void showInstead(Runnable change) {
    Map<String, T> before = deref();
    change.run();
    value = null;
    Map<String, T> after = deref();
    if (!after.equals(before)) {
      news.add(new Change<>(before, after));
    }
    followers.forEach(Follower::renewed);
  }

  // What a round does.

  long millis() {
    return clock.millis();
  }

  Set<DocumentAddress> pendingDocuments() {
    lock.lock();
    try {
      return Set.copyOf(replica.pending());
    } finally {
      lock.unlock();
    }
  }

  boolean hasMore() {
    lock.lock();
    try {
      return replica.state().more();
    } finally {
      lock.unlock();
    }
  }

  boolean isRestoring() {
    lock.lock();
    try {
      return replica.state().resync() == Resync.RESTORED;
    } finally {
      lock.unlock();
    }
  }

  boolean isBehind() {
    lock.lock();
    try {
      return keeper.isBehind();
    } finally {
      lock.unlock();
    }
  }

  /** What to send; empty if nothing may be. */
  Optional<Outgoing> outgoing(Batch batch) {
    lock.lock();
    try {
      if (closed || hidden.isPresent()) {
        return Optional.empty();
      }
      take(replica.send(batch), keeper::exchange);
      return Optional.of(replica.outgoing(batch));
    } finally {
      lock.unlock();
    }
  }

  /** Nobody knows what became of the request. */
  void unanswered() {
    locked(replica::failed);
  }

  void notStored() {
    locked(replica::notStored);
  }

  void drifted(long serverMillis, long maxDriftMillis) {
    locked(() -> replica.drifted(serverMillis, maxDriftMillis, clock.millis()));
  }

  /** The only document of the request was refused. */
  void refused(String code, JsonValue details) {
    settled(() -> replica.refused(code, details));
  }

  /** The caller is not in the organisation any more. */
  void expelled() {
    settled(replica::expelled);
  }

  private void settled(Supplier<Step> transition) {
    List<Runnable> after = new ArrayList<>();
    lock.lock();
    try {
      Step step = transition.get();
      take(step, keeper::exchange);
      settle(step, after);
    } finally {
      lock.unlock();
    }
    after.forEach(Runnable::run);
    tell();
  }

  /** An answer is there. */
  void done(Reply reply, long askedMillis) {
    List<Runnable> after = new ArrayList<>();
    lock.lock();
    try {
      Step step = replica.receive(reply, askedMillis, clock.millis());
      take(step, keeper::exchange);
      settle(step, after);
      lastSync = Optional.of(clock.instant());
      if (!replica.state().more()) {
        after.add(() -> ready.complete(null));
      }
    } finally {
      lock.unlock();
    }
    after.forEach(Runnable::run);
    for (ResolvedConflict conflict : reply.conflicts()) {
      call(conflictListeners, conflict);
      event(new ReplicaEvent.Conflicted(name(), conflict));
    }
    for (Warning warning : reply.warnings()) {
      call(warningListeners, warning);
      event(new ReplicaEvent.Warned(name(), warning));
    }
    tell();
  }

  /** The server has lost something. */
  void restored(boolean waits) {
    Restored event = new Restored(collection.value(), waits);
    callbacks.execute(() -> safely(() -> restoration.accept(event)));
    event(new ReplicaEvent.ServerRestored(name(), waits));
  }

  private void locked(Supplier<Step> step) {
    lock.lock();
    try {
      take(step.get(), keeper::exchange);
    } finally {
      lock.unlock();
    }
  }

  /** Which receipts are settled by {@code step}, which has happened. The lock is held. */
  private void settle(Step step, List<Runnable> after) {
    for (Waiting waiting : List.copyOf(receipts)) {
      Optional<Refusal> refused =
          step.refusals().values().stream()
              .flatMap(Optional::stream)
              .filter(refusal -> waiting.documents.contains(refusal.address()))
              .filter(refusal -> isIn(waiting, refusal))
              .findFirst();
      if (refused.isPresent()) {
        receipts.remove(waiting);
        Refusal refusal = refused.get();
        after.add(
            () ->
                waiting.synced.completeExceptionally(
                    new ChangeRefusedException(refusal.address().name(), refusal.code())));
      } else if (waiting.documents.stream()
          .allMatch(address -> replica.firstPending(address) > waiting.number)) {
        receipts.remove(waiting);
        after.add(() -> waiting.synced.complete(null));
      }
    }
  }

  private static boolean isIn(Waiting waiting, Refusal refusal) {
    return refusal.firstChange() <= waiting.number;
  }

  void close() {
    List<Waiting> left;
    lock.lock();
    try {
      closed = true;
      left = List.copyOf(receipts);
      receipts.clear();
    } finally {
      lock.unlock();
    }
    left.forEach(waiting -> waiting.synced.cancel(false));
    ready.cancel(false);
    values.close();
    followers.forEach(Follower::close);
  }
}
