package dev.landfall.webapp;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.SharedStore;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreConfigurationException;
import dev.landfall.api.store.StoreProvider;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.audit.AuditTrail;
import dev.landfall.engine.blocking.Blocks;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.DocumentSchema.DocumentValidator;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.device.Devices;
import dev.landfall.engine.device.DevicesPassed;
import dev.landfall.engine.erasure.DeletedUsers;
import dev.landfall.engine.erasure.ErasureReceipts;
import dev.landfall.engine.erasure.Erasures;
import dev.landfall.engine.erasure.Trace;
import dev.landfall.engine.instance.InstanceId;
import dev.landfall.engine.instance.StoreEpoch;
import dev.landfall.engine.invitation.Invitations;
import dev.landfall.engine.organisation.Memberships;
import dev.landfall.engine.organisation.Organisations;
import dev.landfall.engine.people.Account;
import dev.landfall.engine.people.EmailAddress;
import dev.landfall.engine.people.Profiles;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sharing.SharingGuard;
import dev.landfall.webapp.atom.AtomAccess;
import dev.landfall.webapp.atom.AtomExchange;
import dev.landfall.webapp.atom.AtomSettings;
import dev.landfall.webapp.audit.Audit;
import dev.landfall.webapp.audit.AuditSink;
import dev.landfall.webapp.audit.AuditSinks;
import dev.landfall.webapp.console.ConsoleResource;
import dev.landfall.webapp.console.ConsoleSettings;
import dev.landfall.webapp.examples.PlannerResource;
import dev.landfall.webapp.http.AllowedOrigins;
import dev.landfall.webapp.http.AnswersRead;
import dev.landfall.webapp.http.Body;
import dev.landfall.webapp.http.Callers;
import dev.landfall.webapp.http.ClientAddress;
import dev.landfall.webapp.http.LogText;
import dev.landfall.webapp.http.RequestIdInLog;
import dev.landfall.webapp.http.RequestLimits;
import dev.landfall.webapp.http.RequestRate;
import dev.landfall.webapp.invitation.InvitationAddress;
import dev.landfall.webapp.operator.Jobs;
import dev.landfall.webapp.operator.OperatorPages;
import dev.landfall.webapp.organisation.OrganisationSettings;
import dev.landfall.webapp.people.Acquaintances;
import dev.landfall.webapp.people.LookUps;
import dev.landfall.webapp.people.PeopleSettings;
import dev.landfall.webapp.session.Arrivals;
import dev.landfall.webapp.session.IssuerTokens;
import dev.landfall.webapp.session.SessionSettings;
import dev.landfall.webapp.session.SessionTokens;
import dev.landfall.webapp.session.Sessions;
import dev.landfall.webapp.session.Users;
import dev.landfall.webapp.settings.ConfigurationException;
import dev.landfall.webapp.settings.SettingKey;
import dev.landfall.webapp.settings.Settings;
import dev.landfall.webapp.settings.SettingsReader;
import dev.landfall.webapp.sharing.AddressGrants;
import dev.landfall.webapp.sharing.ShareLinks;
import dev.landfall.webapp.signin.ProviderSettings;
import dev.landfall.webapp.signin.SignIn;
import dev.landfall.webapp.signin.SignInSettings;
import dev.landfall.webapp.sync.FeedSubscriptions;
import dev.landfall.webapp.sync.OtherNodes;
import dev.landfall.webapp.sync.RequestOwners;
import dev.landfall.webapp.sync.ServerThreads;
import dev.landfall.webapp.telemetry.AccessLog;
import dev.landfall.webapp.telemetry.MeasuredBackend;
import dev.landfall.webapp.telemetry.MetricsAddress;
import dev.landfall.webapp.telemetry.Observers;
import dev.landfall.webapp.telemetry.Telemetry;
import dev.landfall.webapp.transfer.Exports;
import dev.landfall.webapp.transfer.Imports;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/**
 * Makes everything there is one of, in order, when the application starts; and lets go of it when
 * it stops.
 */
@ApplicationScoped
public class Wiring {
  private static final Logger LOG = Logger.getLogger(Wiring.class.getName());
  private static final int MAX_PURGE_ROUNDS = 100;
  private static final int MAX_RATED_USERS = 100_000;

  /** Of what anybody can cause without a session, in the audit trail. */
  private static final int NOTED_PER_MINUTE_OF_ADDRESS = 5;

  private static final int NOTED_PER_MINUTE = 100;

  private static final long LOOK_ELSEWHERE_MILLIS = 500;
  private static final long INDEX_AGAIN_SECONDS = 10;
  private static final long ENDED_LINKS_SECONDS = 30;

  /** What has not been completed for so long is left from a server that has stopped. */
  private static final Duration ERASURE_AGE = Duration.ofMinutes(2);

  /** By its name, as Jakarta EE 10 does not inject it otherwise. */
  @SuppressWarnings("NullAway.Init")
  @Resource(lookup = "java:comp/DefaultManagedScheduledExecutorService")
  private ManagedScheduledExecutorService executor;

  /** What a team that builds the WAR into its own adds. */
  @SuppressWarnings("NullAway.Init")
  @Inject
  @Any
  private Instance<DocumentValidator> validators;

  @SuppressWarnings("NullAway.Init")
  @Inject
  @Any
  private Instance<AuditSink> auditSinks;

  /** Runs when the process is told to end, while Open Liberty waits for connections and threads. */
  private final Thread ending = new Thread(this::release, "landfall-ending");

  private @Nullable ServerStop serverStop;
  private @Nullable Runnable unnameRequests;
  private @Nullable Parts parts;
  private @Nullable Future<?> purge;
  private @Nullable Future<?> lookElsewhere;
  private volatile @Nullable Future<?> following;
  private volatile @Nullable Future<?> completeIndexes;
  private @Nullable Future<?> erasures;
  private @Nullable Future<?> endedLinks;

  private record Parts(
      Settings settings,
      StoreBackend store,
      Optional<SharedStore> shared,
      InstanceId instance,
      StoreEpoch epoch,
      SyncEngine engine,
      FeedSubscriptions waiters,
      OtherNodes otherNodes,
      Telemetry telemetry,
      SessionTokens tokens,
      Sessions sessions,
      Callers callers,
      Users users,
      Memberships memberships,
      Organisations organisations,
      Erasures erasures,
      ErasureReceipts receipts,
      DeletedUsers deleted,
      Blocks blocks,
      Profiles profiles,
      Devices devices,
      long devicesNotedSince,
      Invitations invitations,
      Audit audit,
      SharingGuard guard,
      ShareLinks links,
      AddressGrants addressGrants,
      SignIn signIn) {
    /** What devices have taken, as of now. */
    DevicesPassed devicesPassed() {
      return new DevicesPassed(
          devices,
          organisations::everybodyIn,
          InstantSource.system(),
          settings.sync().tombstoneRetention(),
          devicesNotedSince);
    }
  }

  /** Starts, or fails and thereby keeps the application from starting. */
  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    try {
      unnameRequests = RequestIdInLog.install();
      Parts made = make();
      parts = made;
      purge =
          executor.scheduleWithFixedDelay(
              this::forget,
              made.settings().purgeInterval().toMillis(),
              made.settings().purgeInterval().toMillis(),
              TimeUnit.MILLISECONDS);
      lookElsewhere =
          executor.scheduleWithFixedDelay(
              made.otherNodes()::occasion,
              LOOK_ELSEWHERE_MILLIS,
              LOOK_ELSEWHERE_MILLIS,
              TimeUnit.MILLISECONDS);
      made.shared()
          .ifPresent(
              shared ->
                  following =
                      executor.submit(
                          () -> shared.follow(made.engine().epoch(), made.otherNodes())));
      completeIndexes = executor.submit(this::completeIndexes);
      executor.execute(() -> completeErasures(Duration.ZERO));
      erasures =
          executor.scheduleWithFixedDelay(
              () -> completeErasures(ERASURE_AGE),
              ERASURE_AGE.toMillis(),
              ERASURE_AGE.toMillis(),
              TimeUnit.MILLISECONDS);
      endedLinks =
          executor.scheduleWithFixedDelay(
              this::endLinks, ENDED_LINKS_SECONDS, ENDED_LINKS_SECONDS, TimeUnit.SECONDS);
      Runtime.getRuntime().addShutdownHook(ending);
      serverStop = new ServerStop(ConfigProvider.getConfig(), this::release);
      warnOfServerXml(made.settings());
      welcome(made.settings());
    } catch (ConfigurationException e) {
      refuse(String.valueOf(e.getMessage()));
      throw e;
    } catch (StoreUnavailableException e) {
      refuse("Landfall does not start: the store cannot be opened. " + LogText.of(e));
      throw e;
    } catch (RuntimeException e) {
      refuse("Landfall does not start. " + LogText.of(e)); // what Open Liberty says of it is hidden
      throw e;
    }
  }

  private static void warnOfServerXml(Settings settings) {
    ServerXml.missing(
            ConfigProvider.getConfig(),
            settings.limits().bodyBytes(),
            2 * settings.limits().bodiesWaitedFor() + settings.limits().requestsAtOnce())
        .forEach(
            missing ->
                LOG.warning(
                    () ->
                        "server.xml lacks " + missing + ". docs/deploy-liberty.md has all of it"));
  }

  private Parts make() {
    Map<String, StoreProvider> providers = providers();
    Config config = ConfigProvider.getConfig();
    Settings settings =
        new SettingsReader(key -> config.getOptionalValue(key, String.class))
            .read(config.getPropertyNames(), providers.keySet());
    settings.warnings().forEach(LOG::warning);
    if (isOurProcess()) {
      settings.address().requireFree();
    }
    Telemetry telemetry = new Telemetry();
    StoreBackend opened = open(settings, providers);
    Optional<SharedStore> shared =
        opened instanceof SharedStore others ? Optional.of(others) : Optional.empty();
    StoreBackend store = new MeasuredBackend(opened, telemetry);
    InstanceId instance = instance(settings, store.directory());
    InstantSource time = InstantSource.system();
    FeedSubscriptions waiters = new FeedSubscriptions(settings.limits().liveConnections());
    Memberships memberships = new Memberships(store.directory());
    DeletedUsers deleted = new DeletedUsers(store.directory(), time);
    Users users = new Users(store.directory(), time);
    Blocks blocks = new Blocks(store.directory(), time, settings.people().blocked());
    Profiles profiles = new Profiles(store.directory(), users::account, blocks::isBlocked);
    SyncEngine engine =
        new SyncEngine(
            store,
            validated(settings.applications()),
            settings.sync(),
            time,
            new SecureRandom(),
            (user, owner) -> {
              requireAccount(user, deleted, users);
              memberships.check(user, owner);
            },
            new Observers(List.of(telemetry, waiters)));
    SharingGuard guard = guard(memberships, blocks);
    AddressGrants addressGrants = new AddressGrants(engine, store.directory(), guard);
    Arrivals arrivals =
        user -> {
          profiles.signedIn(user);
          addressGrants.claim(user, addresses(user, users));
        };
    SessionTokens tokens =
        new SessionTokens(
            settings.auth().secret().bytes(),
            settings.auth().issuer(),
            settings.auth().limits(),
            time);
    Callers callers =
        new Callers(
            settings.clients(),
            new RequestRate(
                settings.limits().requestsPerMinuteOfAddress(), MAX_RATED_USERS, System::nanoTime),
            settings.limits().requestsAtOnce());
    Sessions sessions =
        new Sessions(
            tokens,
            settings.auth().otherIssuer().map(other -> new IssuerTokens(other, time)),
            users,
            deleted,
            new RequestRate(
                settings.limits().requestsPerMinute(), MAX_RATED_USERS, System::nanoTime),
            callers,
            arrivals);
    Organisations organisations =
        new Organisations(
            store.directory(),
            time,
            () -> new OrganisationId(UUID.randomUUID().toString()),
            settings.organisations().limits(),
            (organisation, user) -> {
              engine.fence();
              engine.withdraw(user, organisation);
            });
    Devices devices = new Devices(store.directory(), time, settings.deviceLifetime());
    long devicesNotedSince = devices.notedSince(() -> isEmpty(store));
    Invitations invitations =
        new Invitations(
            store.directory(),
            organisations,
            time,
            new SecureRandom(),
            settings.invitations().open());
    SignIn signIn =
        new SignIn(
            settings.signIn(),
            settings.corsOrigins().origins(),
            store.directory(),
            tokens,
            settings.auth().secret(),
            time,
            new SecureRandom(),
            arrivals);
    ShareLinks links = new ShareLinks(engine, store.directory());
    AuditTrail trail = new AuditTrail(store.directory(), time, new SecureRandom()::nextLong);
    Audit audit =
        new Audit(
            trail,
            settings.audit(),
            user -> isGone(user, deleted, users),
            new RequestRate(NOTED_PER_MINUTE_OF_ADDRESS, MAX_RATED_USERS, System::nanoTime),
            new RequestRate(NOTED_PER_MINUTE, 1, System::nanoTime),
            new AuditSinks(auditSinks.stream().toList(), executor));
    Erasures erasures =
        new Erasures(
            store.directory(),
            engine,
            organisations,
            deleted,
            time,
            List.of(
                links::forget,
                addressGrants::forget,
                gone -> addressGrants.forget(addresses(gone, users)),
                ofUser(blocks::forget),
                ofUser(profiles::forget),
                ofUser(devices::forget),
                gone -> invitations.forget(gone, addresses(gone, users)),
                ofUser(signIn::forget),
                trail::erase,
                ofUser(users::remove)));
    telemetry.gauge("landfall_feed_waiters", "Long polls that wait", waiters::count);
    telemetry.gauge(
        "landfall_search_full_scans", "Searches that no index could help", engine::fullScans);
    telemetry.gauge("landfall_token_cache_hits", "Tokens known already", sessions::cacheHits);
    telemetry.gauge("landfall_token_cache_misses", "Tokens verified", sessions::cacheMisses);
    telemetry.gauge("landfall_token_cache_size", "Tokens remembered", sessions::cacheSize);
    OtherNodes otherNodes =
        new OtherNodes(
            waiters,
            engine::lastCommit,
            (application, number) -> shared.flatMap(it -> it.changed(application, number)));
    return new Parts(
        settings,
        store,
        shared,
        instance,
        new StoreEpoch(store.directory(), () -> UUID.randomUUID().toString()),
        engine,
        waiters,
        otherNodes,
        telemetry,
        tokens,
        sessions,
        callers,
        users,
        memberships,
        organisations,
        erasures,
        new ErasureReceipts(store.directory(), new SecureRandom(), time),
        deleted,
        blocks,
        profiles,
        devices,
        devicesNotedSince,
        invitations,
        audit,
        guard,
        links,
        addressGrants,
        signIn);
  }

  private List<ApplicationDefinition> validated(List<ApplicationDefinition> applications) {
    List<DocumentValidator> all = validators.stream().toList();
    return applications.stream().map(one -> one.with(all)).toList();
  }

  private static boolean isEmpty(StoreBackend store) {
    return store.applications().stream()
        .allMatch(name -> store.application(name).tip().number() == 0);
  }

  private static Set<EmailAddress> addresses(Owner owner, Users users) {
    return owner instanceof UserId user
        ? users.account(user).map(Account::addresses).orElse(Set.of())
        : Set.of();
  }

  /** Also while the deletion is under way. */
  private static boolean isGone(UserId user, DeletedUsers deleted, Users users) {
    try {
      return deleted.check(user, Long.MAX_VALUE).isPresent() && !users.isThere(user);
    } catch (SyncException e) {
      return e.problem() != SyncProblem.BLOCKED;
    }
  }

  /** Who has been deleted has no record until a new account is made. */
  private static void requireAccount(UserId user, DeletedUsers deleted, Users users) {
    if (deleted.check(user, Long.MAX_VALUE).isPresent() && !users.isThere(user)) {
      throw new SyncException(SyncProblem.UNAUTHORIZED, "The account has been deleted");
    }
  }

  private static SharingGuard guard(Memberships memberships, Blocks blocks) {
    return new SharingGuard() {
      @Override
      public boolean administers(UserId user, OrganisationId organisation) {
        return memberships.isAdmin(organisation, user);
      }

      @Override
      public Set<UserId> blockersOf(UserId giver) {
        return blocks.blockersOf(giver);
      }
    };
  }

  private static Trace ofUser(Consumer<UserId> trace) {
    return owner -> {
      if (owner instanceof UserId user) {
        trace.accept(user);
      }
    };
  }

  private static Map<String, StoreProvider> providers() {
    Map<String, StoreProvider> providers = new TreeMap<>();
    for (StoreProvider provider :
        ServiceLoader.load(StoreProvider.class, Wiring.class.getClassLoader())) {
      providers.put(provider.name(), provider);
    }
    return providers;
  }

  private static StoreBackend open(Settings settings, Map<String, StoreProvider> providers) {
    StoreProvider provider = providers.get(settings.store());
    if (provider == null) {
      throw new IllegalStateException("the settings name a store that is not there");
    }
    try {
      return provider.open(settings.storeSettings());
    } catch (StoreConfigurationException e) {
      throw new ConfigurationException(List.of(e.key() + ": " + e.getMessage()));
    }
  }

  /** Which server this is: what the database says, unless somebody wants it to be another. */
  private static InstanceId instance(Settings settings, Directory directory) {
    InstanceId wanted =
        settings.instance().orElseGet(() -> new InstanceId(UUID.randomUUID().toString()));
    InstanceId known = InstanceId.of(directory, () -> wanted);
    if (settings.instance().isEmpty() || known.equals(wanted)) {
      return known;
    }
    LOG.warning(
        () ->
            SettingKey.INSTANCE.key()
                + " gives the database another instance id, "
                + wanted
                + " instead of "
                + known
                + ": clients take it for another server");
    InstanceId.set(directory, wanted);
    return wanted;
  }

  private void forget() {
    purge();
    try {
      parts().signIn().sweep();
    } catch (RuntimeException e) {
      LOG.warning(() -> "Sign-ins that are over stay for now: " + LogText.of(e));
    }
    try {
      parts().devices().sweep();
    } catch (RuntimeException e) {
      LOG.warning(() -> "Devices that were silent for long stay for now: " + LogText.of(e));
    }
    try {
      parts().receipts().sweep();
    } catch (RuntimeException e) {
      LOG.warning(() -> "Receipts that are over stay for now: " + LogText.of(e));
    }
    try {
      parts().invitations().sweep();
    } catch (RuntimeException e) {
      LOG.warning(() -> "Invitations that are over stay for now: " + LogText.of(e));
    }
    try {
      int forgotten = parts().audit().forget();
      if (forgotten > 0) {
        LOG.info(() -> "Forgot " + forgotten + " old entries of the audit trail");
      }
    } catch (RuntimeException e) {
      LOG.warning(() -> "Old entries of the audit trail stay for now: " + LogText.of(e));
    }
    try {
      parts().deleted().sweep();
    } catch (RuntimeException e) {
      LOG.warning(() -> "Marks of deleted users stay for now: " + LogText.of(e));
    }
  }

  /** Completes deletions in whose middle a server has stopped. */
  private void completeErasures(Duration age) {
    try {
      int completed = parts().erasures().resume(age);
      if (completed > 0) {
        LOG.info(() -> "Completed " + completed + " deletions that had broken off");
      }
    } catch (RuntimeException e) {
      LOG.warning(() -> "A deletion is completed later: " + LogText.of(e));
    }
    try {
      int completed = parts().organisations().resume(age);
      if (completed > 0) {
        LOG.info(() -> "Completed " + completed + " removals that had broken off");
      }
    } catch (RuntimeException e) {
      LOG.warning(() -> "A removal is completed later: " + LogText.of(e));
    }
  }

  private void endLinks() {
    try {
      parts().links().sweep(System.currentTimeMillis());
    } catch (RuntimeException e) {
      LOG.warning(() -> "What links have granted that are over stays for now: " + LogText.of(e));
    }
  }

  private void purge() {
    try {
      Parts made = parts();
      DevicesPassed passed = made.devicesPassed();
      for (int round = 0; round < MAX_PURGE_ROUNDS; round++) {
        int purged = made.engine().purge(passed);
        if (purged == 0) {
          return;
        }
        LOG.info(() -> "Forgot " + purged + " old tombstones");
      }
    } catch (SyncException e) {
      LOG.warning(() -> "Old tombstones stay for now: " + LogText.of(e));
    } catch (RuntimeException e) {
      LOG.severe(() -> "Old tombstones stay for now: " + LogText.of(e));
    }
  }

  /** Again later if it fails; searches look at everything until then. */
  private void completeIndexes() {
    try {
      parts().engine().completeIndexes();
    } catch (RuntimeException e) {
      LOG.warning(() -> "The search index stays incomplete for now: " + LogText.of(e));
      completeIndexes =
          executor.schedule(this::completeIndexes, INDEX_AGAIN_SECONDS, TimeUnit.SECONDS);
    }
  }

  private static void welcome(Settings settings) {
    String base = settings.address().url();
    boolean planner =
        settings.auth().development() && PlannerResource.isThere(settings.applications());
    boolean console = settings.console() && ConsoleResource.isThere();
    LOG.info(
        () ->
            "Landfall is ready. Store: "
                + settings.store()
                + "\n  Try it:  "
                + base
                + "/quickstart\n  The API: "
                + base
                + "/openapi/ui/"
                + (console ? "\n  Console: " + base + "/console/" : "")
                + (planner ? "\n  Planner: " + base + "/examples/planner/" : ""));
  }

  /**
   * Says why the server does not start; ends the process where it is our own. In order, because the
   * runnable server takes away then what it has unpacked; and from another thread, because the stop
   * waits for this start to be over.
   */
  private static void refuse(String message) {
    LOG.log(Level.SEVERE, message);
    if (isOurProcess()) {
      Thread exit = new Thread(() -> System.exit(1), "landfall-exit");
      exit.setDaemon(true);
      exit.start();
    }
  }

  /** In the runnable server, which listens where our settings say. */
  private static boolean isOurProcess() {
    return Boolean.getBoolean(SettingKey.EXIT_ON_ERROR.key());
  }

  /** Sends away those who wait for as long as the server is there. */
  private void release() {
    Parts made = parts;
    if (made != null) {
      made.waiters().stop();
    }
    Future<?> follower = following;
    if (follower != null) {
      follower.cancel(true);
    }
  }

  /** Closes the store: everything acknowledged is in it. */
  @PreDestroy
  void stop() {
    try {
      Runtime.getRuntime().removeShutdownHook(ending);
    } catch (IllegalStateException e) {
      LOG.log(Level.FINE, "the process ends", e);
    }
    ServerStop stop = serverStop;
    if (stop != null) {
      stop.forget();
    }
    try {
      release();
      for (Future<?> running :
          new Future<?>[] {
            purge, lookElsewhere, following, completeIndexes, erasures, endedLinks
          }) {
        if (running != null) {
          running.cancel(false);
        }
      }
    } finally {
      Parts made = parts;
      if (made != null) {
        made.store().close();
      }
      Runnable unname = unnameRequests;
      if (unname != null) {
        unname.run();
      }
    }
  }

  private Parts parts() {
    Parts made = parts;
    if (made == null) {
      throw new IllegalStateException("the application has not started");
    }
    return made;
  }

  @Produces
  @Singleton
  ServerThreads threads() {
    return new ServerThreads(executor);
  }

  @Produces
  @Singleton
  SyncSettings syncSettings() {
    return parts().settings().sync();
  }

  @Produces
  @Singleton
  SessionSettings sessionSettings() {
    return parts().settings().auth();
  }

  @Produces
  @Singleton
  ClientAddress clientAddress() {
    return parts().settings().clients();
  }

  @Produces
  @Singleton
  AllowedOrigins allowedOrigins() {
    return parts().settings().corsOrigins();
  }

  @Produces
  @Singleton
  StoreBackend store() {
    return parts().store();
  }

  @Produces
  @Singleton
  SyncEngine engine() {
    return parts().engine();
  }

  @Produces
  @Singleton
  InstanceId instance() {
    return parts().instance();
  }

  @Produces
  @Singleton
  StoreEpoch storeEpoch() {
    return parts().epoch();
  }

  @Produces
  @Singleton
  FeedSubscriptions waiters() {
    return parts().waiters();
  }

  @Produces
  @Singleton
  Telemetry telemetry() {
    return parts().telemetry();
  }

  @Produces
  @Singleton
  SessionTokens tokens() {
    return parts().tokens();
  }

  @Produces
  @Singleton
  Sessions sessions() {
    return parts().sessions();
  }

  @Produces
  @Singleton
  Users users() {
    return parts().users();
  }

  @Produces
  @Singleton
  RequestOwners owners() {
    return new RequestOwners(parts().memberships());
  }

  @Produces
  @Singleton
  OrganisationSettings organisationSettings() {
    return parts().settings().organisations();
  }

  @Produces
  @Singleton
  ConsoleSettings consoleSettings() {
    Settings settings = parts().settings();
    return new ConsoleSettings(
        settings.console(),
        settings.auth().development(),
        settings.signIn().providers().stream().map(ProviderSettings::name).toList(),
        settings.organisations().registerable());
  }

  @Produces
  @Singleton
  PeopleSettings peopleSettings() {
    return parts().settings().people();
  }

  @Produces
  @Singleton
  Audit audit() {
    return parts().audit();
  }

  @Produces
  @Singleton
  AccessLog accessLog() {
    return new AccessLog(parts().settings().accessLog());
  }

  @Produces
  @Singleton
  Blocks blocks() {
    return parts().blocks();
  }

  @Produces
  @Singleton
  Profiles profiles() {
    return parts().profiles();
  }

  @Produces
  @Singleton
  DeletedUsers deletedUsers() {
    return parts().deleted();
  }

  @Produces
  @Singleton
  OperatorPages operatorPages() {
    return new OperatorPages(
        parts().store().directory(), parts().organisations(), parts().engine(), parts().deleted());
  }

  @Produces
  @Singleton
  Jobs jobs() {
    Parts made = parts();
    SyncEngine engine = made.engine();
    return new Jobs(
        parts().store().directory(),
        Map.of(
            "purge",
            () -> {
              long purged = 0;
              DevicesPassed passed = made.devicesPassed();
              for (int more = engine.purge(passed); more > 0; more = engine.purge(passed)) {
                purged += more;
              }
              return purged;
            },
            "reindex",
            () -> {
              engine.completeIndexes();
              return engine.applications().size();
            }),
        executor,
        InstantSource.system());
  }

  @Produces
  @Singleton
  Devices devices() {
    return parts().devices();
  }

  @Produces
  @Singleton
  Invitations invitations() {
    return parts().invitations();
  }

  @Produces
  @Singleton
  InvitationAddress invitationAddress() {
    Settings settings = parts().settings();
    return settings.invitations().url().orElseGet(() -> InvitationAddress.at(base(settings)));
  }

  /** Where browsers reach this server: nothing that a request says. */
  private static String base(Settings settings) {
    URI configured = settings.signIn().redirectBase();
    return configured.equals(SignInSettings.NOWHERE)
        ? settings.address().url()
        : configured.toString();
  }

  @Produces
  @Singleton
  Acquaintances acquaintances() {
    return new Acquaintances(parts().organisations(), parts().engine());
  }

  @Produces
  @Singleton
  LookUps lookUps() {
    return new LookUps(parts().settings().people().lookUps());
  }

  @Produces
  @Singleton
  SharingGuard guard() {
    return parts().guard();
  }

  @Produces
  @Singleton
  Memberships memberships() {
    return parts().memberships();
  }

  @Produces
  @Singleton
  ShareLinks links() {
    return parts().links();
  }

  @Produces
  @Singleton
  AddressGrants addressGrants() {
    return parts().addressGrants();
  }

  @Produces
  @Singleton
  Erasures erasures() {
    return parts().erasures();
  }

  @Produces
  @Singleton
  ErasureReceipts receipts() {
    return parts().receipts();
  }

  @Produces
  @Singleton
  MetricsAddress metricsAddress() {
    return parts().settings().metrics();
  }

  @Produces
  @Singleton
  Callers callers() {
    return parts().callers();
  }

  @Produces
  @Singleton
  AnswersRead answersRead() {
    RequestLimits limits = parts().settings().limits();
    return new AnswersRead(limits.bodiesWaitedFor(), limits.minAnswerRate(), System::nanoTime);
  }

  @Produces
  @Singleton
  Organisations organisations() {
    return parts().organisations();
  }

  @Produces
  @Singleton
  SignIn signIn() {
    return parts().signIn();
  }

  @Produces
  @Singleton
  AtomSettings atomSettings() {
    return parts().settings().atom();
  }

  @Produces
  @Singleton
  AtomExchange atomExchange(RequestOwners owners, Body body) {
    return new AtomExchange(
        parts().engine(),
        new AtomAccess(parts().settings().atom().users(), parts().sessions()),
        owners,
        parts().devices(),
        body,
        parts().settings().atom().tags(),
        parts().settings().limits().bodyBytes());
  }

  @Produces
  @Singleton
  Body body() {
    return new Body(parts().settings().limits(), System::nanoTime);
  }

  @Produces
  @Singleton
  Exports exports() {
    return new Exports(InstantSource.system());
  }

  @Produces
  @Singleton
  Imports imports(Body body) {
    Settings settings = parts().settings();
    return new Imports(
        parts().engine(),
        parts().memberships(),
        parts().guard(),
        body,
        settings.transfer(),
        settings.sync().limits().documentBytes());
  }
}
