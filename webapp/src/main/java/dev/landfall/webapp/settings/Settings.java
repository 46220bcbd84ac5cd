package dev.landfall.webapp.settings;

import dev.landfall.api.store.StoreSettings;
import dev.landfall.engine.sync.ApplicationDefinition;
import dev.landfall.engine.sync.SyncSettings;
import dev.landfall.webapp.http.RequestLimits;
import dev.landfall.webapp.session.IssuerSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The whole configuration, valid.
 *
 * @param store the name of the store provider
 * @param storeSettings everything that is set for stores
 * @param host where the runnable server listens; elsewhere the container's configuration counts
 * @param corsOrigins whose pages may call, exactly as browsers write origins
 * @param purgeInterval between two looks for what can be forgotten
 * @param warnings what works, but should be known
 */
public record Settings(
    String store,
    StoreSettings storeSettings,
    List<ApplicationDefinition> applications,
    String host,
    int port,
    Auth auth,
    Set<String> corsOrigins,
    SyncSettings sync,
    RequestLimits limits,
    Duration purgeInterval,
    List<String> warnings) {
  public Settings {
    applications = List.copyOf(applications);
    corsOrigins = Set.copyOf(corsOrigins);
    warnings = List.copyOf(warnings);
  }

  /**
   * How callers are recognised.
   *
   * @param development whether anybody on this machine may sign in as anybody
   * @param otherIssuer whose tokens are accepted besides ours
   */
  public record Auth(
      Secret secret, String issuer, boolean development, Optional<IssuerSettings> otherIssuer) {}
}
