package dev.landfall.webapp.audit;

import java.time.Duration;
import java.util.Optional;

/**
 * The audit trail.
 *
 * @param retention how long entries are kept; nothing is noted without
 */
public record AuditSettings(Optional<Duration> retention) {}
