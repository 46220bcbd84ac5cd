package dev.landfall.webapp.audit;

import dev.landfall.api.UserId;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.engine.audit.AuditEntry;
import dev.landfall.engine.audit.AuditTrail;
import dev.landfall.webapp.http.LogText;
import dev.landfall.webapp.http.RequestRate;
import dev.landfall.webapp.http.TooManyRequestsException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.logging.Logger;

/**
 * Notes what has been done. What has been done stays done if it cannot be noted; the log says so
 * then. Safe for concurrent use.
 */
public final class Audit {
  private static final Logger LOG = Logger.getLogger(Audit.class.getName());

  private final AuditTrail trail;
  private final Optional<Duration> retention;
  private final Predicate<UserId> isGone;
  private final RequestRate perAddress;
  private final RequestRate together;
  private final Consumer<AuditEntry> sinks;

  /**
   * Notes in {@code trail}.
   *
   * @param isGone whose account has been deleted
   * @param perAddress how often what anybody can cause without a session is noted of one address
   * @param together the same of all
   * @param sinks are told of each entry that has been noted
   */
  public Audit(
      AuditTrail trail,
      AuditSettings settings,
      Predicate<UserId> isGone,
      RequestRate perAddress,
      RequestRate together,
      Consumer<AuditEntry> sinks) {
    this.trail = trail;
    this.retention = settings.retention();
    this.isGone = isGone;
    this.perAddress = perAddress;
    this.together = together;
    this.sinks = sinks;
  }

  /** What has been noted. */
  public AuditTrail trail() {
    return trail;
  }

  void note(AuditEntry entry) {
    if (retention.isEmpty()) {
      sinks.accept(entry);
      return;
    }
    try {
      trail.add(entry);
      // An account that has been deleted meanwhile is taken out of what came after.
      Optional<UserId> gone = entry.who().filter(isGone);
      gone.ifPresent(trail::erase);
      if (gone.isEmpty()) {
        sinks.accept(entry);
      }
    } catch (StoreUnavailableException e) {
      LOG.warning(
          () -> "Not in the audit trail: " + entry.what() + " at " + entry.at() + LogText.of(e));
    }
  }

  /** Notes what anybody can cause as often as they like, and not each time. */
  void noteSometimes(AuditEntry entry) {
    try {
      perAddress.take(entry.from().orElse(""));
      together.take("");
    } catch (TooManyRequestsException e) {
      return;
    }
    note(entry);
  }

  /**
   * Forgets what is older than is to be kept.
   *
   * @return how many entries
   */
  public int forget() {
    return trail.forget(retention.orElse(Duration.ZERO));
  }
}
