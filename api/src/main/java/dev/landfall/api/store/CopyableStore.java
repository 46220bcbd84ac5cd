package dev.landfall.api.store;

import dev.landfall.api.ApplicationName;
import java.util.Set;

/**
 * A store that another one can take over with everything in it, or that can take over another:
 * while no server works on either.
 */
public interface CopyableStore {
  /** The kinds of which there are records in the directory. */
  Set<String> kinds();

  /** What there is of an application besides its documents. */
  ApplicationContents contents(ApplicationName application);
}
