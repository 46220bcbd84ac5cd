package dev.landfall.webapp.health;

import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.webapp.http.LogText;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.logging.Logger;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** The server can serve when its store answers. */
@Readiness
@ApplicationScoped
public class StoreCheck implements HealthCheck {
  private static final Logger LOG = Logger.getLogger(StoreCheck.class.getName());

  @Inject StoreBackend store;

  @Override
  public HealthCheckResponse call() {
    try {
      store.check();
      return HealthCheckResponse.up("store");
    } catch (StoreUnavailableException e) {
      LOG.warning(() -> "Not ready: " + LogText.of(e));
      return HealthCheckResponse.down("store");
    }
  }
}
