package dev.landfall.api.store;

import dev.landfall.api.ApplicationName;

/** Hears of the commits of other server nodes; called by one thread at a time. */
public interface CommitListener {
  /** From now on commits are told of as they are made. There may have been some just before. */
  void begun();

  /** Another node has made the commit with that number, perhaps more of them since. */
  void committed(ApplicationName application, long number);

  /** Nothing is told of until it has {@linkplain #begun() begun} again. */
  void ended();
}
