package dev.landfall.engine.simulation;

/**
 * One thing that happens. It carries its own randomness, so that leaving out another step changes
 * nothing about this one.
 *
 * @param actor chooses the device, the collection and the document
 * @param entropy for everything else
 */
record Step(Kind kind, long delayMillis, int actor, long entropy) {
  /** What happens. */
  enum Kind {
    EDIT,
    SYNC,
    DELETE,
    SAVE_STATE,
    RESTORE_STATE,
    DROP_DOCUMENT,
    DROP_ALL,
    RESTART_NODE,
    PURGE,
    SERVER_CLOCK,
    DEVICE_CLOCK,
    SHARE,
    READ,
    MEMBERSHIP,
    ERASE,
    RESUME,
    RESTORE_SERVER
  }
}
