package dev.landfall.api.store;

/** What became of a commit. Losing a race is an outcome, not an error. */
public enum AppendOutcome {
  /** It is in the log, and durable. */
  APPENDED,
  /** Another entry has its number, or an earlier number is free; nothing has changed. */
  NUMBER_TAKEN
}
