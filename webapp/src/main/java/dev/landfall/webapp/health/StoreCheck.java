package dev.landfall.webapp.health;

import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.webapp.http.LogText;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Logger;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jspecify.annotations.Nullable;

/**
 * The server can serve when its store answers; if not, {@code reason} says why. The store is asked
 * once a second at most, and by one request at a time: others are answered as the one before, for
 * anybody may ask.
 */
@Readiness
@ApplicationScoped
public class StoreCheck implements HealthCheck {
  private static final Logger LOG = Logger.getLogger(StoreCheck.class.getName());
  private static final long FRESH_NANOS = 1_000_000_000L;

  @Inject StoreBackend store;

  private final ReentrantLock asking = new ReentrantLock();
  private volatile @Nullable Found last;

  private record Found(HealthCheckResponse response, long at) {
    boolean isFresh() {
      return System.nanoTime() - at < FRESH_NANOS;
    }
  }

  @Override
  public HealthCheckResponse call() {
    Found known = last;
    if (known != null && (known.isFresh() || asking.isLocked())) {
      return known.response();
    }
    asking.lock();
    try {
      known = last;
      if (known == null || !known.isFresh()) {
        known = new Found(ask(), System.nanoTime());
        last = known;
      }
      return known.response();
    } finally {
      asking.unlock();
    }
  }

  private HealthCheckResponse ask() {
    try {
      store.check();
      return HealthCheckResponse.up("store");
    } catch (StoreUnavailableException e) {
      LOG.warning(() -> "Not ready: " + LogText.of(e));
      return HealthCheckResponse.named("store")
          .down()
          .withData("reason", e.reason().code())
          .build();
    }
  }
}
