package dev.landfall.engine.directory;

import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** A directory whose records are JSON objects. Safe for concurrent use by several nodes. */
public final class JsonDirectory {
  /** The most records of a page. */
  public static final int MAX_PAGE = 1_000;

  private static final int PAGE = 500;

  /** Of writes that lose a race; somebody wins each. */
  private static final int MAX_ATTEMPTS = 1_000;

  private final Directory directory;

  /** The records of {@code directory}. */
  public JsonDirectory(Directory directory) {
    this.directory = directory;
  }

  /** The record of that kind and name. */
  public Optional<Kept> find(String kind, String name) {
    return directory.find(kind, name).map(JsonDirectory::kept);
  }

  /**
   * Writes a record if the stored one has the version before it.
   *
   * @return whether it was written
   */
  public boolean write(String kind, String name, long version, JsonObject content) {
    return directory.write(new DirectoryRecord(kind, name, version, JsonText.bytes(content)));
  }

  /**
   * What becomes of a record.
   *
   * @param content what it holds from now on; as before if there is none
   * @param result what whoever changes it wants to know
   */
  public record Change<T>(Optional<JsonObject> content, T result) {
    /** Other content. */
    public static <T> Change<T> to(JsonObject content, T result) {
      return new Change<>(Optional.of(content), result);
    }

    /** The same content. */
    public static <T> Change<T> none(T result) {
      return new Change<>(Optional.empty(), result);
    }
  }

  /**
   * Changes a record; decides anew whenever somebody else has changed it meanwhile.
   *
   * @param decide is given the record if there is one, and may throw
   * @throws SyncException if too many change it at once
   */
  public <T> T change(String kind, String name, Function<Optional<Kept>, Change<T>> decide) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      Optional<Kept> stored = find(kind, name);
      Change<T> change = decide.apply(stored);
      if (change.content().isEmpty()
          || write(kind, name, stored.map(Kept::version).orElse(0L) + 1, change.content().get())) {
        return change.result();
      }
    }
    throw new SyncException(SyncProblem.UNAVAILABLE, "too many changes at the same time");
  }

  /** Removes a record, whatever version it has; nothing if there is none. */
  public void remove(String kind, String name) {
    for (Optional<DirectoryRecord> stored = directory.find(kind, name);
        stored.isPresent() && !directory.remove(kind, name, stored.get().version()); ) {
      stored = directory.find(kind, name);
    }
  }

  /**
   * Removes a record if it is still as it was.
   *
   * @return whether it was
   */
  public boolean remove(Kept record) {
    return directory.remove(record.kind(), record.name(), record.version());
  }

  /**
   * Records whose name begins with {@code first} and a slash, in the order of what follows.
   *
   * @param after behind which the page begins; empty at first
   * @param limit 1 to {@link #MAX_PAGE}
   */
  public List<Kept> below(String kind, String first, String after, int limit) {
    String prefix = first + '/';
    return directory.list(kind, prefix + after, limit).stream()
        .takeWhile(record -> record.name().startsWith(prefix))
        .map(JsonDirectory::kept)
        .toList();
  }

  /**
   * Records of a kind in the order of their names.
   *
   * @param after behind which the page begins; empty at first
   * @param limit 1 to {@link #MAX_PAGE}
   */
  public List<Kept> list(String kind, String after, int limit) {
    return directory.list(kind, after, limit).stream().map(JsonDirectory::kept).toList();
  }

  /** Does something with every record of a kind. */
  public void each(String kind, Consumer<Kept> work) {
    String after = "";
    List<Kept> page;
    do {
      page = list(kind, after, PAGE);
      for (Kept record : page) {
        after = record.name();
        work.accept(record);
      }
    } while (page.size() == PAGE);
  }

  /** Does something with every record whose name begins with {@code first} and a slash. */
  public void eachBelow(String kind, String first, Consumer<Kept> work) {
    String after = "";
    List<Kept> page;
    do {
      page = below(kind, first, after, PAGE);
      for (Kept record : page) {
        after = record.second();
        work.accept(record);
      }
    } while (page.size() == PAGE);
  }

  private static Kept kept(DirectoryRecord record) {
    try {
      if (JsonText.parse(record.content().toArray()) instanceof JsonObject content) {
        return new Kept(record.kind(), record.name(), record.version(), content);
      }
    } catch (JsonFormatException e) {
      throw new IllegalStateException("a record of kind " + record.kind() + " is damaged", e);
    }
    throw new IllegalStateException("a record of kind " + record.kind() + " is damaged");
  }
}
