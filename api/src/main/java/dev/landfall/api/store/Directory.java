package dev.landfall.api.store;

import java.util.List;
import java.util.Optional;

/**
 * Small records under unique names, each changed by compare-and-set. Safe for concurrent use by
 * several threads and server nodes. Every method throws {@link StoreUnavailableException} if the
 * database does not answer in time.
 */
public interface Directory {
  /** The record of that kind and name, as last written. */
  Optional<DirectoryRecord> find(String kind, String name);

  /**
   * Writes {@code record} if the stored one has the version before it: version 1 is written only if
   * there is none. Decides and writes in one atomic step, durably.
   *
   * @return false if the stored record has another version, or none where one is needed; nothing
   *     has changed
   */
  boolean write(DirectoryRecord record);

  /**
   * Removes the record of that kind, name and version.
   *
   * @return false if there is none with this version; nothing has changed
   */
  boolean remove(String kind, String name, long version);

  /**
   * Records of a kind with a name after {@code after} in the order of code points, at most {@code
   * limit} (1 to 1,000).
   */
  List<DirectoryRecord> list(String kind, String after, int limit);
}
