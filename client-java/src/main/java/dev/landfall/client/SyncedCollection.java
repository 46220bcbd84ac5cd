package dev.landfall.client;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.client.replica.Copy;
import dev.landfall.client.replica.DocumentAddress;
import dev.landfall.client.replica.LocalChange;
import dev.landfall.client.store.LocalStoreException;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.query.Candidate;
import dev.landfall.engine.query.SortPosition;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The documents of a collection, one by one, and questions about them. It sees the same copy as the
 * {@linkplain Connection#atom atom} of the collection, with the same edits pending.
 *
 * <p>A document is called by its key, one of somebody else's {@code @OWNER/KEY}; see {@link
 * DocumentAddress}. A change is on this device when the method returns, or it throws and has not
 * happened:
 *
 * <ul>
 *   <li>an {@link IllegalArgumentException} if a name is none or a document cannot be encoded,
 *   <li>a {@link LocalStoreException} if it cannot be saved,
 *   <li>a {@link WrongReplicaException} if what is on this device belongs to somebody else,
 *   <li>an {@link IllegalStateException} if the connection is closed.
 * </ul>
 *
 * <p>Safe for concurrent use.
 *
 * @param <T> what a document is: immutable, with a sensible {@code equals}
 */
public final class SyncedCollection<T> {
  private static final UserId NOBODY_YET = new UserId("~");
  private static final String HERE = "d";

  /** A document as a query looks at it. */
  record Row<T>(Candidate candidate, T document, SyncedAtom<T> atom) {
    /** What a query shows of it. */
    T shown(Query<T> query) {
      return query.isWhole() ? document : atom.decode(query.shown(candidate.fields()));
    }
  }

  private final SyncedAtom<T> atom;
  private final Supplier<Optional<Owner>> self;
  private final ServerSearch server;
  private final InstantSource clock;
  private final Executor callbacks;
  private final SortableId ids = new SortableId();

  SyncedCollection(
      SyncedAtom<T> atom,
      Supplier<Optional<Owner>> self,
      ServerSearch server,
      InstantSource clock,
      Executor callbacks) {
    this.atom = atom;
    this.self = self;
    this.server = server;
    this.clock = clock;
    this.callbacks = callbacks;
  }

  /** All of it as one value; also how it stands with the server, conflicts and the inbox. */
  public SyncedAtom<T> atom() {
    return atom;
  }

  /** One document; empty if there is none, or it is not what this application expects. */
  public Optional<T> get(String name) {
    return atom.get(DocumentAddress.parse(name));
  }

  // Changes.

  /** Makes a document, under a new key that sorts by the time; see {@link Receipt#name()}. */
  public Receipt put(T document) {
    return put(ids.next(clock.millis()).toString(), document);
  }

  /**
   * Makes a document, or puts another in its place. Only fields that differ are edited, and fields
   * that {@code T} does not know stay.
   */
  public Receipt put(String name, T document) {
    return bulk(changes -> changes.put(name, document));
  }

  /** Changes some fields of a document; it is made if there is none. */
  public Receipt patch(String name, Patch patch) {
    return bulk(changes -> changes.patch(name, patch));
  }

  /**
   * Makes of a document what {@code change} makes of it.
   *
   * @param change a pure function
   * @throws NoSuchElementException if there is no such document
   */
  public Receipt update(String name, UnaryOperator<T> change) {
    return bulk(changes -> changes.update(name, change));
  }

  /** Deletes a document, if there is one. */
  public Receipt remove(String name) {
    return bulk(changes -> changes.remove(name));
  }

  /**
   * Makes several changes, all of them or none.
   *
   * @param work says which; it only has what is given to it as long as it runs
   */
  public Receipt bulk(Consumer<Changes<T>> work) {
    return atom.edit(
        () -> {
          Bulk changes = new Bulk();
          work.accept(changes);
          return changes.edits();
        });
  }

  /**
   * Takes back the last change of a document that was made here, in this process, by a change of
   * the same fields. Taking that back makes it again.
   *
   * @return empty if there was none
   */
  public Optional<Receipt> undo(String name) {
    return atom.undo(DocumentAddress.parse(name));
  }

  /** Several changes that happen together. */
  public interface Changes<T> {
    /** As {@link SyncedCollection#put(Object)}; gives the key. */
    String put(T document);

    /** As {@link SyncedCollection#put(String, Object)}. */
    void put(String name, T document);

    /** As {@link SyncedCollection#patch}. */
    void patch(String name, Patch patch);

    /** As {@link SyncedCollection#update}. */
    void update(String name, UnaryOperator<T> change);

    /** As {@link SyncedCollection#remove}. */
    void remove(String name);
  }

  /** The leaves that documents are to have; the lock of the atom is held. */
  private final class Bulk implements Changes<T> {
    private final Map<DocumentAddress, Map<LeafPath, JsonValue>> after = new LinkedHashMap<>();

    private Map<LeafPath, JsonValue> now(DocumentAddress address) {
      Map<LeafPath, JsonValue> changed = after.get(address);
      return changed != null ? changed : atom.leaves(address);
    }

    private Optional<T> document(DocumentAddress address) {
      Map<LeafPath, JsonValue> changed = after.get(address);
      if (changed == null) {
        return atom.get(address);
      }
      return changed.isEmpty() ? Optional.empty() : Optional.of(atom.decoded(changed));
    }

    @Override
    public String put(T document) {
      String key = ids.next(clock.millis()).toString();
      put(key, document);
      return key;
    }

    @Override
    public void put(String name, T document) {
      DocumentAddress address = DocumentAddress.parse(name);
      Map<LeafPath, JsonValue> wanted = atom.leavesOf(document);
      if (wanted.isEmpty()) {
        throw new IllegalArgumentException("'" + name + "': a document has at least one field");
      }
      Map<LeafPath, JsonValue> known = document(address).map(atom::leavesOf).orElse(Map.of());
      Map<LeafPath, JsonValue> result = new LinkedHashMap<>(now(address));
      result.keySet().removeAll(known.keySet());
      wanted.forEach(
          (path, value) -> {
            result
                .keySet()
                .removeIf(
                    other -> path.ancestors().contains(other) || other.ancestors().contains(path));
            result.put(path, value);
          });
      after.put(address, result);
    }

    @Override
    public void patch(String name, Patch patch) {
      DocumentAddress address = DocumentAddress.parse(name);
      after.put(address, patch.on(now(address)));
    }

    @Override
    public void update(String name, UnaryOperator<T> change) {
      T before =
          document(DocumentAddress.parse(name))
              .orElseThrow(() -> new NoSuchElementException("there is no document '" + name + "'"));
      put(name, change.apply(before));
    }

    @Override
    public void remove(String name) {
      after.put(DocumentAddress.parse(name), Map.of());
    }

    Map<DocumentAddress, LocalChange> edits() {
      Map<DocumentAddress, LocalChange> edits = new LinkedHashMap<>();
      after.forEach(
          (address, leaves) -> {
            Map<LeafPath, JsonValue> before = atom.leaves(address);
            LocalChange change =
                leaves.isEmpty() && !before.isEmpty()
                    ? LocalChange.DELETION
                    : LocalChange.between(before, leaves);
            if (!change.isEmpty()) {
              edits.put(address, change);
            }
          });
      return edits;
    }
  }

  // Questions.

  /** Begins a question; see {@link Query#where(String)}. */
  public Where<T, Object> where(String path) {
    return Query.<T>all().where(path);
  }

  /** Begins a question; see {@link Query#where(Field)}. */
  public <V> Where<T, V> where(Field<T, V> field) {
    return Query.<T>all().where(field);
  }

  /** The question that finds all documents. */
  public Query<T> all() {
    return Query.all();
  }

  /**
   * What a query finds. Edits that are pending count as if they were stored.
   *
   * @throws IllegalArgumentException if the query goes on after a place that is none
   * @throws ServerProblemException if the server has to be asked, because the query goes on after a
   *     result of the server's, and does not answer; or if it refuses the query
   */
  public Result<T> find(Query<T> query) {
    if (query.asksServer()) {
      Optional<Result<T>> answer = server.find(atom, query);
      if (answer.isPresent()) {
        return answer.get();
      }
    }
    return atom.reading(
        copies -> {
          TreeMap<SortPosition, DocumentAddress> found = new TreeMap<>(query.comparator());
          Map<DocumentAddress, Row<T>> rows = new LinkedHashMap<>();
          for (Map.Entry<DocumentAddress, Copy> entry : copies.entrySet()) {
            Optional<Row<T>> row = row(entry.getKey(), entry.getValue());
            if (row.isPresent() && query.matches(row.get().candidate())) {
              found.put(query.position(row.get().candidate()), entry.getKey());
              rows.put(entry.getKey(), row.get());
            }
          }
          Map<DocumentAddress, T> documents = new LinkedHashMap<>();
          rows.forEach((address, row) -> documents.put(address, row.shown(query)));
          return page(query, found, documents, copies);
        });
  }

  /** The first document that a query finds. */
  public Optional<T> first(Query<T> query) {
    return find(query.limit(1)).found().values().stream().findFirst();
  }

  /** How many documents a query finds on this device, whatever its limit. */
  public int count(Query<T> query) {
    return atom.reading(
        copies -> {
          int count = 0;
          for (Map.Entry<DocumentAddress, Copy> entry : copies.entrySet()) {
            Optional<Row<T>> row = row(entry.getKey(), entry.getValue());
            count += row.filter(one -> query.matches(one.candidate())).isPresent() ? 1 : 0;
          }
          return count;
        });
  }

  /**
   * What a query finds on this device, now and after each change; whoever is slow misses results in
   * between and never the last. A change of one document costs that this one is looked at again.
   */
  public Flow.Publisher<Result<T>> watch(Query<T> query) {
    return new LiveQuery<>(this, query, callbacks);
  }

  /** One document for a query; the lock of the atom is held. */
  Optional<Row<T>> row(DocumentAddress address) {
    return atom.reading(
        copies -> Optional.ofNullable(copies.get(address)).flatMap(copy -> row(address, copy)));
  }

  private Optional<Row<T>> row(DocumentAddress address, Copy copy) {
    Optional<JsonObject> document = copy.document();
    Optional<T> decoded = atom.get(address);
    if (document.isEmpty() || decoded.isEmpty()) {
      return Optional.empty();
    }
    Owner owner =
        address.owner().<Owner>map(UserId::new).orElseGet(() -> self.get().orElse(NOBODY_YET));
    String revision = copy.revision().isZero() ? "~" : copy.revision().toString();
    return Optional.of(
        new Row<>(
            new Candidate(
                new DocumentId(owner, new CollectionName(atom.name()), address.key()),
                revision,
                document.get()),
            decoded.get(),
            atom));
  }

  /** One page of what is found. */
  Result<T> page(
      Query<T> query,
      NavigableMap<SortPosition, DocumentAddress> found,
      Map<DocumentAddress, T> documents,
      Map<DocumentAddress, Copy> copies) {
    NavigableMap<SortPosition, DocumentAddress> left =
        query.after().map(place -> found.tailMap(position(query, place), false)).orElse(found);
    Map<String, T> shown = new LinkedHashMap<>();
    Set<String> pending = new LinkedHashSet<>();
    @Nullable SortPosition last = null;
    for (Map.Entry<SortPosition, DocumentAddress> entry : left.entrySet()) {
      if (shown.size() == query.limit()) {
        return new Result<>(
            shown, total(found), pending, Optional.ofNullable(last).map(this::place), false);
      }
      DocumentAddress address = entry.getValue();
      T document = documents.get(address);
      Copy copy = copies.get(address);
      if (document != null && copy != null) {
        shown.put(address.name(), document);
        if (copy.isPending()) {
          pending.add(address.name());
        }
        last = entry.getKey();
      }
    }
    return new Result<>(shown, total(found), pending, Optional.empty(), false);
  }

  private static int total(Map<?, ?> found) {
    return Math.min(found.size(), Result.MAX_TOTAL);
  }

  private String place(SortPosition position) {
    byte[] json = JsonText.print(position.toJson()).getBytes(StandardCharsets.UTF_8);
    return HERE + Base64.getUrlEncoder().withoutPadding().encodeToString(json);
  }

  private SortPosition position(Query<T> query, String place) {
    try {
      if (place.startsWith(HERE)) {
        byte[] json = Base64.getUrlDecoder().decode(place.substring(HERE.length()));
        return SortPosition.fromJson(
            JsonText.parse(json), new CollectionName(atom.name()), query.sorts());
      }
    } catch (JsonFormatException e) {
      throw new IllegalArgumentException("this is no place that a result gave", e);
    }
    throw new IllegalArgumentException("this is no place that a result of this device gave");
  }

  /** The document without what belongs to the protocol. */
  static JsonObject fields(JsonObject delivered) {
    return StoredForm.withoutProtocol(delivered);
  }
}
