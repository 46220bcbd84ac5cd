package dev.landfall.engine.erasure;

import dev.landfall.api.Owner;

/** Something that is kept of owners beside their documents and memberships. */
@FunctionalInterface
public interface Trace {
  /**
   * Removes all of it that is about {@code owner}, who is gone. May be called again after it has
   * broken off.
   */
  void remove(Owner owner);
}
