package dev.landfall.client.store;

import dev.landfall.api.CollectionName;
import dev.landfall.client.replica.Replica;
import dev.landfall.client.replica.Step;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Where a device keeps its copy, for one connection. Safe for concurrent use.
 *
 * <p>All methods throw {@link LocalStoreException} when the place fails; then nothing of that call
 * has happened, or all of it.
 */
public interface LocalStore extends AutoCloseable {
  /**
   * A file, made if it is not there. Only one process, and in it one connection, has it at a time.
   * What is saved is on disk when the call returns.
   *
   * @throws LocalStoreException if the file is in use, is not ours, or was written by a newer
   *     version; it is unchanged
   */
  static LocalStore file(Path file) {
    return SqliteStore.open(file);
  }

  /**
   * As {@link #file}, or the heap if the file cannot be opened: it is damaged, its place is gone or
   * full. What is done then is sent, but not kept on this device; {@link #problem()} says why.
   *
   * @throws LocalStoreException if the file is in use
   */
  static LocalStore fileOrMemory(Path file) {
    try {
      return file(file);
    } catch (LocalStoreException e) {
      if (e.reason() == LocalStoreException.Reason.IN_USE) {
        throw e;
      }
      return new MemoryStore(Optional.of(String.valueOf(e.getMessage())));
    }
  }

  /** The heap: gone with the process. */
  static LocalStore memory() {
    return new MemoryStore(Optional.empty());
  }

  /** Why nothing is kept here although it should be. */
  default Optional<String> problem() {
    return Optional.empty();
  }

  /** Whose copy this place holds; empty if it is new. */
  Optional<Binding> binding();

  /** Makes this place hold the copy of {@code binding} from now on, whatever it was before. */
  void bind(Binding binding);

  /** The collections of which anything was saved. */
  Set<CollectionName> collections();

  /**
   * The replica of a collection as it was saved last, or a new one.
   *
   * @param node what the device calls itself from now on in the clocks of its edits. Each opening
   *     has a name of its own: the place may have been copied, and what two devices do is told
   *     apart by it
   */
  Replica load(CollectionName collection, String node);

  /** Saves a step, all of it or nothing. */
  void save(CollectionName collection, Step step);

  /** Forgets everything, for good: the files hold nothing of it afterwards. */
  void clear();

  @Override
  void close();
}
