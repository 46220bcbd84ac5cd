package dev.landfall.api.store;

import java.util.List;

/** A store that finds out by itself whether it is damaged. */
public interface VerifiableStore {
  /**
   * Reads everything and compares what is stored twice. It may be asked while others read.
   *
   * @return what is wrong, a sentence each, not all of it if it is much; empty if nothing is
   */
  List<String> verify();
}
