package dev.landfall.webapp.settings;

import dev.landfall.api.UserId;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.Limits;
import dev.landfall.engine.commit.Quota;
import dev.landfall.engine.commit.SharingLimits;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.device.Devices;
import dev.landfall.engine.instance.InstanceId;
import dev.landfall.engine.organisation.OrganisationLimits;
import dev.landfall.webapp.audit.AuditSettings;
import dev.landfall.webapp.http.AllowedOrigins;
import dev.landfall.webapp.http.ClientAddress;
import dev.landfall.webapp.http.LogText;
import dev.landfall.webapp.http.Loopback;
import dev.landfall.webapp.http.RequestLimits;
import dev.landfall.webapp.invitation.InvitationAddress;
import dev.landfall.webapp.invitation.InvitationSettings;
import dev.landfall.webapp.organisation.OrganisationSettings;
import dev.landfall.webapp.people.PeopleSettings;
import dev.landfall.webapp.session.IssuerSettings;
import dev.landfall.webapp.session.IssuerTokens;
import dev.landfall.webapp.session.Secret;
import dev.landfall.webapp.session.SessionLimits;
import dev.landfall.webapp.session.SessionSettings;
import dev.landfall.webapp.session.SessionTokens;
import dev.landfall.webapp.telemetry.MetricsAddress;
import dev.landfall.webapp.transfer.TransferSettings;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads the configuration, all of it, and tells all errors at once. For one use. */
public final class SettingsReader {
  /** The store if none is configured. */
  static final String DEFAULT_STORE = "sqlite";

  private static final String PREFIX = "landfall.";
  private static final Set<String> ALGORITHMS = Set.of("RS256", "ES256");
  private static final int MAX_PATH = 200;
  private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final long DEFAULT_MESSAGE_BYTES = 2L * 1024 * 1024 * 1024;
  private static final Set<String> LOG_FORMATS = Set.of("dev", "simple", "json");
  private static final Duration LONGEST_SESSION = Duration.ofDays(400);
  private static final Duration CENTURY = Duration.ofDays(36_500);

  private final Function<String, Optional<String>> values;
  private final List<String> errors = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  /**
   * A reader.
   *
   * @param values the value of a key; a key that is not set, or set to nothing, has none
   */
  public SettingsReader(Function<String, Optional<String>> values) {
    this.values = values;
  }

  /**
   * Reads everything.
   *
   * @param keys all keys that are set, those of others included
   * @param stores the names of the stores there are
   * @throws ConfigurationException if anything is wrong
   */
  public Settings read(Iterable<String> keys, Set<String> stores) {
    warnOfUnknown(keys);
    String store = value(SettingKey.STORE).orElse(DEFAULT_STORE);
    if (!stores.contains(store)) {
      wrong(SettingKey.STORE, store, "one of " + String.join(", ", new TreeSet<>(stores)));
    }
    List<ApplicationDefinition> applications = applications();
    RequestLimits requests = requestLimits();
    checkProtocol();
    checkLogFormat();
    TransferSettings transfer = transfer();
    long messageBytes =
        whole(SettingKey.HTTP_MESSAGE_BYTES, DEFAULT_MESSAGE_BYTES, 1024, Long.MAX_VALUE);
    if (value(SettingKey.HTTP_MESSAGE_BYTES).isEmpty() && !flag(SettingKey.EXIT_ON_ERROR, false)) {
      warnings.add(
          SettingKey.HTTP_MESSAGE_BYTES.key()
              + " is not set: if the server.xml of this Open Liberty has no MessageSizeLimit of that"
              + " size, what is refused is taken in to its end, however large it is");
    }
    warnOfMessages(messageBytes, SettingKey.LIMIT_BODY_BYTES, requests.bodyBytes());
    warnOfMessages(messageBytes, SettingKey.LIMIT_IMPORT_BYTES, transfer.importBytes());
    Settings settings =
        new Settings(
            store,
            storeSettings(keys),
            instance(),
            applications,
            new ListenAddress(
                value(SettingKey.HTTP_HOST).orElse("127.0.0.1"),
                (int) whole(SettingKey.HTTP_PORT, 9080, 1, 65_535)),
            addresses(),
            metrics(),
            auth(),
            new SignInReader(values, errors).read(keys),
            origins(),
            organisations(),
            invitations(),
            new AtomReader(values, errors).read(applications),
            flag(SettingKey.CONSOLE, true),
            flag(SettingKey.LOG_ACCESS, false),
            new SyncSettings(
                duration(SettingKey.MAX_DRIFT, Duration.ofMinutes(5), Duration.ofDays(1)),
                duration(SettingKey.HISTORY, Duration.ofDays(30), CENTURY),
                duration(SettingKey.TOMBSTONE_RETENTION, Duration.ofDays(90), CENTURY),
                deliversPublic(),
                limits(),
                sharingLimits(),
                duration(
                    SettingKey.LIMIT_SEARCH_TIME,
                    SyncSettings.SEARCH_TIME,
                    Duration.ofMinutes(10))),
            people(),
            audit(),
            requests,
            transfer,
            duration(SettingKey.DEVICE_LIFETIME, Duration.ofDays(90), Devices.LONGEST_LIFETIME),
            duration(SettingKey.PURGE_INTERVAL, Duration.ofMinutes(10), Duration.ofDays(30)),
            warnings);
    if (!errors.isEmpty()) {
      throw new ConfigurationException(errors);
    }
    return settings;
  }

  private OrganisationSettings organisations() {
    OrganisationLimits defaults = OrganisationLimits.DEFAULT;
    return new OrganisationSettings(
        flag(SettingKey.ORGS_REGISTERABLE, false),
        new OrganisationLimits(
            (int) whole(SettingKey.LIMIT_ORGS_FOUNDED, defaults.founded(), 0, 100_000),
            (int) whole(SettingKey.LIMIT_ORGS_JOINED, defaults.joined(), 1, 100_000)));
  }

  private InvitationSettings invitations() {
    return new InvitationSettings(
        (int) whole(SettingKey.LIMIT_INVITATIONS, 100, 1, 100_000), invitationUrl());
  }

  private Optional<InvitationAddress> invitationUrl() {
    Optional<String> given = value(SettingKey.INVITATION_URL);
    try {
      return given.map(InvitationAddress::parse);
    } catch (IllegalArgumentException e) {
      wrong(
          SettingKey.INVITATION_URL,
          given.orElse(""),
          "the address of a page, https or on this machine, with "
              + InvitationAddress.TOKEN
              + " in it: https://app.example.org/join#"
              + InvitationAddress.TOKEN);
      return Optional.empty();
    }
  }

  private SharingLimits sharingLimits() {
    SharingLimits defaults = SharingLimits.DEFAULT;
    return new SharingLimits(
        whole(SettingKey.LIMIT_PUBLIC_DOCUMENTS, defaults.publicDocuments(), 0, 1_000_000),
        whole(SettingKey.LIMIT_PUBLIC_BYTES, defaults.publicBytes(), 0, 1L << 40),
        whole(SettingKey.LIMIT_GRANTS, defaults.grantsToOne(), 0, 1_000_000));
  }

  private PeopleSettings people() {
    Set<UserId> operators = new LinkedHashSet<>();
    Set<String> groups = new LinkedHashSet<>();
    boolean tokens =
        value(SettingKey.ISSUER_KEY).or(() -> value(SettingKey.ISSUER_KEY_LOCATION)).isPresent();
    for (String operator : list(SettingKey.OPERATORS)) {
      if (UUID.matcher(operator).matches()) {
        operators.add(new UserId(operator));
      } else if (tokens) {
        groups.add(operator);
      } else {
        wrong(
            SettingKey.OPERATORS,
            operator,
            "ids of users, which are UUIDs, with commas between; and, where tokens of another issuer"
                + " are accepted ("
                + SettingKey.ISSUER_KEY_LOCATION.key()
                + "), groups in these");
      }
    }
    return new PeopleSettings(
        operators,
        groups,
        (int) whole(SettingKey.LIMIT_BLOCKED, PeopleSettings.DEFAULT.blocked(), 1, 1_000_000),
        (int) whole(SettingKey.LIMIT_LOOK_UPS, PeopleSettings.DEFAULT.lookUps(), 1, 1_000_000));
  }

  private void warnOfUnknown(Iterable<String> keys) {
    for (String key : SettingKey.written(keys)) {
      if ((key.startsWith(PREFIX) && SettingKey.of(key).isEmpty())
          || (key.startsWith(SettingKey.variable(PREFIX)) && !SettingKey.isVariable(key))) {
        warnings.add(
            "there is no setting "
                + LogText.of(key)
                + "; it does nothing. The nearest there is: "
                + SettingKey.nearest(key));
      }
    }
  }

  private RequestLimits requestLimits() {
    return new RequestLimits(
        whole(
            SettingKey.LIMIT_BODY_BYTES,
            RequestLimits.DEFAULT.bodyBytes(),
            1024,
            1024L * 1024 * 1024),
        duration(SettingKey.LIMIT_BODY_TIME, RequestLimits.DEFAULT.bodyTime(), Duration.ofHours(1)),
        (int) whole(SettingKey.LIMIT_BODIES, RequestLimits.DEFAULT.bodiesWaitedFor(), 4, 10_000),
        (int)
            whole(
                SettingKey.LIMIT_LIVE_CONNECTIONS,
                RequestLimits.DEFAULT.liveConnections(),
                1,
                100_000),
        (int)
            whole(
                SettingKey.LIMIT_REQUESTS, RequestLimits.DEFAULT.requestsPerMinute(), 1, 1_000_000),
        (int)
            whole(
                SettingKey.LIMIT_ADDRESS_REQUESTS,
                RequestLimits.DEFAULT.requestsPerMinuteOfAddress(),
                0,
                1_000_000),
        (int) whole(SettingKey.LIMIT_AT_ONCE, RequestLimits.DEFAULT.requestsAtOnce(), 4, 1_000_000),
        whole(
            SettingKey.LIMIT_ANSWER_RATE,
            RequestLimits.DEFAULT.minAnswerRate(),
            1,
            1024L * 1024 * 1024));
  }

  private MetricsAddress metrics() {
    String path = value(SettingKey.METRICS_PATH).orElse("/metrics");
    if (path.equals("none")) {
      return new MetricsAddress(Optional.empty());
    }
    if (!path.matches("(/[A-Za-z0-9._-]+)+") || path.length() > MAX_PATH) {
      wrong(SettingKey.METRICS_PATH, path, "a path such as /metrics, or none");
    }
    return new MetricsAddress(Optional.of(path));
  }

  private ClientAddress addresses() {
    List<String> trusted = new ArrayList<>();
    for (String proxy : list(SettingKey.TRUSTED_PROXIES)) {
      try {
        new ClientAddress(List.of(proxy));
        trusted.add(proxy);
      } catch (IllegalArgumentException e) {
        wrong(
            SettingKey.TRUSTED_PROXIES,
            proxy,
            "addresses or networks of proxies, with commas between: 10.0.0.0/8, ::1");
      }
    }
    return new ClientAddress(trusted);
  }

  /** What the connections speak is the container's business, which would not say what is wrong. */
  private void checkProtocol() {
    value(SettingKey.HTTP_PROTOCOL)
        .filter(given -> !given.equals("http/1.1") && !given.equals("http/2"))
        .ifPresent(given -> wrong(SettingKey.HTTP_PROTOCOL, given, "http/1.1 or http/2"));
  }

  private TransferSettings transfer() {
    return new TransferSettings(
        whole(
            SettingKey.LIMIT_IMPORT_BYTES,
            TransferSettings.DEFAULT.importBytes(),
            1024,
            64L * 1024 * 1024 * 1024));
  }

  /** What a connection takes in is the container's business, but the two have to fit. */
  private void warnOfMessages(long messageBytes, SettingKey limit, long bodyBytes) {
    if (messageBytes <= bodyBytes) {
      warnings.add(
          limit.key()
              + " is not less than "
              + SettingKey.HTTP_MESSAGE_BYTES.key()
              + ": the connection of a request of more than "
              + messageBytes
              + " bytes is cut");
    }
  }

  private StoreSettings storeSettings(Iterable<String> keys) {
    Map<String, String> given = new HashMap<>();
    Set<String> names = new LinkedHashSet<>(copy(keys));
    names.add(SettingKey.SQLITE_FILE.key());
    names.add(SettingKey.MONGO_URI.key());
    names.add(SettingKey.MONGO_DATABASE.key());
    names.add(SettingKey.MEMORY_MAX_BYTES.key());
    for (String key : names) {
      if (key.startsWith("landfall.sqlite.")
          || key.startsWith("landfall.mongo.")
          || key.startsWith("landfall.memory.")) {
        values.apply(key).ifPresent(value -> given.put(key, value));
      }
    }
    return new StoreSettings(given);
  }

  private Optional<InstanceId> instance() {
    Optional<String> given = value(SettingKey.INSTANCE);
    try {
      return given.map(InstanceId::new);
    } catch (IllegalArgumentException e) {
      wrong(
          SettingKey.INSTANCE,
          given.orElse(""),
          "1 to " + InstanceId.MAX_LENGTH + " visible ASCII characters, such as a UUID");
      return Optional.empty();
    }
  }

  private static List<String> copy(Iterable<String> keys) {
    List<String> copy = new ArrayList<>();
    keys.forEach(copy::add);
    return copy;
  }

  private List<ApplicationDefinition> applications() {
    Optional<String> file = value(SettingKey.APPLICATIONS_FILE);
    List<String> found = new ArrayList<>();
    List<String> told = new ArrayList<>();
    ApplicationsFile applications = new ApplicationsFile(found, told);
    List<ApplicationDefinition> definitions =
        file.isPresent() ? applications.read(file.get()) : applications.readExample();
    for (String error : found) {
      errors.add(SettingKey.APPLICATIONS_FILE.key() + ": " + error);
    }
    for (String warning : told) {
      warnings.add(SettingKey.APPLICATIONS_FILE.key() + ": " + warning);
    }
    return definitions;
  }

  private SessionSettings auth() {
    boolean development = flag(SettingKey.AUTH_DEV, false);
    if (development) {
      warnings.add(
          SettingKey.AUTH_DEV.key()
              + " is on: everybody on this machine can sign in as anybody. Never in production.");
    }
    return new SessionSettings(
        secret(development),
        value(SettingKey.JWT_ISSUER).orElse("landfall"),
        sessionLimits(),
        development,
        otherIssuer());
  }

  /** Open Liberty reads it, and would take what it does not know for its default. */
  private void checkLogFormat() {
    value(SettingKey.LOG_FORMAT)
        .filter(format -> !LOG_FORMATS.contains(format))
        .ifPresent(
            format ->
                wrong(
                    SettingKey.LOG_FORMAT,
                    format,
                    "one of " + String.join(", ", new TreeSet<>(LOG_FORMATS))));
  }

  private SessionLimits sessionLimits() {
    SessionLimits defaults = SessionLimits.DEFAULT;
    Duration longest = duration(SettingKey.SESSION_LONGEST, defaults.longest(), LONGEST_SESSION);
    Duration idle =
        duration(
            SettingKey.SESSION_IDLE,
            defaults.idle().compareTo(longest) < 0 ? defaults.idle() : longest,
            LONGEST_SESSION);
    if (idle.compareTo(longest) > 0) {
      wrong(
          SettingKey.SESSION_IDLE,
          Durations.print(idle),
          "at most what "
              + SettingKey.SESSION_LONGEST.key()
              + " says, "
              + Durations.print(longest));
      return defaults;
    }
    return new SessionLimits(idle, longest);
  }

  private AuditSettings audit() {
    if (value(SettingKey.AUDIT_RETENTION).equals(Optional.of("none"))) {
      return new AuditSettings(Optional.empty());
    }
    return new AuditSettings(
        Optional.of(duration(SettingKey.AUDIT_RETENTION, Duration.ofDays(90), CENTURY)));
  }

  private Secret secret(boolean development) {
    Optional<String> given = value(SettingKey.JWT_SECRET);
    String allowed = "allowed is a random text of at least " + SessionTokens.MIN_SECRET + " bytes";
    if (given.isPresent()) {
      byte[] bytes = given.get().getBytes(StandardCharsets.UTF_8);
      if (bytes.length >= SessionTokens.MIN_SECRET && given.get().chars().distinct().count() >= 8) {
        return new Secret(bytes);
      }
      errors.add(
          SettingKey.JWT_SECRET.key()
              + ": a text of "
              + bytes.length
              + " bytes was given; "
              + allowed
              + ", with 8 different characters or more");
    } else if (development) {
      warnings.add(
          SettingKey.JWT_SECRET.key()
              + " is not set: a secret was made up, and all sessions end with this run");
    } else {
      errors.add(
          SettingKey.JWT_SECRET.key()
              + ": nothing was given; "
              + allowed
              + " (openssl rand -hex 32), or none with landfall.auth.dev=true");
    }
    byte[] random = new byte[SessionTokens.MIN_SECRET];
    new SecureRandom().nextBytes(random);
    return new Secret(random);
  }

  private Optional<IssuerSettings> otherIssuer() {
    Optional<String> key = value(SettingKey.ISSUER_KEY);
    Optional<String> location = value(SettingKey.ISSUER_KEY_LOCATION);
    if (key.isEmpty() && location.isEmpty()) {
      return Optional.empty();
    }
    if (key.isPresent() && location.isPresent()) {
      errors.add(
          SettingKey.ISSUER_KEY.key()
              + ": was given together with "
              + SettingKey.ISSUER_KEY_LOCATION.key()
              + "; allowed is one of them");
    }
    Optional<String> issuer = value(SettingKey.ISSUER);
    if (issuer.isEmpty()) {
      errors.add(
          SettingKey.ISSUER.key()
              + ": nothing was given; with a public key it must be the iss of the tokens");
    }
    Set<String> algorithms = new LinkedHashSet<>(list(SettingKey.ISSUER_ALGORITHM));
    if (!ALGORITHMS.containsAll(algorithms)) {
      wrong(SettingKey.ISSUER_ALGORITHM, String.join(",", algorithms), "RS256, ES256 or both");
    }
    location.ifPresent(this::checkLocation);
    if (list(SettingKey.ISSUER_AUDIENCES).isEmpty()) {
      warnings.add(
          SettingKey.ISSUER_AUDIENCES.key()
              + " is not set: tokens that the issuer made for any other service are accepted here");
    }
    IssuerSettings settings =
        new IssuerSettings(
            issuer.orElse(""),
            Set.copyOf(list(SettingKey.ISSUER_AUDIENCES)),
            algorithms.isEmpty() ? ALGORITHMS : algorithms,
            key,
            location);
    try {
      new IssuerTokens(settings, InstantSource.system());
    } catch (IllegalArgumentException e) {
      errors.add(
          (key.isPresent() ? SettingKey.ISSUER_KEY : SettingKey.ISSUER_KEY_LOCATION).key()
              + ": what was given "
              + e.getMessage());
    }
    return Optional.of(settings);
  }

  private void checkLocation(String location) {
    String lower = location.toLowerCase(Locale.ROOT);
    if (lower.startsWith("http:") || lower.startsWith("https:") || lower.startsWith("file:")) {
      try {
        URI uri = URI.create(location);
        if (lower.startsWith("http:") && !Loopback.isName(uri.getHost())) {
          wrong(
              SettingKey.ISSUER_KEY_LOCATION,
              location,
              "https, or http on this machine: whoever is on the way could put in keys of his own");
          return;
        }
        if (lower.startsWith("file:") ? uri.getPath() != null : uri.getHost() != null) {
          return;
        }
      } catch (IllegalArgumentException e) {
        // told below
      }
      wrong(SettingKey.ISSUER_KEY_LOCATION, location, "a URL or a resource of the application");
    }
  }

  private AllowedOrigins origins() {
    Set<String> origins = new LinkedHashSet<>();
    for (String origin : list(SettingKey.CORS_ORIGINS)) {
      if (AllowedOrigins.isOrigin(origin)) {
        origins.add(origin);
      } else {
        wrong(
            SettingKey.CORS_ORIGINS,
            origin,
            "exact origins, lower case, with commas between: https://app.example.org");
      }
    }
    return new AllowedOrigins(origins);
  }

  private boolean deliversPublic() {
    String given = value(SettingKey.PUBLIC).orElse("deliver");
    if (!given.equals("deliver") && !given.equals("search")) {
      wrong(SettingKey.PUBLIC, given, "deliver or search");
    }
    return given.equals("deliver");
  }

  private Limits limits() {
    Limits defaults = Limits.DEFAULT;
    return new Limits(
        whole(SettingKey.LIMIT_DOCUMENT_BYTES, defaults.documentBytes(), 1024, 256L * 1024 * 1024),
        (int) whole(SettingKey.LIMIT_DEPTH, defaults.depth(), 2, 64),
        (int) whole(SettingKey.LIMIT_LEAVES, defaults.leaves(), 1, 1_000_000),
        (int) whole(SettingKey.LIMIT_CHANGES, defaults.changes(), 1, 100_000),
        (int) whole(SettingKey.LIMIT_COLLECTIONS, defaults.collections(), 1, 100_000),
        new Quota(
            whole(
                SettingKey.LIMIT_NAMESPACE_DOCUMENTS,
                defaults.quota().documents(),
                1,
                1_000_000_000_000L),
            whole(SettingKey.LIMIT_NAMESPACE_BYTES, defaults.quota().bytes(), 1024, 1L << 50)));
  }

  private Optional<String> value(SettingKey key) {
    return values.apply(key.key()).map(String::strip).filter(value -> !value.isEmpty());
  }

  private List<String> list(SettingKey key) {
    List<String> items = new ArrayList<>();
    for (String item : value(key).orElse("").split(",", -1)) {
      if (!item.isBlank()) {
        items.add(item.strip());
      }
    }
    return items;
  }

  private boolean flag(SettingKey key, boolean otherwise) {
    String given = value(key).orElse(Boolean.toString(otherwise));
    if (!given.equals("true") && !given.equals("false")) {
      wrong(key, given, "true or false");
    }
    return given.equals("true");
  }

  private long whole(SettingKey key, long otherwise, long min, long max) {
    Optional<String> given = value(key);
    if (given.isEmpty()) {
      return otherwise;
    }
    try {
      long number = Long.parseLong(given.get());
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    wrong(key, given.get(), "a whole number from " + min + " to " + max);
    return otherwise;
  }

  private Duration duration(SettingKey key, Duration otherwise, Duration max) {
    Optional<String> given = value(key);
    if (given.isEmpty()) {
      return otherwise;
    }
    try {
      Duration duration = Durations.parse(given.get());
      if (duration.compareTo(Duration.ofMillis(1)) >= 0 && duration.compareTo(max) <= 0) {
        return duration;
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    wrong(
        key,
        given.get(),
        "a duration such as 90s, 5m, 30d or PT5M, at most " + Durations.print(max));
    return otherwise;
  }

  private void wrong(SettingKey key, String given, String allowed) {
    errors.add(key.key() + ": '" + LogText.of(given) + "' was given; allowed is " + allowed);
  }
}
