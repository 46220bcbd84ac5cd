package dev.landfall.webapp.health;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Startup;

/**
 * This bean is there only once the configuration was found right and the store is open; from then
 * on the server is alive.
 */
@Startup
@Liveness
@ApplicationScoped
public class Started implements HealthCheck {
  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.up("landfall");
  }
}
