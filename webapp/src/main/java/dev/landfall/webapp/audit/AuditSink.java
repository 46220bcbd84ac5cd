package dev.landfall.webapp.audit;

import dev.landfall.engine.audit.AuditEntry;

/**
 * Is told what goes into the audit trail, to pass it on: to a log, a queue, a system that watches.
 * Called by one thread at a time, in the order in which things were noted, soon after. The trail is
 * what counts: an entry is told at most once, and not if the server stops before or there are more
 * than can be told.
 */
@FunctionalInterface
public interface AuditSink {
  /** Something was done. What this throws is logged, and the next entry comes all the same. */
  void noted(AuditEntry entry);
}
