package dev.landfall.client;

import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.client.http.Answer;
import dev.landfall.client.http.ServerLink;
import dev.landfall.client.replica.Copy;
import dev.landfall.client.replica.DocumentAddress;
import dev.landfall.client.replica.LocalChange;
import dev.landfall.client.replica.Outgoing;
import dev.landfall.client.replica.Refusal;
import dev.landfall.client.replica.Replica;
import dev.landfall.client.replica.ResolvedConflict;
import dev.landfall.client.replica.Step;
import dev.landfall.client.store.LocalStore;
import dev.landfall.client.store.LocalStoreException;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import dev.landfall.engine.document.StoredForm;
import java.time.Duration;
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
  private static final int MAX_CHANGES = 500;
  private static final int MAX_ROUNDS = 1_000;
  private static final int MAX_DRIFTS = 3;

  /** Of a round of requests. */
  enum Ending {
    /** Everything is here and there. */
    DONE,
    /** There is more, but it is somebody else's turn. */
    MORE,
    /** To be tried again later. */
    FAILED,
    /** As {@link #FAILED}, and the server refuses what is not about single documents. */
    REFUSED,
    UNAUTHORIZED
  }

  /**
   * How a round ended.
   *
   * @param after how long the server wants to be left alone, in milliseconds
   */
  record Round(Ending ending, long after) {}

  private record Standing(Status status, Optional<Problem> problem) {}

  private record Change<T>(Map<String, T> before, Map<String, T> after) {}

  private record Waiting(
      long number, Set<DocumentAddress> documents, CompletableFuture<@Nullable Void> synced) {}

  private final CollectionName collection;
  private final Codec<T> codec;
  private final LocalStore store;
  private final InstantSource clock;
  private final Executor callbacks;
  private final Runnable wake;
  private final Conflated<Map<String, T>> values;

  private final ReentrantLock lock = new ReentrantLock();
  private final Replica replica;
  private final List<Waiting> receipts = new ArrayList<>();
  private int maxChanges = MAX_CHANGES;
  private boolean swapping;
  private boolean closed;

  private final ConcurrentHashMap<String, Watcher<T>> watchers = new ConcurrentHashMap<>();
  private final List<Consumer<ResolvedConflict>> conflictListeners = new CopyOnWriteArrayList<>();
  private final Queue<Change<T>> news = new ArrayDeque<>();
  private boolean telling;

  private final CompletableFuture<@Nullable Void> ready = new CompletableFuture<>();
  private volatile Map<String, T> value;
  private volatile Standing standing = new Standing(Status.IDLE, Optional.empty());
  private volatile Optional<Instant> lastSync = Optional.empty();

  SyncedAtom(
      CollectionName collection,
      Codec<T> codec,
      LocalStore store,
      String node,
      InstantSource clock,
      Executor callbacks,
      Runnable wake) {
    this.collection = collection;
    this.codec = codec;
    this.store = store;
    this.clock = clock;
    this.callbacks = callbacks;
    this.wake = wake;
    this.replica = store.load(collection, node);
    this.values = new Conflated<>(this::deref, callbacks);
    Map<String, T> loaded = new LinkedHashMap<>();
    replica.copies().forEach((address, copy) -> show(loaded, address, copy));
    this.value = Collections.unmodifiableMap(loaded);
    if (!replica.state().complete().isZero()) {
      ready.complete(null);
    }
  }

  /** The name of the collection. */
  public String name() {
    return collection.value();
  }

  /** The value: immutable, in the order in which documents came. */
  public Map<String, T> deref() {
    return value;
  }

  /**
   * Changes the value: the documents that differ are edited, those that are gone are deleted, those
   * that are new are made. When this returns, the change is saved.
   *
   * @param change a pure function of the value; it gets an immutable map and returns another
   * @throws IllegalArgumentException if a name is none, or a document cannot be encoded; nothing
   *     has changed
   * @throws LocalStoreException if the change cannot be saved; nothing has changed
   */
  public Receipt swap(UnaryOperator<Map<String, T>> change) {
    Receipt receipt;
    lock.lock();
    try {
      requireOpen();
      if (swapping) {
        throw new IllegalStateException("the function given to swap has to be pure");
      }
      Map<String, T> after;
      swapping = true;
      try {
        after = new LinkedHashMap<>(change.apply(value));
      } finally {
        swapping = false;
      }
      Map<DocumentAddress, LocalChange> edits = differences(value, after);
      if (edits.isEmpty()) {
        return new Receipt(CompletableFuture.completedFuture(null));
      }
      take(replica.edit(edits, clock.millis()));
      receipt = receipt(edits.keySet());
    } finally {
      lock.unlock();
    }
    changed();
    return receipt;
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
              LocalChange.between(old == null ? Map.of() : leaves(old), leaves(document));
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

  private Map<LeafPath, JsonValue> leaves(T document) {
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
      return replica.pending().size();
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

  /** The changes that the server did not take, oldest first. */
  public List<RefusedChange> inbox() {
    lock.lock();
    try {
      List<RefusedChange> inbox = new ArrayList<>();
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
      take(replica.retry(refusal, clock.millis()));
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
      take(replica.copyTo(target, refusal, clock.millis()));
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
      take(replica.drop(refusal));
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
  }

  private Receipt receipt(Set<DocumentAddress> documents) {
    CompletableFuture<@Nullable Void> synced = new CompletableFuture<>();
    receipts.add(new Waiting(replica.state().changes(), Set.copyOf(documents), synced));
    return new Receipt(synced);
  }

  private void changed() {
    tell();
    wake.run();
  }

  /** Saves a step and lets it happen. The lock is held. */
  private void take(Step step) {
    if (step.saves()) {
      store.save(collection, step);
    }
    Map<String, T> before = value;
    Map<DocumentAddress, Optional<JsonObject>> seen = new LinkedHashMap<>();
    step.copies()
        .keySet()
        .forEach(address -> seen.put(address, replica.copy(address).flatMap(Copy::document)));
    replica.install(step);
    seen.entrySet()
        .removeIf(
            entry -> entry.getValue().equals(replica.copy(entry.getKey()).flatMap(Copy::document)));
    if (!seen.isEmpty()) {
      Map<String, T> after = new LinkedHashMap<>(before);
      for (DocumentAddress address : seen.keySet()) {
        Optional<Copy> copy = replica.copy(address);
        if (copy.isPresent()) {
          show(after, address, copy.get());
        } else {
          after.remove(address.name());
        }
      }
      value = Collections.unmodifiableMap(after);
      news.add(new Change<>(before, value));
    }
  }

  private void show(Map<String, T> shown, DocumentAddress address, Copy copy) {
    Optional<JsonObject> document = copy.document();
    if (document.isEmpty()) {
      shown.remove(address.name());
      return;
    }
    try {
      shown.put(address.name(), codec.decode(document.get()));
    } catch (RuntimeException e) {
      shown.remove(address.name());
      LOG.log(
          Level.WARNING,
          "a document of ''{0}'' is not what this application expects: {1}",
          new Object[] {collection.value(), e.getClass().getName()});
    }
  }

  /** Tells watchers what has happened, in order; one thread at a time does it. */
  private void tell() {
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

  private void stands(Status status) {
    standing = new Standing(status, Optional.empty());
  }

  private void stands(Status status, String code, String message) {
    standing = new Standing(status, Optional.of(new Problem(code, message)));
  }

  void notSaved() {
    stands(Status.ERROR, "not_saved", "what the server said cannot be saved on this device");
  }

  /** Pushes and pulls until there is nothing more to do, or it does not go on. */
  Round round(ServerLink link) throws InterruptedException {
    int drifts = 0;
    Answer.Refused withoutRoom = null;
    for (int i = 0; i < MAX_ROUNDS; i++) {
      Outgoing outgoing;
      lock.lock();
      try {
        if (closed) {
          return new Round(Ending.DONE, 0);
        }
        take(replica.send(withoutRoom == null ? maxChanges : 0));
        outgoing = replica.outgoing();
      } finally {
        lock.unlock();
      }
      stands(Status.SYNCING);
      Answer answer = link.sync(collection, outgoing);
      boolean goesOn;
      if (answer instanceof Answer.Done done) {
        goesOn = done(done) && (withoutRoom == null || hasMore());
      } else if (answer instanceof Answer.Drifted drifted && ++drifts <= MAX_DRIFTS) {
        locked(
            () ->
                replica.drifted(drifted.serverMillis(), drifted.maxDriftMillis(), clock.millis()));
        goesOn = true;
      } else if (answer instanceof Answer.Refused refused
          && refused.status() == 429
          && withoutRoom == null) {
        locked(replica::notStored);
        withoutRoom = refused; // what others have written can be pulled all the same
        goesOn = true;
      } else if (answer instanceof Answer.Refused refused && isAboutDocuments(refused, outgoing)) {
        refused(refused, outgoing.changes().size());
        goesOn = true;
      } else {
        return failed(answer);
      }
      if (!goesOn && withoutRoom != null) {
        return failed(withoutRoom);
      }
      if (!goesOn) {
        stands(Status.IDLE);
        return new Round(Ending.DONE, 0);
      }
    }
    return new Round(Ending.MORE, 0);
  }

  private boolean hasMore() {
    lock.lock();
    try {
      return replica.state().more();
    } finally {
      lock.unlock();
    }
  }

  private static boolean isAboutDocuments(Answer.Refused refused, Outgoing outgoing) {
    return (refused.status() == 400 || refused.status() == 413) && !outgoing.changes().isEmpty();
  }

  private boolean done(Answer.Done done) {
    boolean goesOn;
    List<Runnable> after = new ArrayList<>();
    lock.lock();
    try {
      Step step = replica.receive(done.reply(), clock.millis());
      take(step);
      settle(step, after);
      maxChanges = Math.min(MAX_CHANGES, maxChanges * 2);
      goesOn = replica.state().more() || !replica.pending().isEmpty();
      lastSync = Optional.of(clock.instant());
      if (!replica.state().more()) {
        after.add(() -> ready.complete(null));
      }
    } finally {
      lock.unlock();
    }
    after.forEach(Runnable::run);
    for (ResolvedConflict conflict : done.reply().conflicts()) {
      conflictListeners.forEach(
          listener -> callbacks.execute(() -> safely(() -> listener.accept(conflict))));
    }
    tell();
    return goesOn;
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

  private void refused(Answer.Refused refused, int changes) {
    List<Runnable> after = new ArrayList<>();
    lock.lock();
    try {
      if (changes > 1) { // whose fault it is shows when they come one by one
        take(replica.notStored());
        maxChanges = Math.max(1, changes / 2);
      } else {
        Step step = replica.refused(refused.code(), refused.details());
        take(step);
        settle(step, after);
      }
    } finally {
      lock.unlock();
    }
    after.forEach(Runnable::run);
    tell();
  }

  private Round failed(Answer answer) {
    if (answer instanceof Answer.Unknown unknown) {
      locked(replica::failed);
      stands(Status.OFFLINE, unknown.code(), unknown.message());
      return new Round(Ending.FAILED, millis(unknown.after()));
    }
    locked(replica::notStored);
    if (answer instanceof Answer.Refused refused) {
      stands(Status.ERROR, refused.code(), refused.message());
      return new Round(Ending.REFUSED, millis(refused.after()));
    }
    if (answer instanceof Answer.Unauthorized) {
      stands(Status.UNAUTHORIZED, "unauthorized", "the server does not accept the token");
      return new Round(Ending.UNAUTHORIZED, 0);
    }
    stands(Status.ERROR, "clock_drift", "the clock of this device cannot be corrected");
    return new Round(Ending.REFUSED, 0);
  }

  private static long millis(Optional<Duration> after) {
    return after.map(Duration::toMillis).orElse(0L);
  }

  private void locked(Supplier<Step> step) {
    lock.lock();
    try {
      take(step.get());
    } finally {
      lock.unlock();
    }
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
  }
}
