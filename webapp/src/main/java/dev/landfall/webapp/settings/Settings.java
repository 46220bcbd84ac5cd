package dev.landfall.webapp.settings;

import dev.landfall.api.store.StoreSettings;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.instance.InstanceId;
import dev.landfall.webapp.atom.AtomSettings;
import dev.landfall.webapp.audit.AuditSettings;
import dev.landfall.webapp.http.AllowedOrigins;
import dev.landfall.webapp.http.ClientAddress;
import dev.landfall.webapp.http.RequestLimits;
import dev.landfall.webapp.invitation.InvitationSettings;
import dev.landfall.webapp.organisation.OrganisationSettings;
import dev.landfall.webapp.people.PeopleSettings;
import dev.landfall.webapp.session.SessionSettings;
import dev.landfall.webapp.signin.SignInSettings;
import dev.landfall.webapp.telemetry.MetricsAddress;
import dev.landfall.webapp.transfer.TransferSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The whole configuration, valid.
 *
 * @param store the name of the store provider
 * @param storeSettings everything that is set for stores
 * @param clients finds out where requests come from
 * @param instance which server this is to be, if that is not left to the store
 * @param console whether the console is there
 * @param deviceLifetime how long a device may be away and go on where it was
 * @param purgeInterval between two looks for what can be forgotten
 * @param warnings what works, but should be known
 */
public record Settings(
    String store,
    StoreSettings storeSettings,
    Optional<InstanceId> instance,
    List<ApplicationDefinition> applications,
    ListenAddress address,
    ClientAddress clients,
    MetricsAddress metrics,
    SessionSettings auth,
    SignInSettings signIn,
    AllowedOrigins corsOrigins,
    OrganisationSettings organisations,
    InvitationSettings invitations,
    AtomSettings atom,
    boolean console,
    boolean accessLog,
    SyncSettings sync,
    PeopleSettings people,
    AuditSettings audit,
    RequestLimits limits,
    TransferSettings transfer,
    Duration deviceLifetime,
    Duration purgeInterval,
    List<String> warnings) {
  public Settings {
    applications = List.copyOf(applications);
    warnings = List.copyOf(warnings);
  }
}
