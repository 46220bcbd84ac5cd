package dev.landfall.api.store;

import java.nio.file.Path;
import java.util.Optional;

/** A kind of store whose databases are files that can be copied while a server works on them. */
public interface BackupProvider {
  /**
   * Opens a database for a command, which leaves nothing beside the file that only a server needs.
   *
   * @throws StoreConfigurationException as {@link StoreProvider#open}
   * @throws StoreUnavailableException as {@link StoreProvider#open}
   */
  StoreBackend openForCommand(StoreSettings settings);

  /**
   * Copies the database of one moment to a new file, and checks the copy.
   *
   * @param settings of the store
   * @throws StoreConfigurationException if there is no such database, or {@code target} exists
   * @throws StoreUnavailableException if it cannot be done; then there is no target
   */
  void backup(StoreSettings settings, Path target);

  /**
   * Puts a copy of {@code backup} in the place of the database, on which no server works.
   *
   * @param replace whether there may be a database, which is kept under another name
   * @return where what was there before is now
   * @throws StoreConfigurationException if {@code backup} is no sound backup, if a server works on
   *     the database, or if there is one and {@code replace} is false; nothing has changed
   * @throws StoreUnavailableException if it cannot be done
   */
  Optional<Path> restore(Path backup, StoreSettings settings, boolean replace);
}
